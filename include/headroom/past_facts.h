#pragma once

#include <string_view>

#include "headroom/member.h"
#include "headroom/policy.h"
#include "headroom/run.h"

// What a run judged a member by, from its rows: so that another policy can be asked about it. Pure.
namespace headroom {

struct PastFacts {
  Member member;
  JudgeContext context;
  // Nobody asked for it then, since another rule kept the member already; or nobody stored it.
  bool look_missing = false;     // an earlier look at MsgSeq
  bool reading_missing = false;  // MsgSeq itself
  bool role_missing = false;
};

// `run`: with its evidence. Of a row of an earlier version only what the run's own verdict says is known: of all that
// agrees with it, this is what looks most alive.
PastFacts past_facts(const Run& run, const RunMember& row, std::string_view admin_identifier);

struct JudgedAgain {
  Why why = Why::kInactive;  // what nobody asked for keeps the member, as kUnknownActivity or kSecondLook
  bool unproven = false;     // and nothing else does
};
JudgedAgain judge_again(const PastFacts& facts, const Policy& policy);

}  // namespace headroom
