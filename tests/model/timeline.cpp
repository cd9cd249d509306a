#include "tests/model/timeline.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace headroom::model {
namespace {

Task* running = nullptr;

}  // namespace

bool Timeline::Entry::operator<(const Entry& other) const {
  return std::tie(time, tie, number) > std::tie(other.time, other.tie, other.number);
}

void Timeline::at(TimeMs time, std::function<void()> happens) {
  entries_.push(
      {std::max(time, now_), dice_.next(), numbers_++, std::make_shared<std::function<void()>>(std::move(happens))});
}

bool Timeline::step(TimeMs until) {
  if (entries_.empty() || entries_.top().time > until) {
    now_ = std::max(now_, until);
    return false;
  }
  const auto happens = entries_.top().happens;
  now_ = entries_.top().time;
  entries_.pop();
  (*happens)();
  return true;
}

Task* Task::current() { return running; }

std::shared_ptr<Task> Task::start(Timeline& timeline, std::function<void()> body) {
  std::shared_ptr<Task> task(new Task(timeline, std::move(body)));
  task->resume_at(timeline.now());
  return task;
}

Task::Task(Timeline& timeline, std::function<void()> body)
    : timeline_(timeline), fiber_([body = std::move(body)] {
        try {
          body();
        } catch (const Killed&) {
        }
      }) {}

Task::~Task() { kill(); }

void Task::resume() {
  Task* const outer = std::exchange(running, this);
  ++ticket_;
  fiber_.resume();
  running = outer;
}

void Task::resume_at(TimeMs time) {
  timeline_.at(time, [weak = weak_from_this(), ticket = ticket_] {
    const auto self = weak.lock();
    if (!self || self->fiber_.done() || self->ticket_ != ticket) return;
    if (self->frozen_until_ > self->timeline_.now()) return self->resume_at(self->frozen_until_);
    self->resume();
  });
}

void Task::pause() {
  fiber_.pause();
  if (killed_) throw Killed{};
}

bool Task::wait_until(TimeMs time) {
  if (killed_) throw Killed{};
  interrupted_ = false;
  interruptible_ = true;
  resume_at(time);
  pause();
  interruptible_ = false;
  return !interrupted_;
}

void Task::park() {
  if (killed_) throw Killed{};
  parked_ = true;
  pause();
  parked_ = false;
}

void Task::wake() {
  const bool frozen = frozen_until_ > timeline_.now();  // it is woken again behind that
  if (parked_ && !fiber_.done() && !frozen) resume_at(timeline_.now());
}

void Task::interrupt() {
  if (!interruptible_ || fiber_.done()) return;
  interrupted_ = true;
  resume_at(timeline_.now());
}

void Task::kill() {
  killed_ = true;
  if (!fiber_.started() || fiber_.done()) return;
  resume();
}

}  // namespace headroom::model
