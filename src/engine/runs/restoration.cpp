#include "engine/runs/restoration.h"

#include <algorithm>
#include <utility>

#include "engine/looks/membership.h"
#include "headroom/capacity.h"
#include "headroom/run_state.h"

namespace headroom {
namespace {

Outcome outcome_of(AddResult result, bool sent_before) {
  switch (result) {
    case AddResult::kAdded:
      return Outcome::kRestored;
    case AddResult::kAlreadyMember:  // by a call of ours whose answer was lost, or by itself
      return sent_before ? Outcome::kRestored : Outcome::kAlreadyMember;
    case AddResult::kPending:
      return Outcome::kPending;
    case AddResult::kFailed:
      return Outcome::kFailed;
  }
  return Outcome::kFailed;
}

// Who was in the group again after the newest removal, whichever run's it was, and is outside has left by themselves:
// nobody brings them back.
bool left_again(const std::map<std::string, Removal>& removals, const std::string& account) {
  const auto removal = removals.find(account);
  return removal != removals.end() && removal->second.back_at;
}

}  // namespace

Restoration::Restoration(ChatSession& chat, Writer& writer, ReadView& view, Clock& clock, const Settings& settings,
                         const Gate& gate, Observer& observer, Run run)
    : chat_(chat),
      writer_(writer),
      view_(view),
      clock_(clock),
      gate_(gate),
      observer_(observer),
      run_(std::move(run)),
      batch_limit_(static_cast<std::size_t>(std::clamp<std::int64_t>(settings.add_batch, 1, 300))),
      batch_size_(batch_limit_),
      late_(settings.call_may_last) {}

Restoration::End Restoration::carry_out(std::optional<SteadyMs> doubted_at) {
  take_up();
  for (const RunMember& member : pending_) {
    if (member.sent_at) late_.lost(member.account, doubted_at.value_or(clock_.steady_now()));
  }
  std::optional<Stop> stop;
  while (!pending_.empty() && !stop) stop = step();
  return finish(stop);
}

// One batch. Takes at least one member out of the plan, or counts a failure.
std::optional<Stop> Restoration::step() {
  if (auto stop = gate_.stop_for(run_)) return stop;
  const auto free = free_seats();
  if (const auto* stop = std::get_if<Stop>(&free)) return *stop;
  auto looked = look_up(std::min(batch_size_, pending_.size()));
  if (auto* stop = std::get_if<Stop>(&looked)) return *stop;
  auto& outside = std::get<std::vector<RunMember>>(looked);
  if (outside.empty()) return std::nullopt;
  const std::size_t seats = std::get<std::size_t>(free);
  if (seats == 0) {
    record_all(outside, Outcome::kNoRoom, full_ ? chat_code::kGroupFull : 0);
    return std::nullopt;
  }
  if (outside.size() > seats) {
    const auto first = outside.begin() + static_cast<std::ptrdiff_t>(seats);
    put_back({first, outside.end()});
    outside.erase(first, outside.end());
  }
  if (auto stop = gate_.stop_for(run_)) {  // the looks took time
    put_back(outside);
    return stop;
  }
  return add(std::move(outside));
}

// How many may be added: one seat stays free.
OrStop<std::size_t> Restoration::free_seats() {
  auto looked = chat_.look(run_.group_id);
  if (auto* stop = std::get_if<Stop>(&looked)) return *stop;
  const Look& look = std::get<Look>(looked);
  if (look.gone) return Stop{Reason::kGone};
  if (!is_supported_type(look.info.type)) return Stop{Reason::kUnsupportedType};
  if (!look.info.member_num || !believable_limit(look.info)) return Stop{Reason::kCapacityUnknown};
  if (!run_.members_before) {
    run_.members_before = look.info.member_num;
    run_.max_members = look.info.max_member_num;
  }
  if (full_) return std::size_t{0};
  return static_cast<std::size_t>(std::max<std::int64_t>(0, *look.info.max_member_num - *look.info.member_num - 1));
}

// Takes the next `count` members out of the plan, records those that are in the group or left it, and returns the
// others.
OrStop<std::vector<RunMember>> Restoration::look_up(std::size_t count) {
  std::vector<RunMember> batch(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
  const SteadyMs asked_at = clock_.steady_now();
  auto looked = chat_.members(run_.group_id, accounts_of(batch));
  if (auto* stop = std::get_if<Stop>(&looked)) return *stop;
  const auto& inside = std::get<0>(looked);
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
  const auto removals = view_.removals(run_.group_id, accounts_of(batch));
  std::vector<RunMember> outside;
  std::map<std::string, Outcome> settled;
  for (RunMember& member : batch) {
    if (!inside.contains(member.account)) late_.not_done(member.account, asked_at);
    if (inside.contains(member.account)) {
      settled[member.account] = outcome_of(AddResult::kAlreadyMember, member.sent_at.has_value());
    } else if (left_again(removals, member.account)) {
      settled[member.account] = Outcome::kLeft;
    } else {
      outside.push_back(std::move(member));
    }
  }
  record(settled, 0);
  return outside;
}

std::optional<Stop> Restoration::add(std::vector<RunMember> batch) {
  const auto accounts = accounts_of(batch);
  const TimeMs now = clock_.now();
  writer_.commit([&](Transaction& storage) {
    storage.mark_sent(run_.id, accounts, now);
    storage.update_run(run_);
  });
  const auto answer = chat_.add(run_.group_id, accounts, run_.policy);
  last_code_ = answer.code;
  if (answer.done()) return settle(batch, answer);
  for (RunMember& member : batch) member.sent_at = now;
  if (answer.outcome == ChatOutcome::kOutcomeUnknown) {
    for (const std::string& account : accounts) late_.lost(account, chat_.last_sent_at());
  }
  switch (answer.outcome) {
    case ChatOutcome::kRefused:
      return refused(batch, answer.code);
    case ChatOutcome::kDone:
    case ChatOutcome::kNotSent:
    case ChatOutcome::kOutcomeUnknown:
    case ChatOutcome::kThrottled:
      return try_again_later(batch, answer.outcome, answer.code);
    case ChatOutcome::kCredentialsRejected:
    case ChatOutcome::kOperatorNeeded:
      put_back(batch);
      return chat_.stop_for(answer.outcome, answer.code);
  }
  return std::nullopt;
}

std::optional<Stop> Restoration::settle(const std::vector<RunMember>& batch,
                                        const Answer<std::map<std::string, AddResult>>& answer) {
  std::map<std::string, Outcome> settled;
  std::vector<RunMember> unnamed;
  for (const RunMember& member : batch) {
    const auto result = answer.value.find(member.account);
    if (result == answer.value.end()) {
      unnamed.push_back(member);
      unnamed.back().sent_at = clock_.now();
    } else {
      settled[member.account] = outcome_of(result->second, member.sent_at.has_value());
    }
  }
  record(settled, 0);
  if (!unnamed.empty()) return try_again_later(unnamed, answer.outcome, answer.code);
  failures_ = 0;
  batch_size_ = std::min(batch_limit_, batch_size_ * 2);
  return std::nullopt;
}

std::optional<Stop> Restoration::refused(const std::vector<RunMember>& batch, int code) {
  switch (code) {
    case chat_code::kGroupFull:  // the rest gets no room, after a look who is in
      full_ = true;
      put_back(batch);
      return std::nullopt;
    case chat_code::kTooManyAccounts:
      batch_limit_ = std::max<std::size_t>(1, batch.size() / 2);
      return split(batch, code);
    case chat_code::kInvalidParameter:
    case chat_code::kUnknownAccount:
    case chat_code::kAccountNotString:
    case chat_code::kAlreadyMember:
    case chat_code::kRefusedByApp:
    case chat_code::kTooManyGroupsOfUser:
    case chat_code::kAccountUnknown:
    case chat_code::kTooManyAccountsOfApp:
      return split(batch, code);
    default:
      put_back(batch);
      return chat_.stop_for(ChatOutcome::kRefused, code);
  }
}

// One account of the batch, or their number, is what Chat refuses: smaller batches, down to the one.
std::optional<Stop> Restoration::split(const std::vector<RunMember>& batch, int code) {
  if (batch.size() == 1) {
    record_all(batch, Outcome::kFailed, code);
    return std::nullopt;
  }
  batch_size_ = std::max<std::size_t>(1, batch.size() / 2);
  put_back(batch);
  return std::nullopt;
}

std::optional<Stop> Restoration::try_again_later(const std::vector<RunMember>& batch, ChatOutcome outcome, int code) {
  put_back(batch);
  if (failures_++ == 0) failing_since_ = clock_.steady_now();
  if (chat_.wait_before_retry(failures_, failing_since_)) return std::nullopt;
  if (auto stop = gate_.stop_for(run_)) return stop;
  return chat_.stop_for(outcome, code);
}

void Restoration::put_back(const std::vector<RunMember>& batch) {
  pending_.insert(pending_.begin(), batch.begin(), batch.end());
}

void Restoration::record_all(const std::vector<RunMember>& members, Outcome outcome, int error_code) {
  std::map<std::string, Outcome> outcomes;
  for (const RunMember& member : members) outcomes[member.account] = outcome;
  record(outcomes, error_code);
}

void Restoration::record(std::map<std::string, Outcome> outcomes, int error_code) {
  std::erase_if(outcomes, [&](const auto& entry) { return keeps(entry.first, {entry.second, error_code}); });
  if (outcomes.empty()) return;
  std::vector<std::string> returned;
  for (const auto& [account, outcome] : outcomes) {
    if (outcome == Outcome::kRestored) ++run_.restored;
    if (outcome == Outcome::kAlreadyMember) returned.push_back(account);
  }
  std::int64_t rejoined = 0;
  writer_.commit([&](Transaction& storage) {
    for (const auto& [account, outcome] : outcomes) storage.finish_member(run_.id, account, outcome, error_code);
    rejoined = storage.note_rejoined(run_.group_id, returned, clock_.now());
    storage.update_run(run_);
  });
  if (rejoined > 0) observer_.members_rejoined(rejoined);
}

}  // namespace headroom
