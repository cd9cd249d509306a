#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "headroom/clock.h"
#include "tests/model/dice.h"
#include "tests/model/fiber.h"

namespace headroom::model {

// Thrown out of every wait of a process that was killed. No std::exception: the code under test must not catch it.
struct Killed {};

// Virtual time: what was put on it happens in the order of its times, and in an order of chance where those are equal.
class Timeline {
 public:
  Timeline(TimeMs now, Dice& dice) : now_(now), dice_(dice) {}
  TimeMs now() const { return now_; }
  void at(TimeMs time, std::function<void()> happens);
  // The next thing happens. False when there is none up to `until`; then it is that time.
  bool step(TimeMs until);

 private:
  struct Entry {
    TimeMs time = 0;
    std::uint64_t tie = 0;
    std::uint64_t number = 0;
    std::shared_ptr<std::function<void()>> happens;
    bool operator<(const Entry& other) const;  // later
  };
  TimeMs now_;
  Dice& dice_;
  std::uint64_t numbers_ = 0;
  std::priority_queue<Entry> entries_;
};

// One thread of the daemon: runs until it waits; then others do.
class Task : public std::enable_shared_from_this<Task> {
 public:
  // `body` may throw Killed; anything else goes to `crashed`.
  static std::shared_ptr<Task> start(Timeline& timeline, std::function<void()> body);
  ~Task();

  // From inside. False when it was interrupted.
  bool wait_until(TimeMs time);
  void park();  // until wake()

  // From outside.
  void wake();       // soon, if it waits in park()
  void interrupt();  // soon, if it waits in wait_until()
  void kill();       // unwinds its stack; nothing of it is left when this returns
  void freeze(TimeMs until) { frozen_until_ = until; }  // whatever it waits for comes no earlier
  bool done() const { return fiber_.done(); }
  bool parked() const { return parked_; }

  static Task* current();

 private:
  Task(Timeline& timeline, std::function<void()> body);
  void resume();
  void resume_at(TimeMs time);
  void pause();

  Timeline& timeline_;
  std::uint64_t ticket_ = 0;  // of the wait that may end
  bool parked_ = false;
  bool interruptible_ = false;
  bool interrupted_ = false;
  bool killed_ = false;
  TimeMs frozen_until_ = 0;
  Fiber fiber_;
};

}  // namespace headroom::model
