#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "tests/soak/ledger.h"

namespace headroom::soak {

// How webhooks were answered.
struct Answers {
  std::int64_t ok = 0;          // 200
  std::int64_t failed = 0;      // 500
  std::int64_t overloaded = 0;  // 503
  std::int64_t none = 0;        // the connection broke
  std::int64_t other = 0;       // what must not be
  std::int64_t slowest_ms = 0;  // of those that were answered
  void add(const Answers& more);
};

// One webhook on a kept connection.
class Sender {
 public:
  explicit Sender(const std::string& webhook_url);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // The status, 0 when no answer came within 10 s. A 200 without OK or an error without FAIL is -1.
  long send(std::int64_t number);
  std::int64_t took_ms() const { return took_ms_; }

 private:
  const std::string url_;
  void* curl_;
  std::int64_t took_ms_ = 0;
};

// Threads that send webhooks one after the other until they are stopped.
class Senders {
 public:
  Senders(const std::string& webhook_url, int count, Ledger& ledger);
  ~Senders();

  Answers stop();
  std::int64_t answers_of(long status) const;

 private:
  void loop(const std::string& url);

  Ledger& ledger_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::int64_t> ok_ = 0, failed_ = 0, overloaded_ = 0, none_ = 0, other_ = 0, slowest_ms_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace headroom::soak
