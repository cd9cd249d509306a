#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "headroom/chat_api.h"
#include "tests/model/dice.h"

namespace headroom::model {

// What may go wrong with one call of Chat.
enum class Trouble {
  kNone,
  kThrottled,
  kNotDone,     // no answer, or one that does not say; nothing was applied
  kDoneUnsaid,  // the same, and it was applied
  kPartly,      // the same, and some of it was applied
  kOkUndone,    // Chat says OK, and did nothing
  kRefused,
  kCredentials,
  kOperatorNeeded
};

struct CallFault {
  Trouble trouble = Trouble::kNone;
  int code = 0;
  std::size_t applied = 0;  // kPartly: accounts
  // What is left out of the answer.
  int lost_field =
      -1;  // of rows: role, JoinTime, LastSendMsgTime, MsgSeq; of groups: MemberNum, MaxMemberNum, NextMsgSeq
  int lost_field_percent = 0;
  int lost_rows_percent = 0;
  int group_code = 0;  // of a group's element
};

// How bad the weather is: drawn once per world, then again with every storm.
class Faults {
 public:
  explicit Faults(Dice& dice) : dice_(dice) {}
  void set_rates(double calls, double contents) {
    calls_ = calls;
    contents_ = contents;
  }
  // The same trouble for every call up to that time.
  void storm(Trouble trouble, TimeMs until) {
    storm_ = trouble;
    storm_until_ = until;
  }
  void calm() {
    set_rates(0, 0);
    storm_until_ = 0;
    skew = 0;
  }
  CallFault draw(const std::string& call, bool deletes, TimeMs now);

  DurationMs skew = 0;                    // Chat's clock minus ours
  std::map<std::string, CallFault> next;  // of a test: what happens to the next call of that name

 private:
  CallFault make(Trouble trouble, bool deletes);

  Dice& dice_;
  double calls_ = 0;
  double contents_ = 0;
  Trouble storm_ = Trouble::kNone;
  TimeMs storm_until_ = 0;
};

}  // namespace headroom::model
