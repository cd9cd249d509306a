#include "engine/looks/chat_session.h"

#include <algorithm>
#include <utility>

#include "engine/looks/halved_look.h"

namespace headroom {
namespace {

constexpr DurationMs kRetryBase = 500;
constexpr DurationMs kRetryMax = 15 * kSecondMs;

bool is_transient(ChatOutcome outcome) {
  switch (outcome) {
    case ChatOutcome::kThrottled:
    case ChatOutcome::kNotSent:
    case ChatOutcome::kOutcomeUnknown:
      return true;
    case ChatOutcome::kDone:
    case ChatOutcome::kRefused:
    case ChatOutcome::kCredentialsRejected:
    case ChatOutcome::kOperatorNeeded:
      return false;
  }
  return false;
}

// When the call that has just ended went out. `begun`: it may have waited for its turn since.
TimeMs sent_at(const ChatApi& chat, const Clock& clock, TimeMs begun) {
  return std::max(begun, clock.now() - (clock.steady_now() - chat.last_sent_at()));
}

}  // namespace

bool ChatSession::wait_before_retry(int attempt, SteadyMs started_at) {
  if (attempt >= kMaxAttempts) return false;
  const DurationMs wait = back_off(attempt - 1, kRetryBase, kRetryMax, random_());
  return clock_.steady_now() + wait - started_at <= kMaxTrying && clock_.sleep(wait);
}

template <typename Call>
auto ChatSession::persist(Call call, int most_attempts) -> decltype(call()) {
  const SteadyMs started_at = clock_.steady_now();
  for (int attempt = 1;; ++attempt) {
    auto answer = call();
    if (answer.done()) note_look();
    const bool too_often = answer.outcome != ChatOutcome::kThrottled && attempt >= most_attempts;
    if (!is_transient(answer.outcome) || too_often || !wait_before_retry(attempt, started_at)) return answer;
  }
}

// Of a call that was tried again, the try that was answered.
void ChatSession::note_look() {
  const SteadyMs sent_at = chat_.last_sent_at();
  oldest_look_ = std::min(oldest_look_.value_or(sent_at), sent_at);
}

OrStop<std::vector<GroupInfo>> ChatSession::look_all(const std::vector<std::string>& group_ids) {
  const auto ask = [this](const std::vector<std::string>& ids) {
    const TimeMs begun = clock_.now();
    auto answer = chat_.get_group_info(ids);
    looked_at_ = sent_at(chat_, clock_, begun);
    return answer;
  };
  const bool many = group_ids.size() > 1;
  auto answer = persist([&] { return ask(group_ids); }, many ? kMaxAttemptsForMany : kMaxAttempts);
  if (answer.done()) return std::move(answer.value);
  const bool no_answer = answer.outcome == ChatOutcome::kOutcomeUnknown;
  if (!HalvedLook::may_be_one_groups(answer.outcome) || (no_answer && !answers_at_all())) {
    return stop_for(answer.outcome, answer.code);
  }
  if (!many) return HalvedLook::alone(group_ids.front(), answer.code);
  // Too fast is no group's fault: that part alone is tried again.
  std::optional<TimeMs> oldest;
  const auto ask_part = [&](const std::vector<std::string>& ids) {
    auto part = ask(ids);
    if (part.outcome == ChatOutcome::kThrottled) part = persist([&] { return ask(ids); });
    oldest = std::min(oldest.value_or(looked_at_), looked_at_);
    return part;
  };
  const auto stop = [this](ChatOutcome outcome, int code) { return stop_for(outcome, code); };
  auto found = HalvedLook(ask_part, stop, clock_).ask_halves(group_ids);
  looked_at_ = oldest.value_or(looked_at_);
  return found;
}

// Whether Chat answers for a group that is none: then it is those that were asked for whom it does not.
bool ChatSession::answers_at_all() {
  const ChatOutcome outcome = chat_.get_group_info({kNoGroup}).outcome;
  return outcome != ChatOutcome::kOutcomeUnknown && outcome != ChatOutcome::kNotSent;
}

OrStop<Look> ChatSession::look(const std::string& group_id) {
  Look look;
  const SteadyMs started_at = clock_.steady_now();
  for (int attempt = 1;; ++attempt) {
    auto answer = persist([&] {
      const TimeMs begun = clock_.now();
      auto tried = chat_.get_group_info({group_id});
      look.sent_at = sent_at(chat_, clock_, begun);
      return tried;
    });
    if (answer.outcome == ChatOutcome::kRefused && means_gone(answer.code)) {
      look.gone = true;
      return look;
    }
    if (!answer.done()) return stop_for(answer.outcome, answer.code);
    auto& infos = answer.value;
    const auto info = std::find_if(infos.begin(), infos.end(), [&](const auto& i) { return i.group_id == group_id; });
    if (info == infos.end()) return Stop{Reason::kChatUnreachable};  // an answer that does not answer
    if (means_gone(info->error_code)) {
      look.gone = true;
      return look;
    }
    if (info->error_code == 0) {
      look.info = std::move(*info);
      return look;
    }
    const ChatOutcome outcome = classify(info->error_code);
    if (!is_transient(outcome) || !wait_before_retry(attempt, started_at)) {
      Stop stop = stop_of(outcome, info->error_code);
      stop.pauses = false;  // it stands beside this group's name: no news of any other
      return stop;
    }
  }
}

Answer<GroupListPage> ChatSession::group_list(const SweepPosition& position) {
  return persist([&] { return chat_.get_appid_group_list(position.type, position.next); });
}

Answer<MemberPage> ChatSession::member_page(const MemberQuery& query) {
  return persist([&] { return chat_.get_group_member_info(query); });
}

OrStop<std::map<std::string, Member>> ChatSession::members(const std::string& group_id,
                                                           const std::vector<std::string>& accounts) {
  std::map<std::string, Member> found;
  for (std::size_t from = 0; from < accounts.size(); from += kMaxAccountsPerLook) {
    const auto first = accounts.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(kMaxAccountsPerLook, accounts.size() - from);
    const std::vector<std::string> part(first, first + static_cast<std::ptrdiff_t>(count));
    auto answer = persist([&] { return chat_.get_specified_group_member_info(group_id, part); });
    if (!answer.done()) return stop_for(answer.outcome, answer.code);
    for (Member& member : answer.value) found.emplace(member.account, std::move(member));
  }
  return found;
}

Answer<std::map<std::string, Role>> ChatSession::roles(const std::string& group_id,
                                                       const std::vector<std::string>& accounts) {
  return persist([&] { return chat_.get_role_in_group(group_id, accounts); });
}

OrStop<std::map<std::string, Presence>> ChatSession::presence(const std::vector<std::string>& accounts) {
  if (accounts.empty()) return std::map<std::string, Presence>{};
  auto answer = persist([&] { return chat_.query_online_status(accounts); });
  if (!answer.done()) return stop_for(answer.outcome, answer.code);
  for (const std::string& account : accounts) answer.value.emplace(account, Presence::kUnknown);
  return std::move(answer.value);
}

Answer<Nothing> ChatSession::remove(const std::string& group_id, const std::vector<std::string>& accounts,
                                    const Policy& policy, const MaySend& may_send) {
  return chat_.delete_group_member(group_id, accounts, policy.silence, policy.reason, may_send);
}

Answer<std::map<std::string, AddResult>> ChatSession::add(const std::string& group_id,
                                                          const std::vector<std::string>& accounts,
                                                          const Policy& policy) {
  return chat_.add_group_member(group_id, accounts, policy.silence);
}

std::optional<Stop> ChatSession::clock_stop_of(const ChatApi& chat) {
  const auto offset = chat.clock_offset();
  if (!offset || (*offset <= kMaxClockSkew && *offset >= -kMaxClockSkew)) return std::nullopt;
  return Stop{Reason::kClockSkew, true};
}

Stop ChatSession::stop_for(ChatOutcome outcome, int code) const {
  if (outcome == ChatOutcome::kCredentialsRejected) {
    if (auto skew = clock_stop()) return *skew;
  }
  return stop_of(outcome, code);
}

}  // namespace headroom
