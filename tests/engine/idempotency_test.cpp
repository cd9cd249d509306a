#include "engine/orders/idempotency.h"

#include <gmock/gmock.h>

#include <future>

#include "admin/response.h"
#include "tests/engine/operations_fixture.h"
#include "tests/support/virtual_clock.h"

namespace headroom {
namespace {

using support::execute;
using support::OperationsTest;
using testing::ElementsAre;

// Changes that are asked for again under their Idempotency-Key.

// As the API does it: the answer says what came of it, and counts what was rendered.
template <typename T>
Done<T> keyed(const std::string& key, const std::string& request, int& rendered, std::promise<KeptAnswer>& sent) {
  return {RequestKey{"ops", key, std::string(64, request.at(0))},
          [&rendered](const Result<T>& result) {
            const auto* denied = std::get_if<Denied>(&result);
            ++rendered;
            return KeptAnswer{"", denied == nullptr ? 202 : admin::status_of(denied->kind), "",
                              "answer " + std::to_string(rendered)};
          },
          [&sent](const KeptAnswer& answer) { sent.set_value(answer); }};
}

class RepeatTest : public OperationsTest {
 protected:
  KeptAnswer run_once(const std::string& group_id, const std::string& key = "k", const std::string& request = "a") {
    std::promise<KeptAnswer> sent;
    operations_.start_run(actor_, group_id, RunMode::kPlan, keyed<headroom::Run>(key, request, rendered_, sent));
    return sent.get_future().get();
  }
  std::int64_t runs() { return static_cast<std::int64_t>(view_.runs({}, {}).items.size()); }

  int rendered_ = 0;
};

TEST_F(RepeatTest, IsAnsweredAlikeAndDoneOnce) {
  store_group("g");
  const KeptAnswer first = run_once("g");
  EXPECT_EQ(first.status, 202);
  for (int i = 0; i < 3; ++i) {
    const KeptAnswer again = run_once("g");
    EXPECT_EQ(again.status, 202);
    EXPECT_EQ(again.body, first.body);
  }
  EXPECT_EQ(runs(), 1);
  EXPECT_EQ(audited().size(), 1u);
  EXPECT_THAT(changes_, ElementsAre("run"));
  EXPECT_EQ(work_.in_hand(), 1u);
}

TEST_F(RepeatTest, AnotherRequestIsRefusedUnderTheSameKey) {
  store_group("g");
  run_once("g");
  EXPECT_EQ(run_once("g", "k", "b").status, 422);
  EXPECT_EQ(run_once("g", "k2", "b").status, 409);  // a run is open: another key, another request
  EXPECT_EQ(runs(), 1);
}

TEST_F(RepeatTest, ARefusalIsKeptToo) {
  EXPECT_EQ(run_once("g").status, 404);
  store_group("g");
  EXPECT_EQ(run_once("g").status, 404);
  EXPECT_EQ(run_once("g", "k2").status, 202);
}

TEST_F(RepeatTest, AFailureIsNot) {
  store_group("g");
  queue_.stop();
  EXPECT_EQ(run_once("g").status, 503);
  CommitQueue later(storage_, {});
  Operations operations(later, settings_, gate_, pause_, work_, clock_, *this, daemon_);
  std::promise<KeptAnswer> sent;
  operations.start_run(actor_, "g", RunMode::kPlan, keyed<headroom::Run>("k", "a", rendered_, sent));
  EXPECT_EQ(sent.get_future().get().status, 202);
}

// Two at once: the second is answered after the first, and alike.
TEST_F(RepeatTest, TwoAtOnceAreOne) {
  store_group("g");
  std::promise<void> go;
  queue_.submit([opened = go.get_future().share()](Transaction&) { opened.wait(); }, [](const std::exception_ptr&) {});
  std::promise<KeptAnswer> first;
  std::promise<KeptAnswer> second;
  operations_.start_run(actor_, "g", RunMode::kPlan, keyed<headroom::Run>("k", "a", rendered_, first));
  operations_.start_run(actor_, "g", RunMode::kPlan, keyed<headroom::Run>("k", "a", rendered_, second));
  go.set_value();
  const KeptAnswer answer = first.get_future().get();
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(second.get_future().get().body, answer.body);
  EXPECT_EQ(runs(), 1);
  EXPECT_EQ(work_.in_hand(), 1u);
}

TEST_F(RepeatTest, SurvivesARestartAndEndsAfterADay) {
  store_group("g");
  const KeptAnswer first = run_once("g");
  queue_.stop();
  support::FixedClock later(0);
  CommitQueue queue(storage_, {});
  Operations operations(queue, settings_, gate_, pause_, work_, later, *this, daemon_);
  const auto ask = [&](DurationMs after) {
    later.set(clock_.now() + after);
    std::promise<KeptAnswer> sent;
    operations.start_run(actor_, "g", RunMode::kPlan, keyed<headroom::Run>("k", "a", rendered_, sent));
    return sent.get_future().get();
  };
  EXPECT_EQ(ask(kDayMs - 1).body, first.body);
  EXPECT_EQ(ask(kDayMs).status, 409);  // asked anew: that run is open still
}

TEST_F(RepeatTest, AClockThatCanNotBeTrustedForgetsNoAnswer) {
  store_group("g");
  const KeptAnswer first = run_once("g");
  queue_.stop();
  VirtualClock clock(clock_.now());
  ClockTrust trust(clock);
  CommitQueue queue(storage_, {});
  struct Trusting : RunningDaemon {
    Trusting(ClockTrust& of, const Clock& by) : trust(of), clock(by) {}
    TimeMs answers_kept_after(TimeMs) const override { return kept_after(trust, true, clock); }
    ClockTrust& trust;
    const Clock& clock;
  } daemon(trust, clock);
  Operations operations(queue, settings_, gate_, pause_, work_, clock, *this, daemon);
  const auto ask = [&] {
    std::promise<KeptAnswer> sent;
    operations.start_run(actor_, "g", RunMode::kPlan, keyed<headroom::Run>("k", "a", rendered_, sent));
    return sent.get_future().get();
  };
  clock.advance(kHourMs);
  trust.heard(0);
  clock.step(2 * kDayMs);
  EXPECT_EQ(ask().body, first.body);
  clock.step(-2 * kDayMs);
  for (int hour = 0; hour < 23; ++hour) {
    EXPECT_EQ(ask().body, first.body) << hour;
    clock.advance(kHourMs);
    trust.heard(0);
  }
  clock.advance(2 * kHourMs);
  EXPECT_EQ(ask().body, first.body) << "Chat has not agreed lately";
  trust.heard(0);
  EXPECT_EQ(ask().status, 409) << "asked anew: that run is open still";
}

TEST_F(RepeatTest, ThereIsARoomForSoManyOnly) {
  store_group("g");
  queue_.commit([&](Transaction& storage) {
    storage.keep_answer({"ops", "first", ""}, {std::string(64, 'a'), 200, "", ""}, clock_.now());
  });
  // As many ids as there may be answers.
  execute(path_, "UPDATE sqlite_sequence SET seq = " + std::to_string(kMaxKeptAnswers) +
                     " WHERE name = 'kept_answer'; INSERT INTO kept_answer (token, key, request, created_at,"
                     " status, location, body) VALUES ('ops', 'last', '" +
                     std::string(64, 'a') + "', 1, 200, '', '')");
  EXPECT_EQ(run_once("g").status, 503);
  EXPECT_EQ(runs(), 0);
  EXPECT_EQ(work_.in_hand(), 0u);
}

}  // namespace
}  // namespace headroom
