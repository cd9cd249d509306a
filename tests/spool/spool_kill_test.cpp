// What append() has returned for is there, however the process or the machine ended.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <iostream>
#include <random>

#include "spool/spool.h"
#include "tests/spool/spool_samples.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/temp_dir.h"

namespace headroom {
namespace {

using test::numbered_from;

constexpr std::uint64_t kBatch = 7;

class SpoolKill : public testing::Test {
 protected:
  std::string path() const { return folder_.file("spool.db"); }

  // Appends batch after batch, removes some, and writes the count of what is acknowledged and of what is removed.
  [[noreturn]] void append_for_ever(int out, std::uint64_t first) const {
    Spool spool(SpoolOptions{.path = path(), .identity = "A"});
    for (std::uint64_t next = first;; next += kBatch) {
      spool.append(numbered_from(next, kBatch));
      tell(out, next + kBatch, 0);
      if ((next / kBatch) % 5 == 0) {
        const Spool::Batch batch = spool.oldest(3);
        tell(out, 0, number_of(batch.events.back()) + 1);  // it may be gone from now on
        spool.remove_through(batch.ids.back());
      }
      spool.tidy();
    }
  }
  static std::uint64_t number_of(const Event& event) { return std::stoull(event.group_id.substr(1)); }
  static void tell(int out, std::uint64_t acknowledged, std::uint64_t removed) {
    const std::array<std::uint64_t, 2> words = {acknowledged, removed};
    if (::write(out, words.data(), sizeof words) != sizeof words) ::_exit(1);
  }

  const test::TempDir folder_{"spool-kill"};
};

TEST_F(SpoolKill, WhatWasAcknowledgedIsThere) {
  std::mt19937 random(20261);
  std::uint64_t acknowledged = 0;
  std::uint64_t removed = 0;
  std::uint64_t first = 0;
  for (int round = 0; round < 12; ++round) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) append_for_ever(ends[1], first);
    ::close(ends[1]);
    // After so many words from it, which is another place each time.
    const auto words = std::uniform_int_distribution<int>(3, 60)(random);
    std::array<std::uint64_t, 2> word{};
    for (int i = 0; ::read(ends[0], word.data(), sizeof word) == sizeof word; ++i) {
      acknowledged = std::max(acknowledged, word[0]);
      removed = std::max(removed, word[1]);
      if (i == words) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << status;

    Spool spool(SpoolOptions{.path = path(), .identity = "A"});
    const Spool::Batch left = spool.oldest(1'000'000);
    ASSERT_FALSE(left.events.empty());
    EXPECT_EQ(static_cast<std::int64_t>(left.events.size()), spool.depth());
    EXPECT_LE(number_of(left.events.front()), removed);
    EXPECT_GE(number_of(left.events.back()) + 1, acknowledged);
    for (std::size_t i = 1; i < left.events.size(); ++i) {
      ASSERT_EQ(number_of(left.events[i]), number_of(left.events[i - 1]) + 1) << "a hole, or another order";
    }
    first = number_of(left.events.back()) + 1;
    EXPECT_EQ(first % kBatch, 0U) << "half a batch";
  }
}

// A power cut: of what no sync has confirmed, everything is lost.
TEST_F(SpoolKill, WhatWasAcknowledgedIsOnTheDisk) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    test::FaultVfs faults;
    faults.track_unsynced();
    Spool spool(SpoolOptions{.path = path(), .identity = "A", .vfs = faults.name()});
    for (std::uint64_t next = 0; next < 70; next += kBatch) spool.append(numbered_from(next, kBatch));
    spool.remove_through(spool.oldest(10).ids.back());
    faults.unsynced().cut(test::UnsyncedWrites::Cut::kDropsAll, 1);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  Spool spool(SpoolOptions{.path = path(), .identity = "A"});
  const Spool::Batch left = spool.oldest(1000);
  ASSERT_EQ(left.events.size(), 60U);
  EXPECT_EQ(left.events.front().group_id, "g10");
  EXPECT_EQ(left.events.back().group_id, "g69");
}

TEST_F(SpoolKill, ABacklogIsOpenedAtOnce) {
  using Clock = std::chrono::steady_clock;
  const auto seconds = [](Clock::time_point since) {
    return std::chrono::duration<double>(Clock::now() - since).count();
  };
  constexpr std::uint64_t kEvents = 100'000;
  const auto begun = Clock::now();
  {
    Spool spool(SpoolOptions{.path = path(), .identity = "A"});
    for (std::uint64_t next = 0; next < kEvents; next += 1000) {
      spool.append(numbered_from(next, 1000));
      spool.tidy();
    }
  }
  const double filled = seconds(begun);
  const auto opened_at = Clock::now();
  Spool spool(SpoolOptions{.path = path(), .identity = "A"});
  const double opened = seconds(opened_at);
  ASSERT_EQ(spool.depth(), static_cast<std::int64_t>(kEvents));
  std::uint64_t seen = 0;
  const auto drained_at = Clock::now();
  while (spool.depth() > 0) {
    const Spool::Batch batch = spool.oldest(256);
    for (const Event& event : batch.events) ASSERT_EQ(number_of(event), seen++);
    spool.remove_through(batch.ids.back());
    spool.tidy();
  }
  EXPECT_EQ(seen, kEvents);
  std::cout << kEvents << " events: filled in " << filled << " s, opened in " << opened << " s, emptied in "
            << seconds(drained_at) << " s\n";
}

}  // namespace
}  // namespace headroom
