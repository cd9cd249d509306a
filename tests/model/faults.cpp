#include "tests/model/faults.h"

namespace headroom::model {
namespace {

const std::vector<Trouble> kTroubles{Trouble::kThrottled, Trouble::kThrottled,   Trouble::kNotDone,
                                     Trouble::kNotDone,   Trouble::kDoneUnsaid,  Trouble::kDoneUnsaid,
                                     Trouble::kPartly,    Trouble::kPartly,      Trouble::kOkUndone,
                                     Trouble::kRefused,   Trouble::kCredentials, Trouble::kOperatorNeeded};

}  // namespace

CallFault Faults::draw(const std::string& call, bool deletes, TimeMs now) {
  if (const auto scripted = next.find(call); scripted != next.end()) return next.extract(scripted).mapped();
  CallFault fault;
  if (now < storm_until_ && (storm_only_.empty() || storm_only_ == call)) {
    fault = make(storm_, deletes);
  } else if (refused_next_.erase(call) > 0) {
    fault = make(Trouble::kRefused, deletes);
  } else if (dice_.chance(deletes ? deletes_ : calls_)) {
    fault = make(dice_.pick(kTroubles), deletes);
  }
  if (fault.code == 0 && fault.trouble != Trouble::kNone && fault.trouble != Trouble::kOkUndone) {
    fault.times_out = dice_.chance(0.5);
  }
  // There are few of the others: that they are carried out late is a fault of its own besides.
  const bool loses = deletes && calls_ + deletes_ > 0 && fault.trouble == Trouble::kNone;
  if (loses && dice_.chance(call == "DELETE" ? 0.05 : 0.5)) {
    fault = make(Trouble::kDoneUnsaid, deletes);
    fault.times_out = fault.code == 0 && dice_.chance(0.5);
  }
  if (deletes && fault.trouble == Trouble::kDoneUnsaid && dice_.chance(0.7)) {
    if (dice_.chance(0.3)) refused_next_.insert(call);
    // While the daemon reckons with it, or when it has long come to an end.
    fault.late = dice_.chance(0.6) ? dice_.between(500, 5 * kSecondMs) : dice_.between(kSecondMs, 5 * kMinuteMs);
  }
  if (!deletes && dice_.chance(contents_)) add_content_faults(fault);
  const bool hostile = !deletes && fault.trouble == Trouble::kNone && dice_.chance(hostility_);
  if (hostile) {
    using enum Hostility;
    static const std::vector<Hostility> of_looks{kHalfEmoji, kHalfEmoji, kTinyMax, kNoList};
    static const std::vector<Hostility> of_lists{kDoubled, kDoubled, kNoList, kNullList, kEmptyList};
    fault.hostile = dice_.pick(call == "look" ? of_looks : of_lists);
  }
  if (fault.trouble != Trouble::kNone || hostile || fault.lost_rows_percent != 0 || fault.lost_field >= 0 ||
      fault.group_code != 0) {
    note_trouble(now);
  }
  return fault;
}

void Faults::add_content_faults(CallFault& fault) {
  const std::vector<int> percents{1, 10, 40, 60, 100};
  if (dice_.chance(0.6)) {
    fault.lost_field = static_cast<int>(dice_.between(0, 3));
    fault.lost_field_percent = dice_.pick(percents);
  }
  if (dice_.chance(0.4)) fault.lost_rows_percent = dice_.pick(percents);
  if (dice_.chance(0.2)) fault.group_code = dice_.pick(std::vector<int>{10002, 10007, 10010, 10015, 60008});
}

CallFault Faults::make(Trouble trouble, bool deletes) {
  CallFault fault;
  fault.trouble = trouble;
  switch (trouble) {
    case Trouble::kThrottled:
      fault.code = dice_.pick(std::vector<int>{10006, 60007, 60011});
      break;
    case Trouble::kNotDone:
    case Trouble::kDoneUnsaid:
    case Trouble::kPartly:
      fault.code = dice_.pick(std::vector<int>{0, 0, 10002, 60008, 90994});
      fault.applied = static_cast<std::size_t>(dice_.between(0, 5));
      break;
    case Trouble::kRefused:
      fault.code = deletes ? dice_.pick(std::vector<int>{10004, 10005, 10005, 10007, 10009, 10010, 10015, 10019, 60015})
                           : dice_.pick(std::vector<int>{10004, 10007, 10010, 10018, 10054, 10015});
      break;
    case Trouble::kCredentials:
      fault.code = 70003;
      break;
    case Trouble::kOperatorNeeded:
      fault.code = dice_.pick(std::vector<int>{60010, 60020, 10026});
      break;
    case Trouble::kNone:
    case Trouble::kOkUndone:
      break;
  }
  return fault;
}

}  // namespace headroom::model
