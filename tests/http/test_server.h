#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "http/server.h"

namespace headroom::http {

// Answers in the ways that a handler may: at once, from another thread, late, twice, never, by an exception.
class ScriptedHandler : public Handler {
 public:
  ~ScriptedHandler() override { join(); }

  std::optional<Response> early(const Request& head) override {
    if (head.path != "/early") return std::nullopt;
    return Response{404, "text/plain", "early", {}, false};
  }

  void handle(Request request, Respond respond) override {
    note(request);
    if (request.path == "/throw") throw std::runtime_error("secret");
    if (request.path == "/drop") return;
    if (request.path == "/hold") return hold(std::move(respond));
    if (request.path == "/thread") return answer_from_thread(std::move(respond));
    Response response{200, "text/plain", request.method + " " + request.path + " " + request.body, {}, false};
    if (request.path == "/big") response.body = std::string(8 << 20, 'x');
    if (request.path == "/empty") response = Response{204, "text/plain", "unseen", {}, false};
    if (request.path == "/close") response.close = true;
    if (request.path == "/headers") response.headers = {{"X-Good", "1"}, {"X-Bad", "a\r\nX-Smuggled: 1"}};
    respond(response);
    if (request.path == "/twice") respond(Response{500, "", "second", {}, false});
  }

  std::size_t max_body() const override { return 1000; }
  Response error(int status, std::string_view reason, const Request&) const override {
    return Response{status, "text/plain", "error: " + std::string(reason), {}, false};
  }

  // Waits until so many requests are held, or have been seen.
  bool wait_for_held(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return held_.size() >= count; });
  }
  bool wait_for_seen(const std::string& path) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] {
      for (const Request& request : seen_) {
        if (request.path == path) return true;
      }
      return false;
    });
  }
  void release(const Response& response) {
    std::vector<Respond> held;
    {
      const std::lock_guard lock(mutex_);
      held.swap(held_);
    }
    for (const Respond& respond : held) respond(response);
  }
  std::vector<Request> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  void join() {
    std::vector<std::thread> threads;
    {
      const std::lock_guard lock(mutex_);
      threads.swap(threads_);
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  static constexpr std::chrono::seconds kPatience{20};

  void note(const Request& request) {
    const std::lock_guard lock(mutex_);
    seen_.push_back(request);
    changed_.notify_all();
  }
  void hold(Respond respond) {
    const std::lock_guard lock(mutex_);
    held_.push_back(std::move(respond));
    changed_.notify_all();
  }
  void answer_from_thread(Respond respond) {
    const std::lock_guard lock(mutex_);
    threads_.emplace_back([respond = std::move(respond)] {
      respond(Response{200, "text/plain", "thread", {}, false});
    });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Request> seen_;         // guarded by mutex_
  std::vector<Respond> held_;         // guarded by mutex_
  std::vector<std::thread> threads_;  // guarded by mutex_
};

}  // namespace headroom::http
