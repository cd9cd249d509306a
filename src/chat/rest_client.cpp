#include "chat/rest_client.h"

#include <utility>

#include "chat/reply_parser.h"
#include "chat/request_body.h"
#include "http/curl_transport.h"
#include "http/date_header.h"

namespace headroom {
namespace {

constexpr std::string_view kGroupService = "group_open_http_svc";
constexpr std::string_view kAccountService = "openim";
constexpr int kMostSignatures = 2;                  // that one call is tried with
constexpr std::size_t kMaxAccountsPerDelete = 100;  // [34949]
constexpr std::size_t kMaxAccountsPerAdd = 300;     // [34921]

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kDigits[byte >> 4U], kDigits[byte & 0x0fU]};
    }
  }
  return encoded;
}

std::random_device::result_type seed() { return std::random_device()(); }

template <typename T>
Answer<T> not_answered(std::string detail) {
  return {ChatOutcome::kOutcomeUnknown, 0, std::move(detail), {}};
}

template <typename T>
Answer<T> not_sent(std::string detail) {
  return {ChatOutcome::kNotSent, 0, std::move(detail), {}};
}

constexpr std::string_view kDelete = "delete_group_member";

}  // namespace

struct RestClient::Call {
  std::string_view service;
  std::string_view api;
  std::optional<std::string> body;
  std::size_t names = 1;  // how many groups or accounts are asked about
  std::size_t most_names = 1;
  bool changes = false;               // whether the group is another one afterwards
  const MaySend* may_send = nullptr;  // may be empty
};

RestClient::RestClient(const RestClientOptions& options, UserSigCache& sigs, RateLimiter& limiter, Clock& clock,
                       ChatObserver observer, const std::atomic<bool>* cancelled)
    : query_prefix_("?sdkappid=" + std::to_string(options.sdk_app_id) +
                    "&identifier=" + percent_encoded(options.identifier)),
      priority_(options.priority),
      sigs_(sigs),
      limiter_(limiter),
      clock_(clock),
      observer_(std::move(observer)),
      before_request_(options.before_request),
      clock_seen_(options.clock_seen),
      cancelled_(cancelled),
      transport_(std::make_unique<CurlTransport>(TransportOptions{
          options.base_url, options.request_timeout_ms, options.connect_timeout_ms, options.ca_file, cancelled})),
      random_(seed()) {}

RestClient::~RestClient() = default;

template <typename T, typename Parse>
Answer<T> RestClient::perform(const Call& call, const Parse& parse) {
  // What Chat would refuse is refused here, by the code that it would give.
  if (call.names > call.most_names) {
    return {ChatOutcome::kRefused, chat_code::kTooManyAccounts, "too many names for one call", {}};
  }
  if (!call.body) return {ChatOutcome::kRefused, chat_code::kInvalidParameter, "a name is not UTF-8", {}};
  if (const auto code = sigs_.rejection()) {
    return {ChatOutcome::kCredentialsRejected, *code, "a fresh UserSig was rejected less than a minute ago", {}};
  }
  std::string user_sig = sigs_.get();
  Answer<T> answer = attempt<T>(call, user_sig, parse);
  for (int tries = 1; answer.outcome == ChatOutcome::kCredentialsRejected; ++tries) {
    auto other = sigs_.renew(user_sig, answer.code);
    if (!other || tries == kMostSignatures) return answer;
    user_sig = *std::move(other);
    answer = attempt<T>(call, user_sig, parse);
  }
  return answer;
}

template <typename T, typename Parse>
Answer<T> RestClient::attempt(const Call& call, const std::string& user_sig, const Parse& parse) {
  if (is_cancelled() || !limiter_.acquire(call.api, priority_) || is_cancelled()) return not_sent<T>("stopping");
  const HttpReply reply = post(call, user_sig);
  Answer<T> answer;
  if (!reply.sent) {
    answer = not_sent<T>(is_cancelled() ? "interrupted" : reply.failure);
  } else if (reply.kind == HttpReply::Kind::kNone) {
    answer = not_answered<T>(is_cancelled() ? "interrupted" : reply.failure);
  } else if (reply.status != 200) {
    answer = not_answered<T>("HTTP status " + std::to_string(reply.status));
  } else if (reply.kind == HttpReply::Kind::kTooLarge && call.changes) {
    answer = not_answered<T>("reply too large");
  } else if (reply.kind == HttpReply::Kind::kTooLarge) {
    answer = {ChatOutcome::kRefused, chat_code::kReplyTooLarge, "reply too large", {}};
  } else {
    answer = parse(std::string_view(reply.body));
  }
  if (answer.outcome == ChatOutcome::kThrottled) limiter_.slow_down(call.api);
  report(call, reply, answer.outcome, answer.code, answer.detail);
  return answer;
}

void RestClient::report(const Call& call, const HttpReply& reply, ChatOutcome outcome, int code,
                        const std::string& detail) {
  if (!observer_.ended) return;
  ChatContact contact = ChatContact::kAnswered;
  if (reply.kind == HttpReply::Kind::kNone) {
    contact = reply.aborted ? ChatContact::kInterrupted
              : reply.sent  ? ChatContact::kNoAnswer
                            : ChatContact::kNothingSent;
  } else if (reply.status != 200 || (reply.kind == HttpReply::Kind::kWhole && code == 0 &&
                                     outcome != ChatOutcome::kDone && !reply_parser::is_of_chat(reply.body))) {
    contact = ChatContact::kNotChat;
  }
  const bool no_reply = reply.kind == HttpReply::Kind::kNone;
  observer_.ended({call.api, outcome, code, contact, no_reply ? reply.cause : detail, reply.seconds});
}

HttpReply RestClient::post(const Call& call, const std::string& user_sig) {
  std::string target = "/v4/";
  target.append(call.service).append("/").append(call.api).append(query_prefix_);
  // A UserSig's own alphabet is safe in a query.
  target +=
      "&usersig=" + user_sig + "&random=" + std::to_string(static_cast<std::uint32_t>(random_())) + "&contenttype=json";
  if (observer_.began) observer_.began();
  const SteadyMs sent_at = clock_.steady_now();
  // Everything is waited for by then: the limiter, the name's address, the connection.
  const auto before_send = [&] {
    last_sent_at_ = clock_.steady_now();
    before_request_();
    return call.may_send == nullptr || !*call.may_send || (*call.may_send)();
  };
  HttpReply reply;
  try {
    reply = transport_->post(target, *call.body, before_send);
  } catch (...) {
    HttpReply none;
    none.aborted = true;
    report(call, none, ChatOutcome::kOutcomeUnknown, 0, "");  // what has begun ends
    throw;
  }
  observe_date(reply, sent_at);
  return reply;
}

void RestClient::observe_date(const HttpReply& reply, SteadyMs sent_at) {
  if (reply.date.empty()) return;
  // Of the wall clock as it is now: it may have been set meanwhile.
  const TimeMs middle = clock_.now() - (clock_.steady_now() - sent_at) / 2;
  const auto date = parse_http_date(reply.date);
  if (!date) return;
  clock_offset_ = clock_offset_of(*date, middle);
  sigs_.heard(clock_.now() + *clock_offset_);
  clock_seen_(*clock_offset_);
}

Answer<std::vector<GroupInfo>> RestClient::get_group_info(const std::vector<std::string>& group_ids) {
  if (group_ids.empty()) return {ChatOutcome::kDone, 0, {}, {}};
  const Call call{.service = kGroupService,
                  .api = "get_group_info",
                  .body = request_body::get_group_info(group_ids),
                  .names = group_ids.size(),
                  .most_names = kMaxGroupsPerLook};
  return perform<std::vector<GroupInfo>>(
      call, [&](std::string_view body) { return reply_parser::get_group_info(body, group_ids); });
}

Answer<MemberPage> RestClient::get_group_member_info(const MemberQuery& query) {
  const Call call{
      .service = kGroupService, .api = "get_group_member_info", .body = request_body::get_group_member_info(query)};
  return perform<MemberPage>(call,
                             [&](std::string_view body) { return reply_parser::get_group_member_info(body, query); });
}

Answer<std::vector<Member>> RestClient::get_specified_group_member_info(const std::string& group_id,
                                                                        const std::vector<std::string>& accounts) {
  if (accounts.empty()) return {ChatOutcome::kDone, 0, {}, {}};
  const Call call{.service = kGroupService,
                  .api = "get_specified_group_member_info",
                  .body = request_body::get_specified_group_member_info(group_id, accounts),
                  .names = accounts.size(),
                  .most_names = kMaxAccountsPerLook};
  return perform<std::vector<Member>>(
      call, [&](std::string_view body) { return reply_parser::get_specified_group_member_info(body, accounts); });
}

Answer<std::map<std::string, Role>> RestClient::get_role_in_group(const std::string& group_id,
                                                                  const std::vector<std::string>& accounts) {
  if (accounts.empty()) return {ChatOutcome::kDone, 0, {}, {}};
  const Call call{.service = kGroupService,
                  .api = "get_role_in_group",
                  .body = request_body::get_role_in_group(group_id, accounts),
                  .names = accounts.size(),
                  .most_names = kMaxAccountsPerStatus};
  return perform<std::map<std::string, Role>>(
      call, [&](std::string_view body) { return reply_parser::get_role_in_group(body, accounts); });
}

Answer<std::map<std::string, Presence>> RestClient::query_online_status(const std::vector<std::string>& accounts) {
  if (accounts.empty()) return {ChatOutcome::kDone, 0, {}, {}};
  const Call call{.service = kAccountService,
                  .api = "query_online_status",
                  .body = request_body::query_online_status(accounts),
                  .names = accounts.size(),
                  .most_names = kMaxAccountsPerStatus};
  return perform<std::map<std::string, Presence>>(
      call, [&](std::string_view body) { return reply_parser::query_online_status(body, accounts); });
}

bool RestClient::await_delete_turn() { return !is_cancelled() && limiter_.acquire_turn(kDelete, priority_); }

Answer<Nothing> RestClient::delete_group_member(const std::string& group_id, const std::vector<std::string>& accounts,
                                                bool silence, const std::string& reason, const MaySend& may_send) {
  if (accounts.empty()) return {ChatOutcome::kDone, 0, {}, {}};  // what Chat makes of an empty list is not said
  const Call call{.service = kGroupService,
                  .api = kDelete,
                  .body = request_body::delete_group_member(group_id, accounts, silence, reason),
                  .names = accounts.size(),
                  .most_names = kMaxAccountsPerDelete,
                  .changes = true,
                  .may_send = &may_send};
  return perform<Nothing>(call, [](std::string_view body) { return reply_parser::delete_group_member(body); });
}

Answer<Nothing> RestClient::modify_group_base_info(const std::string& group_id, std::int64_t max_member_num,
                                                   const MaySend& may_send) {
  const Call call{.service = kGroupService,
                  .api = "modify_group_base_info",
                  .body = request_body::modify_group_base_info(group_id, max_member_num),
                  .changes = true,
                  .may_send = &may_send};
  return perform<Nothing>(call, [](std::string_view body) { return reply_parser::modify_group_base_info(body); });
}

Answer<std::map<std::string, AddResult>> RestClient::add_group_member(const std::string& group_id,
                                                                      const std::vector<std::string>& accounts,
                                                                      bool silence) {
  if (accounts.empty()) return {ChatOutcome::kDone, 0, {}, {}};
  const Call call{.service = kGroupService,
                  .api = "add_group_member",
                  .body = request_body::add_group_member(group_id, accounts, silence),
                  .names = accounts.size(),
                  .most_names = kMaxAccountsPerAdd,
                  .changes = true};
  return perform<std::map<std::string, AddResult>>(
      call, [&](std::string_view body) { return reply_parser::add_group_member(body, accounts); });
}

Answer<GroupListPage> RestClient::get_appid_group_list(const std::string& type, std::uint64_t next) {
  const Call call{
      .service = kGroupService, .api = "get_appid_group_list", .body = request_body::get_appid_group_list(type, next)};
  return perform<GroupListPage>(call,
                                [&](std::string_view body) { return reply_parser::get_appid_group_list(body, next); });
}

}  // namespace headroom
