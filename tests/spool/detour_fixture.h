#pragma once

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <memory>
#include <string>
#include <vector>

#include "spool/detour.h"
#include "spool/forwarder.h"
#include "spool/spool.h"
#include "spool/spooling.h"
#include "tests/spool/scripted_sink.h"
#include "tests/spool/spool_samples.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/temp_dir.h"
#include "tests/support/virtual_clock.h"

namespace headroom {

// One node with its spool, and a database: everything on one thread, as the test says.
class DetourTest : public testing::Test {
 protected:
  DetourTest() { start(); }

  void start() {
    forwarder_.reset();
    detour_.reset();
    spooling_.reset();
    spool_.reset();
    spool_ = std::make_unique<Spool>(SpoolOptions{.path = path(), .max = max_, .vfs = faults_.name()});
    Spooling::Hooks hooks;
    hooks.began = [this](const std::string& why) { said_.push_back("began: " + why); };
    hooks.ended = [this](DurationMs lasted, std::int64_t events) {
      said_.push_back("ended: " + std::to_string(lasted) + " ms, " + std::to_string(events));
    };
    hooks.full = [this](const std::string& why) { said_.push_back(why.empty() ? "room" : "full"); };
    hooks.refused = [this](const Event& event, const std::string& why) {
      said_.push_back("refused " + event.group_id + ": " + why);
    };
    hooks.failed = [this](const std::string& why) { said_.push_back(why.empty() ? "works" : "failed"); };
    spooling_ = std::make_unique<Spooling>(*spool_, clock_, hooks);
    StoredHooks stored;
    stored.stored = [this](std::int64_t events) { told_stored_ += events; };
    stored.group_due = [this] { ++told_due_; };
    detour_ = std::make_unique<Detour>(
        straight_, *spooling_, clock_, [this] { return test::intake_id(++ids_); }, stored);
    forwarder_options_.straight_way_is_free = [this] {
      if (before_the_end_) before_the_end_();
      return free_;
    };
    forwarder_ = std::make_unique<Forwarder>(forwarding_, *spooling_, clock_, stored, forwarder_options_);
  }
  std::string path() const { return folder_.file("spool.db"); }

  // New events, by the numbers of their groups.
  std::vector<Recorded> take(std::uint64_t first, std::size_t count = 1) {
    std::vector<Event> events = test::numbered_from(first, count);
    return detour_->take(events);
  }
  // As the thread would, until the next step is not due now.
  void forward() {
    for (int i = 0; i < 1000; ++i) {
      if (forwarder_->step() > clock_.steady_now()) return;
    }
    FAIL() << "the forwarder is never done";
  }
  void pass(DurationMs duration) { clock_.advance(duration); }
  std::vector<std::string> stored() const { return test::groups_of(database_.events); }
  static std::vector<std::string> groups(std::uint64_t first, std::uint64_t end) {
    return test::groups_of(test::numbered_from(first, end - first));
  }

  const test::TempDir folder_{"detour"};
  test::FaultVfs faults_;
  VirtualClock clock_{test::kNow};
  std::int64_t max_ = 1'000'000;
  Forwarder::Options forwarder_options_;
  bool free_ = true;
  std::function<void()> before_the_end_;  // the spool was seen to be empty
  test::MemoryDatabase database_;
  test::ScriptedSink straight_{database_};
  test::ScriptedSink forwarding_{database_};
  std::uint64_t ids_ = 0;
  std::vector<std::string> said_;
  std::int64_t told_stored_ = 0;
  int told_due_ = 0;
  std::unique_ptr<Spool> spool_;
  std::unique_ptr<Spooling> spooling_;
  std::unique_ptr<Detour> detour_;
  std::unique_ptr<Forwarder> forwarder_;
};

}  // namespace headroom
