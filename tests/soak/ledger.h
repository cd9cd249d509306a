#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace headroom::soak {

// The webhooks of one database, numbered from 0: which were sent, which were acknowledged with 200. Thread-safe.
class Ledger {
 public:
  // The next one to send: now and then one that was not acknowledged, as Chat would, else a new one.
  std::int64_t next();
  // 0: no answer came.
  void answered(std::int64_t number, long status);

  std::int64_t sent() const;
  std::int64_t acknowledged() const;

  // What became of them in the database file. Nobody may be writing to it.
  struct Findings {
    std::int64_t stored = 0;
    std::int64_t lost = 0;     // acknowledged and not there
    std::int64_t doubled = 0;  // there more than once
    std::int64_t strange = 0;  // there, and not as it was sent
    // By so many more or fewer groups were full than events say, those left out that the file says may not be counted.
    std::int64_t miscounted = 0;
    std::string integrity;     // "ok", or what SQLite's check says
    bool fine() const { return lost + doubled + strange + miscounted == 0 && integrity == "ok"; }
  };
  Findings compare(const std::string& database) const;

 private:
  mutable std::mutex mutex_;
  std::vector<bool> acknowledged_;  // by number; its size is the number of those sent
  std::int64_t acknowledgements_ = 0;
  std::deque<std::int64_t> unanswered_;
  std::mt19937 random_{1};
};

// A full-group event that is like no other: body and group follow from its number.
std::string webhook_group(std::int64_t number);
std::int64_t webhook_time(std::int64_t number);
std::string webhook_body(std::int64_t number);

}  // namespace headroom::soak
