#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace chatsim {

// One REST call that came in. The query is not kept: it holds a UserSig.
struct Call {
  static constexpr int kUnanswered = -1;

  std::uint64_t id = 0;
  std::int64_t at_ms = 0;
  std::string api;                     // "" for a path that is no command
  std::vector<std::string> group_ids;  // one, but for get_group_info
  std::vector<std::string> accounts;   // that the call is about
  std::string admin;                   // whose signature it bears
  std::string body;
  int error_code = kUnanswered;  // as answered; kUnanswered while it runs and when the answer was withheld
  bool applied = false;          // whether it was executed (for a part of its accounts, too)

  std::string group_id() const { return group_ids.empty() ? "" : group_ids.front(); }
};

// Keeps the newest calls, and counts all.
class CallLog {
 public:
  static constexpr std::size_t kMaxCalls = 100'000;

  explicit CallLog(std::size_t kept = kMaxCalls) : kept_(kept) {}

  std::uint64_t begin(Call call);
  void finish(std::uint64_t id, int error_code, bool applied);
  // Oldest first; `api` empty = all.
  std::vector<Call> calls(const std::string& api) const;
  std::uint64_t count(const std::string& api) const;
  std::map<std::string, std::uint64_t> counts() const;
  void clear();

 private:
  const std::size_t kept_;

  mutable std::mutex mutex_;
  std::deque<Call> calls_;
  std::map<std::string, std::uint64_t> counts_;
  std::uint64_t next_id_ = 1;
};

}  // namespace chatsim
