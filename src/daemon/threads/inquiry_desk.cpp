#include "daemon/threads/inquiry_desk.h"

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

namespace headroom {

InquiryDesk::InquiryDesk(std::function<Ask()> make_ask, Options options)
    : make_ask_(std::move(make_ask)),
      options_(std::move(options)),
      answerer_([this] { answer_questions(); }),
      watcher_([this] { watch_deadlines(); }) {}

InquiryDesk::~InquiryDesk() { stop(); }

void InquiryDesk::ask(const std::string& group_id, const std::string& account, Completion done) {
  const Time deadline = std::chrono::steady_clock::now() + options_.patience;
  const auto question = std::make_shared<Question>(Question{group_id, account, deadline, std::move(done), false});
  std::optional<Denied> denied;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      denied = Denied{Denied::kUnavailable, "the daemon is stopping"};
    } else if (open_.size() >= options_.most_open) {
      denied = Denied{Denied::kUnavailable, "too many questions are waiting for Chat"};
    } else {
      open_.push_back(question);
    }
  }
  if (denied) return question->done(*denied);
  changed_.notify_all();
}

void InquiryDesk::stop() {
  std::vector<Completion> unanswered;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& question : open_) unanswered.push_back(std::exchange(question->done, nullptr));
    open_.clear();
  }
  changed_.notify_all();
  for (const Completion& done : unanswered) done(Denied{Denied::kUnavailable, "the daemon is stopping"});
  if (answerer_.joinable()) answerer_.join();
  if (watcher_.joinable()) watcher_.join();
}

// The first question that nobody has in hand; null at the end.
std::shared_ptr<InquiryDesk::Question> InquiryDesk::take() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto next = std::find_if(open_.begin(), open_.end(), [](const auto& question) { return !question->taken; });
    if (next != open_.end()) {
      (*next)->taken = true;
      return *next;
    }
    changed_.wait(lock);
  }
  return nullptr;
}

InquiryDesk::Completion InquiryDesk::claim(Question& question) {
  const std::lock_guard lock(mutex_);
  std::erase_if(open_, [&](const auto& open) { return open.get() == &question; });
  return std::exchange(question.done, nullptr);
}

void InquiryDesk::answer_questions() {
  Ask ask;
  while (const auto question = take()) {
    Result<Inquiry> result = Denied{Denied::kFailed, "the question could not be answered"};
    try {
      if (!ask) ask = make_ask_();
      const auto left = question->deadline - std::chrono::steady_clock::now();
      result = ask(question->group_id, question->account, std::chrono::ceil<std::chrono::milliseconds>(left));
    } catch (const std::exception& error) {
      options_.failed(error.what());
    }
    if (const Completion done = claim(*question)) done(std::move(result));
  }
}

void InquiryDesk::watch_deadlines() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (open_.empty()) {
      changed_.wait(lock);
    } else if (const Time deadline = open_.front()->deadline; std::chrono::steady_clock::now() < deadline) {
      changed_.wait_until(lock, deadline);
    } else {
      const auto late = open_.front();
      lock.unlock();
      if (const Completion done = claim(*late)) done(Denied{Denied::kTimeout, "Chat did not answer in time"});
      lock.lock();
    }
  }
}

}  // namespace headroom
