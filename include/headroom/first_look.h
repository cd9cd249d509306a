#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "headroom/types.h"

namespace headroom {

// What an earlier look at a member saw, who might have been removed then.
struct FirstLook {
  TimeMs seen_at = 0;  // since when every look has seen this MsgSeq (and, where that was asked, nobody online)
  std::int64_t msg_seq = 0;
  bool offline = false;            // by Chat's word
  std::optional<TimeMs> moved_at;  // when a look last saw MsgSeq move
  bool operator==(const FirstLook&) const = default;
};

struct NotedLook {
  std::string account;
  FirstLook look;
  bool operator==(const NotedLook&) const = default;
};

struct Member;
struct JudgeContext;

// Whom a plan has to remember for the next one: those who would go next, and those who were seen to read.
class FirstLooks {
 public:
  // `most`: of those who would go.
  explicit FirstLooks(std::int64_t most) : most_(static_cast<std::size_t>(std::clamp<std::int64_t>(most, 0, kMost))) {}
  static constexpr std::int64_t kMost = 10000;

  // Removable, apart from the second look, of which this may be the first.
  void see_candidate(const Member& member, const JudgeContext& context);
  // See has_moved. Of more than kMost the others are forgotten: they are seen for the first time again.
  void see_moved(const Member& member, const JudgeContext& context);
  void forget(const std::string& account);  // its rows contradict each other

  std::vector<NotedLook> take();

 private:
  using Order = std::tuple<std::int64_t, std::int64_t, std::string>;  // the first to go first: life, JoinTime, account
  const std::size_t most_;
  std::map<Order, FirstLook> candidates_;
  std::map<std::string, FirstLook> moved_;
};

}  // namespace headroom
