#pragma once

namespace headroom {

// What an answer of Chat means for the caller. Codes decide, never texts.
enum class ChatOutcome {
  kDone,                 // ErrorCode 0
  kThrottled,            // too fast: slow down, then again
  kRefused,              // permanent for this call: never again unchanged
  kCredentialsRejected,  // the UserSig is not accepted, a fresh one neither
  kOperatorNeeded,       // somebody has to change something at Chat, for all of the app: pause
  kNotSent,              // nothing went out: no connection, or what was asked right before it said no
  kOutcomeUnknown        // no answer, or one that does not say whether it was done
};

// The class of a public error code [34348]; an unknown code is kRefused.
ChatOutcome classify(int error_code);

// Codes that the core treats by name.
namespace chat_code {
inline constexpr int kTooManyAccounts = 10005;
inline constexpr int kInvalidParameter = 10004;
inline constexpr int kNoPermission = 10007;
inline constexpr int kOwnerMayNotExit = 10009;
inline constexpr int kGroupGone = 10010;
inline constexpr int kAlreadyMember = 10013;
inline constexpr int kGroupFull = 10014;
inline constexpr int kGroupIdIllegal = 10015;
inline constexpr int kRefusedByApp = 10016;
inline constexpr int kReplyTooLarge = 10018;
inline constexpr int kUnknownAccount = 10019;
inline constexpr int kTooManyGroupsOfUser = 10037;
inline constexpr int kPlanLimitOfMembers = 10038;
inline constexpr int kPullByPage = 10054;
inline constexpr int kNeedsHigherPlan = 10059;
inline constexpr int kNoCommunities = 11000;
inline constexpr int kAccountNotString = 60015;
inline constexpr int kTooManySignatureFailures = 70050;
inline constexpr int kAccountUnknown = 70107;
inline constexpr int kTooManyAccountsOfApp = 70398;
}  // namespace chat_code

inline bool means_gone(int error_code) {
  return error_code == chat_code::kGroupGone || error_code == chat_code::kGroupIdIllegal;
}

}  // namespace headroom
