// What Chat has shown of how far limits may go: written from the contract's words, section 9.
#include <algorithm>

#include "tests/model/oracle.h"

namespace headroom::model {
namespace {

bool teaches(int code) { return code == 10004 || code == 10007 || code == 10038; }

}  // namespace

// The ceiling that Chat had shown by then, if any, within seven days.
std::optional<std::int64_t> Oracle::learned(const std::string& group_id, const std::string& type, TimeMs at,
                                            TimeMs now) const {
  std::optional<std::int64_t> lowest;
  for (const Lesson& lesson : lessons_) {
    if (lesson.subject != "group " + group_id && lesson.subject != "type " + type) continue;
    const bool counts = lesson.at > now - kLessonHolds + clock.slack();
    const bool holds = lesson.at <= at && (!lesson.until || *lesson.until > at);
    if (counts && holds) lowest = std::min(lowest.value_or(lesson.ceiling), lesson.ceiling);
  }
  return lowest;
}

// What it has been at one moment or another: other runs learn at any time. Of one and the same moment nobody knows who
// was first.
std::vector<std::optional<std::int64_t>> Oracle::learned_since(const std::string& group_id, const std::string& type,
                                                               TimeMs since, TimeMs now) const {
  std::vector<std::optional<std::int64_t>> known{learned(group_id, type, since - 1, now)};
  const auto was = [&](TimeMs at) {
    if (at >= since) known.push_back(learned(group_id, type, at, now));
  };
  for (const Lesson& lesson : lessons_) {
    was(lesson.at);
    was(lesson.until.value_or(0));
  }
  return known;
}

// Chat answered that it did not do it.
void Oracle::limit_refused(std::int64_t run_id, int code, bool may_be_done_before) {
  refused_limits_[run_id] = code;
  if (teaches(code)) told_.insert(subject_of(run_id, code));
  if (!may_be_done_before) raised_at_.erase(run_id);
}

// And that it did.
void Oracle::limit_answered(std::int64_t run_id) {
  answered_limits_.insert(run_id);
  told_.insert("group " + groups_asked_[run_id].first);
}

// What its end shows of what Chat allows. A crash may forget it: only what is on disk counts. Of a call that was meant
// and never went out the daemon knows no better than that it did: what somebody else has set meanwhile is a silent cut.
void Oracle::note_lesson(const Sight& sight, const Run& run, TimeMs now) {
  if (!run.raise || taught_.contains(run.id)) return;
  if (is_open(run.state)) planned_limits_[run.id] = run.raise->to;
  if (!is_open(run.state) && run.state != RunState::kSucceeded) note_failure(sight, run, now);
  if (run.state != RunState::kSucceeded || run.mode != RunMode::kRaise) return;
  // What Chat has set ends what it was believed not to.
  for (Lesson& lesson : lessons_) {
    const bool its =
        lesson.subject == "group " + run.group_id || (sight.group && lesson.subject == "type " + sight.group->type);
    if (its && !lesson.until && lesson.ceiling < run.raise->to) lesson.until = now;
  }
  if (planned_limits_[run.id] > run.raise->to) learns("group " + run.group_id, run.raise->to, run, now);
  taught_.insert(run.id);
}

// By what Chat answered to the call, for whatever reason the run then ended: of one that came too fast nobody has
// judged, and one whose answer was lost need not have reached Chat. Who closes a run for somebody else does not know of
// answers. A group that is gone shows no limit.
void Oracle::note_failure(const Sight& sight, const Run& run, TimeMs now) {
  if (closed_to_sending_.contains(run.id)) return;
  const auto refused = refused_limits_.find(run.id);
  const std::int64_t asked = planned_limits_[run.id];
  const std::int64_t shown = sight.group ? sight.group->max_member_num.value_or(asked) : asked;
  if (refused != refused_limits_.end() && teaches(refused->second)) {
    learns(subject_of(run.id, refused->second), run.raise->from, run, now);
  } else if (answered_limits_.contains(run.id) && shown < asked && run.reason != Reason::kGone) {
    learns("group " + run.group_id, shown, run, now);
  }
}

// Whom a refusal is about; the type is that of the group when it was asked for.
std::string Oracle::subject_of(std::int64_t run_id, int code) {
  const auto& [group_id, type] = groups_asked_[run_id];
  return code == 10038 ? "type " + type : "group " + group_id;
}

void Oracle::learns(const std::string& subject, std::int64_t ceiling, const Run& run, TimeMs now) {
  taught_.insert(run.id);
  for (Lesson& lesson : lessons_) {
    if (lesson.subject == subject && !lesson.until) lesson.until = now;
  }
  lessons_.push_back({subject, ceiling, now});
  trace_.say(now, "oracle", subject, " may have no more than ", ceiling, ", by run ", run.id);
  coverage.add("ceilings learned");
}

}  // namespace headroom::model
