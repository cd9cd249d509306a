#include "headroom/chat_errors.h"

#include <algorithm>
#include <array>

namespace headroom {
namespace {

using enum ChatOutcome;

struct Row {
  int code;
  ChatOutcome outcome;
};

// Every public code [34348] in ascending order, each with Chat's meaning, shortened. kOperatorNeeded and
// kCredentialsRejected pause the whole daemon: only a code that says something about every call of the app has them.
// What Chat says of one group, its type or its id, or of one account, is kRefused.
constexpr std::array kTable = {
    Row{0, kDone},
    Row{10002, kOutcomeUnknown},       // internal server error
    Row{10003, kRefused},              // bad command name
    Row{10004, kRefused},              // invalid parameter
    Row{10005, kRefused},              // too many accounts: a smaller batch may pass
    Row{10006, kThrottled},            // operation frequency limit
    Row{10007, kRefused},              // no permission, in this group
    Row{10009, kRefused},              // the owner may not exit
    Row{10010, kRefused},              // group does not exist
    Row{10011, kRefused},              // JSON parse failure
    Row{10012, kRefused},              // operator's UserID illegal
    Row{10013, kRefused},              // already a member
    Row{10014, kRefused},              // group full
    Row{10015, kRefused},              // group id illegal, or group dissolved
    Row{10016, kRefused},              // the app's webhook refused
    Row{10018, kRefused},              // reply over 1 MB: a smaller page may pass
    Row{10019, kRefused},              // an account does not exist
    Row{10021, kRefused},              // group id taken
    Row{10023, kThrottled},            // 40 messages/s per group
    Row{10025, kRefused},              // group id taken by the caller
    Row{10026, kOperatorNeeded},       // command disabled for the app
    Row{10036, kRefused},              // plan limit: AVChatRooms, of that type
    Row{10037, kRefused},              // plan limit: groups of one user
    Row{10038, kRefused},              // plan limit: members of one group
    Row{10054, kRefused},              // too many members: pull by page
    Row{10058, kRefused},              // plan limit: 100 groups (trial)
    Row{10059, kRefused},              // needs a higher plan, for that group's type
    Row{11000, kRefused},              // Community not enabled: that group's type
    Row{60002, kRefused},              // HTTP parse error
    Row{60003, kRefused},              // request body is not JSON
    Row{60004, kCredentialsRejected},  // account check failed
    Row{60005, kCredentialsRejected},  // account check failed
    Row{60006, kOperatorNeeded},       // SDKAppID invalid
    Row{60007, kThrottled},            // API call frequency
    Row{60008, kOutcomeUnknown},       // service timed out: may have been done
    Row{60009, kRefused},              // wrong service or command in the URL
    Row{60010, kOperatorNeeded},       // identifier is no app admin
    Row{60011, kThrottled},            // SDKAppID's request frequency
    Row{60012, kRefused},              // sdkappid missing in the URL
    Row{60013, kOutcomeUnknown},       // the back end's reply could not be parsed
    Row{60014, kOutcomeUnknown},       // account conversion timed out
    Row{60015, kRefused},              // an account in the body is no string
    Row{60016, kOperatorNeeded},       // SDKAppID disabled
    Row{60017, kOperatorNeeded},       // request disabled
    Row{60018, kThrottled},            // too frequent
    Row{60019, kThrottled},            // too frequent
    Row{60020, kOperatorNeeded},       // plan expired or in arrears
    Row{60021, kOperatorNeeded},       // source IP not allowed
    Row{60025, kCredentialsRejected},  // wrong sdkappid, identifier or usersig in the URL
    Row{60026, kOperatorNeeded},       // domain of another region
    Row{60027, kOperatorNeeded},       // resource not in this product
    Row{60028, kOperatorNeeded},       // trial: 24 h volume exceeded
    Row{70001, kCredentialsRejected},  // UserSig expired
    Row{70002, kCredentialsRejected},  // UserSig empty
    Row{70003, kCredentialsRejected},  // UserSig illegal
    Row{70005, kCredentialsRejected},  // UserSig check failed
    Row{70009, kCredentialsRejected},  // UserSig signed with another app's key
    Row{70013, kCredentialsRejected},  // UserSig of another identifier
    Row{70014, kCredentialsRejected},  // UserSig of another SDKAppID
    Row{70016, kOperatorNeeded},       // public key not found
    Row{70020, kOperatorNeeded},       // SDKAppID not found
    Row{70050, kCredentialsRejected},  // too many failed checks: not again within a minute
    Row{70051, kOperatorNeeded},       // account in the blocklist
    Row{70052, kCredentialsRejected},  // UserSig invalidated
    Row{70107, kRefused},              // account does not exist
    Row{70169, kOutcomeUnknown},       // server timeout
    Row{70202, kOutcomeUnknown},       // server timeout
    Row{70206, kRefused},              // illegal batch size
    Row{70398, kRefused},              // account number limit: that account
    Row{70399, kRefused},              // deleted account not importable yet
    Row{70402, kRefused},              // illegal parameters
    Row{70403, kOperatorNeeded},       // needs an admin
    Row{70500, kOutcomeUnknown},       // internal server error
    Row{71000, kOperatorNeeded},       // app may not delete accounts
    Row{72000, kOperatorNeeded},       // DAU over the trial quota
    Row{72002, kOperatorNeeded},       // MAU over the trial quota
    Row{80001, kRefused},              // text moderation
    Row{80002, kRefused},              // message over 12 KB
    Row{80004, kRefused},              // image moderation
    Row{80005, kOperatorNeeded},       // service deactivated
    Row{90001, kRefused},              // bad JSON, or no account
    Row{90003, kRefused},              // accounts are no strings
    Row{90009, kOperatorNeeded},       // not an admin
    Row{90011, kRefused},              // more than 500 accounts
    Row{90018, kRefused},              // too many accounts
    Row{90048, kRefused},              // account does not exist
    Row{90992, kOutcomeUnknown},       // internal error
    Row{90994, kOutcomeUnknown},       // internal error
    Row{90995, kOutcomeUnknown},       // internal error
    Row{91000, kOutcomeUnknown},       // internal error
};

static_assert(std::ranges::is_sorted(kTable, std::ranges::less_equal{}, &Row::code), "each code once, ascending");

}  // namespace

ChatOutcome classify(int error_code) {
  const auto* row = std::ranges::lower_bound(kTable, error_code, {}, &Row::code);
  return row != kTable.end() && row->code == error_code ? row->outcome : kRefused;
}

}  // namespace headroom
