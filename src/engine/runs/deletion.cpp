// One batch's delete call: its intent, the call, and what becomes of it.
#include <algorithm>

#include "engine/looks/membership.h"
#include "engine/runs/allowance.h"
#include "engine/runs/execution.h"

namespace headroom {

// An exemption or a pause that was committed before the intent holds: whoever ordered it has been told so. False: one
// of the accounts is exempt by now, or other runs have used up what the day had left: the batch is made anew.
OrStop<bool> Execution::write_intent(const std::vector<std::string>& accounts) {
  OrStop<bool> intent = false;
  bool used_up = false;
  const auto more = std::count_if(accounts.begin(), accounts.end(), [&](const auto& a) { return !is_counted(a); });
  writer_.commit([&](Transaction& storage) {
    intent = false;
    const auto left = left_to_send(storage, run_.group_id, settings_->policy, clock_.now());
    used_up = left && *left < more;
    if (auto stop = may_go_on(storage)) {
      intent = *stop;
    } else if (!used_up && storage.exempt_members(accounts, clock_.now()).empty()) {
      storage.mark_sent(run_.id, accounts, clock_.now());
      intent = true;
    }
  });
  if (used_up && ++vain_tries_ >= kMaxVainTries) return Stop{Reason::kDailyLimit};
  return intent;
}

// Those of an earlier call that may have been done stay sent.
void Execution::withdraw_intent(const std::vector<std::string>& accounts) {
  std::vector<std::string> never_sent;
  for (const std::string& account : accounts) {
    if (!is_counted(account)) never_sent.push_back(account);
  }
  if (never_sent.empty()) return;
  writer_.commit([&](Transaction& storage) { storage.unmark_sent(run_.id, never_sent); });
}

// Asked when nothing is left to wait for. The intent's commit, the limiter and the connection took time: orders that
// were answered meanwhile hold, and the looks must still be fresh.
bool Execution::may_send(const std::vector<std::string>& accounts) {
  send_stop_ = may_go_on(view_);
  const bool as_judged = settings_cell_.get() == settings_ && view_.exempt_members(accounts, clock_.now()).empty();
  held_back_ = send_stop_ || !as_judged || !looks_are_fresh();
  return !held_back_;
}

std::optional<Stop> Execution::remove(const std::vector<RunMember>& batch) {
  const auto accounts = accounts_of(batch);
  send_stop_.reset();
  held_back_ = false;
  const auto answer = chat_.remove(run_.group_id, accounts, run_.policy, [&] { return may_send(accounts); });
  if (answer.outcome == ChatOutcome::kNotSent) return not_sent(batch, answer);
  has_turn_ = false;
  vain_tries_ = 0;
  switch (answer.outcome) {
    case ChatOutcome::kDone:
    case ChatOutcome::kOutcomeUnknown:
      note_sent(accounts, answer.done());
      return verify(batch, answer);
    case ChatOutcome::kThrottled:
      note_refusal(batch, answer.code);
      return try_again_later(batch, answer);
    case ChatOutcome::kRefused:
      note_refusal(batch, answer.code);
      return refused(batch, answer.code);
    case ChatOutcome::kCredentialsRejected:
    case ChatOutcome::kOperatorNeeded:
      note_refusal(batch, answer.code);
      put_back(batch);
      return chat_.stop_for(answer.outcome, answer.code);
    case ChatOutcome::kNotSent:
      break;
  }
  return std::nullopt;
}

// For an order, for looks that grew old (or settings that changed: they are judged again), or for want of a connection.
std::optional<Stop> Execution::not_sent(const std::vector<RunMember>& batch, const Answer<Nothing>& answer) {
  withdraw_intent(accounts_of(batch));
  if (send_stop_) {
    put_back(batch);
    return send_stop_;
  }
  return held_back_ ? looks_too_old(batch) : try_again_later(batch, answer);
}

// Chat did nothing: the call costs no limit.
void Execution::note_refusal(const std::vector<RunMember>& batch, int code) {
  withdraw_intent(accounts_of(batch));
  for (const RunMember& member : batch) tried_[member.account].code = code;
}

std::optional<Stop> Execution::refused(const std::vector<RunMember>& batch, int code) {
  switch (code) {
    case chat_code::kTooManyAccounts:
    case chat_code::kInvalidParameter:
    case chat_code::kUnknownAccount:
    case chat_code::kOwnerMayNotExit:
    case chat_code::kAccountNotString:
    case chat_code::kAccountUnknown:
      return isolate(batch, code);
    case chat_code::kNoPermission:
      put_back(batch);
      return Stop{Reason::kNoPermission};
    default:
      put_back(batch);
      return chat_.stop_for(ChatOutcome::kRefused, code);
  }
}

// One account of the batch, or their number, is what Chat refuses: smaller batches, down to the one.
std::optional<Stop> Execution::isolate(const std::vector<RunMember>& batch, int code) {
  if (batch.size() == 1) {
    std::map<std::string, Outcome> settled;
    settle(batch.front().account, Outcome::kError, settled);
    record(settled, code);
    return std::nullopt;
  }
  batch_size_ = std::max<std::size_t>(1, batch.size() / 2);
  put_back(batch);
  return std::nullopt;
}

// Looks who is out. After an OK those that are not stay (still_member); after no answer they are looked at afresh.
std::optional<Stop> Execution::verify(const std::vector<RunMember>& batch, const Answer<Nothing>& answer) {
  SteadyMs asked_at = clock_.steady_now();
  auto looked = find_removed(chat_, run_.group_id, is_community(look_->info.type), batch);
  // Chat may take a moment to show what it did.
  for (int attempt = 1; attempt <= 2 && answer.done() && looked.index() == 0; ++attempt) {
    const auto& out = std::get<Found>(looked).out;
    if (std::all_of(out.begin(), out.end(), [](const auto& entry) { return entry.second; })) break;
    if (!clock_.sleep(attempt * kSecondMs / 2)) break;
    asked_at = clock_.steady_now();
    looked = find_removed(chat_, run_.group_id, is_community(look_->info.type), batch);
  }
  if (auto* stop = std::get_if<Stop>(&looked)) {
    in_doubt_ = true;
    return *stop;
  }
  const auto& [out, back] = std::get<Found>(looked);
  std::map<std::string, Outcome> settled;
  std::vector<RunMember> rest;
  for (const RunMember& member : batch) {
    if (out.at(member.account)) {
      settled[member.account] = Outcome::kRemoved;
      continue;
    }
    late_.not_done(member.account, asked_at);
    if (answer.done()) {
      settle(member.account, Outcome::kStillMember, settled);
    } else {
      rest.push_back(member);
    }
  }
  const bool none_out = std::none_of(out.begin(), out.end(), [](const auto& entry) { return entry.second; });
  record(settled, 0, back);
  if (!rest.empty()) return try_again_later(rest, answer);
  if (none_out) return Stop{Reason::kNotRemoved};
  failures_ = 0;
  return std::nullopt;
}

std::optional<Stop> Execution::try_again_later(const std::vector<RunMember>& batch, const Answer<Nothing>& answer) {
  for (const RunMember& member : batch) {
    if (answer.outcome != ChatOutcome::kNotSent) tried_[member.account].code = answer.code;
  }
  put_back(batch);
  if (failures_++ == 0) failing_since_ = clock_.steady_now();
  if (chat_.wait_before_retry(failures_, failing_since_)) return std::nullopt;
  if (auto stop = gate_.stop_for(run_)) return stop;
  return chat_.stop_for(answer.outcome, answer.code);
}

}  // namespace headroom
