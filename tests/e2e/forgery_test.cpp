#include <cstdio>
#include <cstdlib>

#include "tests/e2e/fixture.h"
#include "tests/e2e/webhook_flood.h"

// `Sign` covers neither the body nor the group: whoever has seen one webhook can tell of groups that do not exist.
// FORGED_GROUPS says how many (1000000 takes minutes); each tenth of them may be unconfirmed at a time.
namespace headroom::e2e {
namespace {

using Instant = std::chrono::steady_clock::time_point;

constexpr std::int64_t kForged = 4000;
constexpr int kConnections = 16;
constexpr std::chrono::seconds kStaleAfter{2};
constexpr std::chrono::seconds kServedWithin{60};

class Forgery : public E2e {
 protected:
  Forgery() {
    set("scheduler.stale_after", std::to_string(kStaleAfter.count()) + "s");
    set("scheduler.cooldown", "0");
    set("scheduler.tick", "1s");
    set("chat.calls_per_second", "100");
    set("webhook.max_unconfirmed_groups", std::to_string(forged_ / 10));
  }

  static double seconds_since(Instant start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  // How often the group had to be heard of again, until it was served.
  int serve(const std::string& group_id, Instant until) {
    int knocks = 0;
    while (std::chrono::steady_clock::now() < until && members_of(group_id) == kSeats) {
      if (state_of(group_id) == "unknown") {
        ++knocks;
        knock(group_id);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return knocks;
  }
  void fill(const std::string& group_id) {
    while (members_of(group_id) < kSeats) knock(group_id);
    knock(group_id);
  }

  static constexpr std::int64_t kSeats = 40;
  const std::int64_t forged_ = std::getenv("FORGED_GROUPS") ? std::atoll(std::getenv("FORGED_GROUPS")) : kForged;
};

TEST_F(Forgery, AFloodOfGroupsThatDoNotExistDelaysNoRealOne) {
  for (const char* id : {"confirmed", "brand-new"}) create(full_group(id, kSeats));
  start();
  knock("confirmed");
  ASSERT_TRUE(reaches("confirmed", "has_room")) << daemon_->stderr_text();

  const auto began = std::chrono::steady_clock::now();
  WebhookFlood flood(webhook_url_ + "?SdkAppid=1400000000", forged_, kConnections);
  const auto patience = began + std::chrono::minutes(30);
  while (flood.sent() < forged_ / 2 && std::chrono::steady_clock::now() < patience) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  fill("confirmed");
  knock("brand-new");
  const auto full_since = std::chrono::steady_clock::now();
  serve("confirmed", full_since + kStaleAfter + kServedWithin);
  const double confirmed_after = seconds_since(full_since);
  const int heard_again = serve("brand-new", full_since + kStaleAfter + kServedWithin);
  const double new_after = seconds_since(full_since);
  EXPECT_LT(members_of("confirmed"), kSeats) << daemon_->stderr_text();
  EXPECT_LT(members_of("brand-new"), kSeats) << daemon_->stderr_text();

  while (!flood.over() && std::chrono::steady_clock::now() < patience) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const double flooded = seconds_since(began);
  // What Chat does not know goes, and leaves its events.
  Instant swept = std::chrono::steady_clock::now();
  const auto until = swept + std::chrono::minutes(3);
  while (metric("headroom_groups{state=\"full\"}") > 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(metric("headroom_groups{state=\"full\"}"), 0);
  EXPECT_GE(metric("headroom_events_total"), flood.recorded());
  EXPECT_GT(flood.recorded(), forged_ * 9 / 10);
  EXPECT_LE(sim_.call_count("get_group_info"), 100 * (static_cast<std::size_t>(seconds_since(began)) + 5));
  std::printf(
      "%lld forged in %.1f s (%.0f a second); served after %.1f s (confirmed before) and %.1f s (new, heard of"
      " again %d times), full for %lld s of it; all forged ones gone %.1f s after the last\n",
      static_cast<long long>(forged_), flooded, static_cast<double>(forged_) / flooded, confirmed_after, new_after,
      heard_again, static_cast<long long>(kStaleAfter.count()), seconds_since(swept));
  stop();
}

}  // namespace
}  // namespace headroom::e2e
