#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "headroom/sweep.h"

namespace headroom {

// The listed groups that a sweep still has to read: two pages at most, whatever the app's size. Pages are done in the
// order in which they came, so that there is one position before which everything has been read.
class SweepPages {
 public:
  struct Batch {
    std::uint64_t page = 0;
    std::vector<std::string> group_ids;  // for one look
  };
  struct Tally {
    std::int64_t read = 0;
    std::int64_t full = 0;
    std::int64_t fresh = 0;  // of a dry run: those that would have been recorded
  };
  struct ReadPage {
    SweepPosition behind;  // where the listing goes on behind it
    std::int64_t listed = 0;
    Tally tally;
  };

  bool has_place() const { return pages_.size() < kMostPages; }
  bool empty() const { return pages_.empty(); }
  void add(const std::vector<std::string>& group_ids, const SweepPosition& behind);
  void clear() { pages_.clear(); }

  // The next groups to look at.
  std::optional<Batch> take();
  // The look failed: somebody else has to take them.
  void put_back(Batch batch);
  void finish(const Batch& batch, const Tally& tally);
  // Whether the oldest page has been read to its end.
  bool page_is_read() const;
  std::optional<ReadPage> take_read_page();

 private:
  static constexpr std::size_t kMostPages = 2;
  struct Page {
    std::uint64_t number = 0;
    ReadPage result;
    std::deque<std::vector<std::string>> waiting;
    std::size_t in_hand = 0;
  };
  Page* find(std::uint64_t number);

  std::deque<Page> pages_;
  std::uint64_t next_number_ = 1;
};

}  // namespace headroom
