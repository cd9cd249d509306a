#pragma once

#include <memory>
#include <utility>

#include "tests/model/daemon.h"

// What the daemon's tasks have of their own: a clock, a turn at the store.
namespace headroom::model {

// Sleeps in virtual time; not at all once the daemon stops.
class Daemon::TaskClock final : public Clock {
 public:
  explicit TaskClock(Daemon& daemon) : daemon_(daemon) {}
  TimeMs now() const override { return daemon_.outside_.wall(); }
  SteadyMs steady_now() const override { return {daemon_.outside_.timeline.now()}; }
  bool sleep(DurationMs duration) override {
    if (daemon_.stopping()) return false;
    return Task::current()->wait_until(daemon_.outside_.timeline.now() + duration);
  }

 private:
  Daemon& daemon_;
};

class Daemon::Turn final : public Writer {
 public:
  Turn(Daemon& daemon, Sight& sight) : daemon_(daemon), sight_(sight) {}
  void commit(const Job& job) override {
    if (daemon_.before_commit) std::exchange(daemon_.before_commit, {})();
    wait_a_moment();
    maybe_die();
    Dice& dice = daemon_.outside_.dice;
    sight_.store_refused = true;
    daemon_.reach_the_store();
    if (dice.chance(daemon_.chances_.full_disk)) {
      daemon_.outside_.trace.say(now(), sight_.name, "the disk is full");
      throw StorageError(StorageError::Kind::kFull, "no space");
    }
    sight_.store_refused = false;
    if (dice.chance(daemon_.chances_.run_twice)) {  // as the commit queue does when another job failed
      daemon_.do_commit(job, false);
    }
    daemon_.do_commit(job);
    daemon_.outside_.oracle.check_lead(sight_, writer->term());
    daemon_.outside_.oracle.committed(sight_, now());
    if (daemon_.chances_.lost_commit > 0 && dice.chance(daemon_.chances_.lost_commit)) {
      daemon_.outside_.oracle.coverage.add("commits whose answer was lost");
      throw StorageError(StorageError::Kind::kOther, "nobody knows whether it is stored");
    }
    maybe_die();
    wait_a_moment();
  }
  bool works() const override { return true; }

  const LeadersWriter* writer = nullptr;  // that commits by it

 private:
  TimeMs now() const { return daemon_.outside_.timeline.now(); }
  // For its turn in the queue, and for the disk: others may be quicker.
  void wait_a_moment() {
    if (daemon_.outside_.dice.chance(0.3)) {
      Task::current()->wait_until(now() + daemon_.outside_.dice.between(0, 20));
    }
  }
  void maybe_die() {
    if (daemon_.outside_.dice.chance(daemon_.chances_.crash)) daemon_.die();
  }

  Daemon& daemon_;
  Sight& sight_;
};

// No webhook's, no run's: nothing that the oracle asks about.
class Daemon::Link final : public Writer {
 public:
  explicit Link(Daemon& daemon) : daemon_(daemon) {}
  void commit(const Job& job) override {
    daemon_.reach_the_store();
    daemon_.do_commit(job);
  }
  bool works() const override { return true; }

 private:
  Daemon& daemon_;
};

struct Daemon::Worker {
  Sight sight;
  std::unique_ptr<Turn> turn;
  Workers::Tools tools;
  std::shared_ptr<Task> task;
};

}  // namespace headroom::model
