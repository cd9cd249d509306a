#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "headroom/storage.h"

namespace headroom::test {

// A store under test, empty at first.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual Store& storage() = 0;
  virtual std::unique_ptr<ReadView> open_view() = 0;
  // Another that writes to the same.
  virtual std::unique_ptr<Store> open_second() = 0;
  // Closes the store and opens it again.
  virtual void reopen() = 0;
};

struct BackendKind {
  std::string name;
  std::function<std::unique_ptr<Backend>()> make;
};
// Every back end that has to pass this suite.
std::vector<BackendKind> backend_kinds();

// What the contract of storage.h promises, whatever stores it.
class StorageTest : public testing::TestWithParam<BackendKind> {
 protected:
  Store& storage() { return backend_->storage(); }
  Backend& backend() { return *backend_; }
  // In a transaction of its own.
  template <typename Work>
  auto write(Work&& work) {
    storage().begin();
    if constexpr (std::is_void_v<decltype(work(storage()))>) {
      work(storage());
      storage().commit();
    } else {
      auto result = work(storage());
      storage().commit();
      return result;
    }
  }

 private:
  std::unique_ptr<Backend> backend_ = GetParam().make();
};

#define HEADROOM_ALL_BACKENDS(suite)                                                       \
  INSTANTIATE_TEST_SUITE_P(All, suite, testing::ValuesIn(headroom::test::backend_kinds()), \
                           [](const auto& kind) { return kind.param.name; })

// Sample values.
inline constexpr TimeMs kNow = 1'790'000'000'000;

Event full_event(const std::string& group_id, TimeMs received_at = kNow);
Fingerprint fingerprint(std::uint8_t first);
Group full_group(const std::string& group_id, std::optional<TimeMs> next_check_at = std::nullopt);
Run a_run(const std::string& group_id, RunState state = RunState::kRunning, RunMode mode = RunMode::kPrune,
          TimeMs created_at = kNow);
RunMember selected(const std::string& account);
RunMember kept(const std::string& account, Why why = Why::kActive);

// Pages through `list` with pages of `limit` and returns all ids; fails when a page repeats one or is out of order.
template <typename List>
std::vector<std::int64_t> all_ids(int limit, List&& list) {
  std::vector<std::int64_t> ids;
  PageRequest request{limit, std::nullopt};
  for (int pages = 0; pages < 10000; ++pages) {
    const auto page = list(request);
    EXPECT_LE(page.items.size(), static_cast<std::size_t>(limit));
    for (const auto& item : page.items) {
      if (!ids.empty()) {
        EXPECT_LT(item.id, ids.back());
      }
      ids.push_back(item.id);
    }
    if (!page.next_before_id) return ids;
    EXPECT_FALSE(page.items.empty());
    request.before_id = page.next_before_id;
  }
  ADD_FAILURE() << "the pages have no end";
  return ids;
}

}  // namespace headroom::test
