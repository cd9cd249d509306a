#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "engine/gate/stop.h"
#include "headroom/chat_api.h"
#include "headroom/clock.h"

namespace headroom {

// A look at many groups that failed for one of them: an id is anybody's text, and must not keep the others from being
// looked at. Its halves are asked, then theirs, until whoever fails stands alone. The larger parts come first, so that
// the most groups are answered for when the time is over.
class HalvedLook {
 public:
  // No further call is made after this: those who are left have no answer this time.
  static constexpr DurationMs kMaxTrying = 30 * kSecondMs;

  // `ask`: one call.
  using Ask = std::function<Answer<std::vector<GroupInfo>>(const std::vector<std::string>&)>;
  // What a code means that concerns every call.
  using StopFor = std::function<Stop(ChatOutcome, int code)>;
  HalvedLook(Ask ask, StopFor stop_for, Clock& clock)
      : ask_(std::move(ask)), stop_for_(std::move(stop_for)), clock_(clock) {}

  // After a call for all of `group_ids`. Groups without an answer are missing in the value, or carry the code that came
  // when they stood alone. A Stop when the code concerns every call.
  OrStop<std::vector<GroupInfo>> ask_halves(const std::vector<std::string>& group_ids);

  // Whether a call that ended so may have failed for one of the groups that it names.
  static bool may_be_one_groups(ChatOutcome outcome);
  // What became of a group that stands alone.
  static std::vector<GroupInfo> alone(const std::string& group_id, int code);

 private:
  void halve(const std::vector<std::string>& group_ids);
  void add(std::vector<GroupInfo> infos);

  const Ask ask_;
  const StopFor stop_for_;
  Clock& clock_;
  std::deque<std::vector<std::string>> parts_;
  std::vector<GroupInfo> found_;
};

}  // namespace headroom
