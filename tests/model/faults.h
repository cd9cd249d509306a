#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
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

// An answer with success whose body is not what it should be. It goes through the daemon's own parser.
enum class Hostility {
  kNone,
  kDoubled,    // one account, or each, stands there twice, with different values
  kNoList,     // the list is not there
  kNullList,   // or null
  kEmptyList,  // or empty, although there is what it should name
  kHalfEmoji,  // a group's name ends in the middle of a character
  kTinyMax,    // MaxMemberNum is 1
};

struct CallFault {
  Trouble trouble = Trouble::kNone;
  int code = 0;
  std::size_t applied = 0;  // kPartly: accounts
  bool times_out = false;   // no answer, and that for as long as the daemon waits for one
  DurationMs late = 0;      // kDoneUnsaid: applied so much later
  Hostility hostile = Hostility::kNone;
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
  void set_rates(double calls, double deletes, double contents) {
    calls_ = calls;
    deletes_ = deletes;
    contents_ = contents;
  }
  void set_hostility(double hostility) { hostility_ = hostility; }
  // The same trouble for every call, or for those of one name, up to that time.
  void storm(Trouble trouble, TimeMs until, std::string only = "") {
    storm_ = trouble;
    storm_until_ = until;
    storm_only_ = std::move(only);
  }
  void calm() {
    set_rates(0, 0, 0);
    set_hostility(0);
    storm_until_ = 0;
    refused_next_.clear();
    skew = 0;
  }
  CallFault draw(const std::string& call, bool deletes, TimeMs now);
  // When there was trouble last: up to then, nothing can be asked of the daemon in time.
  TimeMs last_trouble() const { return last_trouble_; }
  void note_trouble(TimeMs now) { last_trouble_ = now; }

  DurationMs skew = 0;                    // Chat's clock minus ours
  std::map<std::string, CallFault> next;  // of a test: what happens to the next call of that name
  // Ids of which Chat's front end can digest no call that names one: the code for the whole call; 0: no answer. For
  // ever, in the calm too.
  std::map<std::string, int> poison;
  // Groups of which Chat shows no members any more, with this code: from when on. For ever, too.
  struct Sick {
    TimeMs from = 0;
    int code = 0;
  };
  std::map<std::string, Sick> sick;

 private:
  void add_content_faults(CallFault& fault);
  CallFault make(Trouble trouble, bool deletes);

  Dice& dice_;
  double calls_ = 0;
  double deletes_ = 0;
  double contents_ = 0;
  double hostility_ = 0;
  Trouble storm_ = Trouble::kNone;
  TimeMs storm_until_ = 0;
  std::string storm_only_;
  TimeMs last_trouble_ = 0;
  std::set<std::string> refused_next_;  // calls by name
};

}  // namespace headroom::model
