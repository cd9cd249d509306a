// Chat's public error codes in words [34348].
#include <algorithm>
#include <array>

#include "headroom/reasons.h"

namespace headroom {
namespace {

constexpr std::string_view kWait = "nothing to do: it is tried again";
constexpr std::string_view kSlower = "lower chat.calls_per_second, or have the app's limit raised";
constexpr std::string_view kOurs = "this is a fault of headroom's: please report it";
constexpr std::string_view kKey =
    "chat.secret_key_file is not the key of chat.sdk_app_id: take it from the console's page of that app, and restart";
constexpr std::string_view kAccount =
    "chat.admin_identifier has to be an app administrator of chat.sdk_app_id: see the console";
constexpr std::string_view kRegion = "chat.region (or chat.base_url) is not the data centre of chat.sdk_app_id";
constexpr std::string_view kPlan = "see the app's edition and its bill in the console";
constexpr std::string_view kClock = "check this machine's clock, then chat.secret_key_file";

struct Row {
  int code;
  CodeWords words;
};

constexpr std::array kRows = {
    Row{10002, {"Chat has failed inside", kWait}},
    Row{10003, {"there is no such command", kOurs}},
    Row{10004, {"a parameter is not valid", kOurs}},
    Row{10005, {"too many accounts in one call", kWait}},
    Row{10006, {"too many operations on groups in a short time", kSlower}},
    Row{10007,
        {"no permission for this in the group",
         "see in the console whether chat.admin_identifier is an app administrator and the group's type allows it"}},
    Row{10009, {"the owner can not leave the group", kOurs}},
    Row{10010, {"the group does not exist", "nothing to do: the next look decides whether it is gone"}},
    Row{10011, {"the request could not be parsed", kOurs}},
    Row{10012, {"the operator's account is not valid", kAccount}},
    Row{10013, {"the account is a member already", "nothing to do"}},
    Row{10014, {"the group is full", "nothing to do: more seats, or a run, make room"}},
    Row{10015,
        {"the group's id is not valid, or the group was dissolved",
         "nothing to do: the next look decides whether it is gone"}},
    Row{10016, {"the app's own back end refused it in a webhook", "ask whoever runs the app's back end"}},
    Row{10018, {"the answer would be too large", "lower chat.member_page"}},
    Row{10019, {"an account does not exist", "nothing to do: it was deleted or never imported"}},
    Row{10021, {"the group's id is taken", ""}},
    Row{10023, {"too many messages in the group", kWait}},
    Row{10025, {"the group's id is taken by the caller", ""}},
    Row{10026, {"the command is disabled for the app", "ask Tencent to enable it"}},
    Row{10036, {"the edition's limit of audio-video groups is reached", kPlan}},
    Row{10037, {"the edition's limit of groups of a user is reached", kPlan}},
    Row{10038, {"the edition's limit of members of a group is reached", kPlan}},
    Row{10054, {"too many members for one answer", "lower chat.member_page"}},
    Row{10058, {"the trial edition's limit of groups is reached", kPlan}},
    Row{10059, {"the app's edition does not have this", kPlan}},
    Row{11000, {"the app has no Communities", "enable them in the console, or exempt the group"}},
    Row{60002, {"the request could not be parsed", kOurs}},
    Row{60003, {"the request's body is no JSON", kOurs}},
    Row{60004, {"the check of the account failed", kKey}},
    Row{60005, {"the check of the account failed", kKey}},
    Row{60006, {"the app's number is not valid", "check chat.sdk_app_id"}},
    Row{60007, {"too many calls in a second", kSlower}},
    Row{60008, {"the service timed out", kWait}},
    Row{60009, {"there is no such service", "chat.base_url must be a host without a path"}},
    Row{60010, {"the account is no app administrator", kAccount}},
    Row{60011, {"too many requests of the app", kSlower}},
    Row{60012, {"the app's number is missing in the request", kOurs}},
    Row{60013, {"an answer inside Chat could not be parsed", kWait}},
    Row{60014, {"the check of an account timed out", kWait}},
    Row{60015, {"an account in the request is no text", kOurs}},
    Row{60016, {"the app is disabled", kPlan}},
    Row{60017, {"requests are disabled for the app", kPlan}},
    Row{60018, {"too many requests", kSlower}},
    Row{60019, {"too many requests", kSlower}},
    Row{60020, {"the app's plan has expired, was not bought, or is in arrears", kPlan}},
    Row{60021,
        {"the REST API does not take requests from this address", "add this machine's public address in the console"}},
    Row{60025, {"the app's number, the account or the UserSig is not accepted", kKey}},
    Row{60026, {"the domain is that of another data centre", kRegion}},
    Row{60027, {"the app's product does not have this", kPlan}},
    Row{60028, {"the trial edition's volume of 24 hours is used up", "wait for a day, or buy an edition"}},
    Row{70001, {"the UserSig has expired", kClock}},
    Row{70002, {"the UserSig is empty", kOurs}},
    Row{70003, {"the UserSig can not be read", kKey}},
    Row{70005, {"the check of the UserSig failed", kKey}},
    Row{70009, {"the UserSig was signed with another app's key", kKey}},
    Row{70013, {"the UserSig is another account's", kAccount}},
    Row{70014, {"the UserSig is another app's", "check chat.sdk_app_id and chat.secret_key_file"}},
    Row{70016, {"the app's key is not known at this data centre", kRegion}},
    Row{70020, {"the app is not known at this data centre", kRegion}},
    Row{70050, {"the UserSig was refused too often", kKey}},
    Row{70051, {"the account is on the blocklist", kAccount}},
    Row{70052, {"the UserSig was made invalid", kKey}},
    Row{70107, {"the account does not exist", "nothing to do: it was deleted or never imported"}},
    Row{70169, {"Chat timed out inside", kWait}},
    Row{70202, {"Chat timed out inside", kWait}},
    Row{70206, {"the number of accounts is not valid", kOurs}},
    Row{70398, {"the edition's limit of accounts is reached", kPlan}},
    Row{70399, {"a deleted account can not be imported yet", ""}},
    Row{70402, {"a parameter is not valid", kOurs}},
    Row{70403, {"the call needs an app administrator", kAccount}},
    Row{70500, {"Chat has failed inside", kWait}},
    Row{71000, {"the app may not delete accounts", kPlan}},
    Row{72000, {"more daily active users than the trial allows", kPlan}},
    Row{72002, {"more monthly active users than the trial allows", kPlan}},
    Row{80001, {"a text was refused by moderation", "change policy.reason"}},
    Row{80002, {"a message is too long", kOurs}},
    Row{80004, {"a picture was refused by moderation", ""}},
    Row{80005, {"the service is deactivated", kPlan}},
    Row{90001, {"the request could not be parsed", kOurs}},
    Row{90003, {"an account in the request is no text", kOurs}},
    Row{90009, {"the account is no app administrator", kAccount}},
    Row{90011, {"too many accounts in one call", kOurs}},
    Row{90018, {"too many accounts in one call", kOurs}},
    Row{90048, {"the account does not exist", "nothing to do: it was deleted or never imported"}},
    Row{90992, {"Chat has failed inside", kWait}},
    Row{90994, {"Chat has failed inside", kWait}},
    Row{90995, {"Chat has failed inside", kWait}},
    Row{91000, {"Chat has failed inside", kWait}},
};

static_assert(std::ranges::is_sorted(kRows, std::ranges::less_equal{}, &Row::code), "each code once, ascending");

}  // namespace

CodeWords words_of(int chat_error) {
  const auto* row = std::ranges::lower_bound(kRows, chat_error, {}, &Row::code);
  return row != kRows.end() && row->code == chat_error ? row->words : CodeWords{};
}

}  // namespace headroom
