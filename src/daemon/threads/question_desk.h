#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "headroom/denied.h"
#include "headroom/storage_error.h"

namespace headroom {

// Takes questions, has one thread answer them in turn, and answers by itself when that takes too long.
template <typename Question, typename Answer>
class QuestionDesk {
 public:
  using Completion = std::function<void(Result<Answer>)>;
  // Blocking; `left`: how long somebody waits for it. May throw: then the question is answered with 500.
  using Ask = std::function<Result<Answer>(const Question& question, std::chrono::milliseconds left)>;
  struct Options {
    std::size_t most_open = 32;                 // questions without an answer; further ones are 503
    std::chrono::milliseconds patience{10000};  // then 504
    std::string too_many = "too many questions are waiting for Chat";
    std::string too_late = "Chat did not answer in time";
    std::function<void(const std::string&)> failed = [](const std::string&) {};  // what Ask threw
  };

  // `make_ask` is called on the answering thread, with the first question.
  QuestionDesk(std::function<Ask()> make_ask, Options options);
  ~QuestionDesk();

  // `done` is called exactly once, from any thread.
  void ask(Question question, Completion done);
  // Answers what is open with 503 and ends the threads, after the question in hand.
  void stop();

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Open {
    Question question;
    Time deadline;
    Completion done;  // empty once it is answered
    bool taken = false;
  };

  void answer_questions();
  void watch_deadlines();
  std::shared_ptr<Open> take();
  // The completion, for the one who may call it; empty when another one was quicker.
  Completion claim(Open& asked);

  const std::function<Ask()> make_ask_;
  const Options options_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Open>> open_;  // guarded by mutex_; in order of arrival, which is that of deadlines
  bool stopping_ = false;                   // guarded by mutex_

  std::thread answerer_;  // last: they use all of the above
  std::thread watcher_;
};

template <typename Question, typename Answer>
QuestionDesk<Question, Answer>::QuestionDesk(std::function<Ask()> make_ask, Options options)
    : make_ask_(std::move(make_ask)), options_(std::move(options)) {
  try {
    answerer_ = std::thread([this] { answer_questions(); });
    watcher_ = std::thread([this] { watch_deadlines(); });
  } catch (...) {  // the system starts no more: the one that runs has to end before its object does
    stop();
    throw;
  }
}

template <typename Question, typename Answer>
QuestionDesk<Question, Answer>::~QuestionDesk() {
  stop();
}

template <typename Question, typename Answer>
void QuestionDesk<Question, Answer>::ask(Question question, Completion done) {
  const Time deadline = std::chrono::steady_clock::now() + options_.patience;
  const auto asked = std::make_shared<Open>(Open{std::move(question), deadline, std::move(done), false});
  std::optional<Denied> denied;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      denied = Denied{Denied::kUnavailable, "the daemon is stopping"};
    } else if (open_.size() >= options_.most_open) {
      denied = Denied{Denied::kUnavailable, options_.too_many};
    } else {
      open_.push_back(asked);
    }
  }
  if (denied) return asked->done(*denied);
  changed_.notify_all();
}

template <typename Question, typename Answer>
void QuestionDesk<Question, Answer>::stop() {
  std::vector<Completion> unanswered;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& open : open_) unanswered.push_back(std::exchange(open->done, nullptr));
    open_.clear();
  }
  changed_.notify_all();
  for (const Completion& done : unanswered) done(Denied{Denied::kUnavailable, "the daemon is stopping"});
  if (answerer_.joinable()) answerer_.join();
  if (watcher_.joinable()) watcher_.join();
}

// The first question that nobody has in hand; null at the end.
template <typename Question, typename Answer>
std::shared_ptr<typename QuestionDesk<Question, Answer>::Open> QuestionDesk<Question, Answer>::take() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto next = std::find_if(open_.begin(), open_.end(), [](const auto& open) { return !open->taken; });
    if (next != open_.end()) {
      (*next)->taken = true;
      return *next;
    }
    changed_.wait(lock);
  }
  return nullptr;
}

template <typename Question, typename Answer>
typename QuestionDesk<Question, Answer>::Completion QuestionDesk<Question, Answer>::claim(Open& asked) {
  const std::lock_guard lock(mutex_);
  std::erase_if(open_, [&](const auto& open) { return open.get() == &asked; });
  return std::exchange(asked.done, nullptr);
}

template <typename Question, typename Answer>
void QuestionDesk<Question, Answer>::answer_questions() {
  Ask ask;
  while (const auto asked = take()) {
    Result<Answer> result = Denied{Denied::kFailed, "the question could not be answered"};
    try {
      if (!ask) ask = make_ask_();
      const auto left = asked->deadline - std::chrono::steady_clock::now();
      result = ask(asked->question, std::chrono::ceil<std::chrono::milliseconds>(left));
    } catch (const StorageError& error) {
      if (told_elsewhere(error)) {
        result = Denied{Denied::kUnavailable, "the database does not answer"};
      } else {
        options_.failed(error.what());
      }
    } catch (const std::exception& error) {
      options_.failed(error.what());
    }
    if (const Completion done = claim(*asked)) done(std::move(result));
  }
}

template <typename Question, typename Answer>
void QuestionDesk<Question, Answer>::watch_deadlines() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (open_.empty()) {
      changed_.wait(lock);
    } else if (const Time deadline = open_.front()->deadline; std::chrono::steady_clock::now() < deadline) {
      changed_.wait_until(lock, deadline);
    } else {
      const auto late = open_.front();
      lock.unlock();
      if (const Completion done = claim(*late)) done(Denied{Denied::kTimeout, options_.too_late});
      lock.lock();
    }
  }
}

}  // namespace headroom
