// One batch's delete call, and what becomes of it.
#include <algorithm>

#include "app/execution.h"
#include "app/membership.h"

namespace headroom {

std::optional<Stop> Execution::remove(const std::vector<RunMember>& batch) {
  const auto accounts = accounts_of(batch);
  for (const std::string& account : accounts) unsettled_[account] = 0;
  const auto answer = chat_.remove(run_.group_id, accounts, run_.policy);
  switch (answer.outcome) {
    case ChatOutcome::kDone:
    case ChatOutcome::kOutcomeUnknown:
      return verify(batch, answer);
    case ChatOutcome::kThrottled:
      return try_again_later(batch, answer);
    case ChatOutcome::kRefused:
      return refused(batch, answer.code);
    case ChatOutcome::kCredentialsRejected:
    case ChatOutcome::kOperatorNeeded:
      for (const std::string& account : accounts) unsettled_[account] = answer.code;
      put_back(batch);
      return stop_of(answer.outcome, answer.code);
  }
  return std::nullopt;
}

std::optional<Stop> Execution::refused(const std::vector<RunMember>& batch, int code) {
  for (const RunMember& member : batch) unsettled_[member.account] = code;
  switch (code) {
    case chat_code::kTooManyAccounts:
    case chat_code::kInvalidParameter:
    case chat_code::kUnknownAccount:
    case chat_code::kOwnerMayNotExit:
    case chat_code::kAccountNotString:
      return isolate(batch, code);
    case chat_code::kNoPermission:
      put_back(batch);
      return Stop{"no_permission"};
    default:
      put_back(batch);
      return stop_of(ChatOutcome::kRefused, code);
  }
}

// One account of the batch, or their number, is what Chat refuses: smaller batches, down to the one.
std::optional<Stop> Execution::isolate(const std::vector<RunMember>& batch, int code) {
  if (batch.size() == 1) {
    record({{batch.front().account, Outcome::kError}}, code);
    return std::nullopt;
  }
  batch_size_ = std::max<std::size_t>(1, batch.size() / 2);
  put_back(batch);
  return std::nullopt;
}

// Looks who is out. After an OK those that are not stay (still_member); after no answer they are looked at afresh.
std::optional<Stop> Execution::verify(const std::vector<RunMember>& batch, const Answer<Nothing>& answer) {
  auto looked = find_removed(chat_, run_.group_id, is_community(look_->info.type), batch);
  // Chat may take a moment to show what it did.
  for (int attempt = 1; attempt <= 2 && answer.done() && looked.index() == 0; ++attempt) {
    const auto& out = std::get<0>(looked);
    if (std::all_of(out.begin(), out.end(), [](const auto& entry) { return entry.second; })) break;
    if (!clock_.sleep(attempt * kSecondMs / 2)) break;
    looked = find_removed(chat_, run_.group_id, is_community(look_->info.type), batch);
  }
  if (auto* stop = std::get_if<Stop>(&looked)) {
    in_doubt_ = stop->reason != "gone";
    return *stop;
  }
  const auto& out = std::get<0>(looked);
  std::map<std::string, Outcome> settled;
  std::vector<RunMember> rest;
  for (const RunMember& member : batch) {
    if (out.at(member.account)) {
      settled[member.account] = Outcome::kRemoved;
    } else if (answer.done()) {
      settled[member.account] = Outcome::kStillMember;
    } else {
      rest.push_back(member);
    }
  }
  const bool none_out = std::none_of(out.begin(), out.end(), [](const auto& entry) { return entry.second; });
  record(settled, 0);
  if (!rest.empty()) return try_again_later(rest, answer);
  if (none_out) return Stop{"not_removed"};
  failures_ = 0;
  return std::nullopt;
}

std::optional<Stop> Execution::try_again_later(const std::vector<RunMember>& batch, const Answer<Nothing>& answer) {
  for (const RunMember& member : batch) unsettled_[member.account] = answer.code;
  put_back(batch);
  if (failures_++ == 0) failing_since_ = clock_.steady_now();
  if (chat_.wait_before_retry(failures_, failing_since_)) return std::nullopt;
  if (auto stop = gate_.stop_for(run_)) return stop;
  return stop_of(answer.outcome, answer.code);
}

}  // namespace headroom
