#pragma once

#include <map>
#include <string>

#include "headroom/clock.h"

namespace headroom {

// Members of calls whose answer nobody heard. Such a call may be carried out after a look behind it: what became of
// them is said only by a look that went out when nothing could come of the call any more.
class LateCalls {
 public:
  // `may_last`: for so long after it went out a call may be carried out.
  explicit LateCalls(DurationMs may_last) : may_last_(may_last) {}

  // The last of them went out then.
  void lost(const std::string& account, SteadyMs at) { lost_at_[account] = at; }
  // A look that went out then shows that it has not been carried out.
  void not_done(const std::string& account, SteadyMs asked_at);
  void settled(const std::string& account) { lost_at_.erase(account); }
  void clear() { lost_at_.clear(); }

  bool may_come(const std::string& account) const { return lost_at_.contains(account); }
  // Until nothing can come of any of them; 0: it can not.
  DurationMs wait(SteadyMs now) const;

 private:
  DurationMs may_last_;
  std::map<std::string, SteadyMs> lost_at_;
};

}  // namespace headroom
