#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "headroom/control.h"
#include "headroom/inquiry.h"

namespace headroom {

// Takes questions about members, has one thread answer them in turn, and answers by itself when that takes too long.
class InquiryDesk {
 public:
  using Completion = std::function<void(Result<Inquiry>)>;
  // Blocking; `left`: how long somebody waits for it. May throw: then the question is answered with 500.
  using Ask = std::function<Result<Inquiry>(const std::string& group_id, const std::string& account,
                                            std::chrono::milliseconds left)>;
  struct Options {
    std::size_t most_open = 32;                 // questions without an answer; further ones are 503
    std::chrono::milliseconds patience{10000};  // then 504
    std::function<void(const std::string&)> failed = [](const std::string&) {};  // what Ask threw
  };

  // `make_ask` is called on the answering thread, with the first question.
  InquiryDesk(std::function<Ask()> make_ask, Options options);
  ~InquiryDesk();

  // `done` is called exactly once, from any thread.
  void ask(const std::string& group_id, const std::string& account, Completion done);
  // Answers what is open with 503 and ends the threads, after the question in hand.
  void stop();

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Question {
    std::string group_id;
    std::string account;
    Time deadline;
    Completion done;  // empty once it is answered
    bool taken = false;
  };

  void answer_questions();
  void watch_deadlines();
  std::shared_ptr<Question> take();
  // The completion, for the one who may call it; empty when another one was quicker.
  Completion claim(Question& question);

  const std::function<Ask()> make_ask_;
  const Options options_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Question>> open_;  // guarded by mutex_; in order of arrival, which is that of deadlines
  bool stopping_ = false;                       // guarded by mutex_

  std::thread answerer_;  // last: they use all of the above
  std::thread watcher_;
};

}  // namespace headroom
