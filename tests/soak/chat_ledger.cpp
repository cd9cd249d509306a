#include "tests/soak/chat_ledger.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <set>
#include <thread>

namespace headroom::soak {
namespace {

constexpr std::size_t kMostTold = 20;
constexpr std::int64_t kSecondMs = 1000;
constexpr std::int64_t kUnevenMs = 150;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

// Of the call that this thread of the simulator carries out.
thread_local std::size_t under_way = 0;

void wait_for(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

}  // namespace

ChatLedger::ChatLedger(chatsim::ChatSim& sim, std::uint64_t seed) : sim_(sim), random_(seed) {
  using chatsim::When;
  sim.on_call("delete_group_member", When::kBefore, [this](const chatsim::Call& call) { before_delete(call); });
  sim.on_call("delete_group_member", When::kAfter, [this](const chatsim::Call&) { after_delete(); });
  sim.on_call("get_specified_group_member_info", When::kBefore, [this](const chatsim::Call& call) { looked(call); });
}

int ChatLedger::up_to(int ms) { return static_cast<int>(random_() % static_cast<unsigned>(ms)); }

void ChatLedger::before_delete(const chatsim::Call& call) {
  int wait_ms = 0;
  {
    const std::lock_guard lock(mutex_);
    Delete entry;
    entry.node = call.admin;
    entry.at_ms = call.at_ms;
    for (const std::string& account : call.accounts) entry.accounts.push_back(call.group_id() + "/" + account);
    entry.order = ++moment_;
    entry.over = kNever;  // as long as it waits
    under_way = deletes_.size();
    deletes_.push_back(std::move(entry));
    wait_ms = random_() % 10 == 0 ? up_to(2500) : up_to(100);
    if (random_() % 12 == 0) sim_.faults().add("delete_group_member", chatsim::Fault::reset_before());
    if (random_() % 24 == 0) sim_.faults().add("delete_group_member", chatsim::Fault::reset_after());
  }
  wait_for(wait_ms);
  const std::lock_guard lock(mutex_);
  deletes_[under_way].over = ++moment_;  // unless it is carried out, at once
}

void ChatLedger::after_delete() {
  int wait_ms = 0;
  {
    const std::lock_guard lock(mutex_);
    deletes_[under_way].over = ++moment_;
    wait_ms = random_() % 20 == 0 ? up_to(4000) : up_to(50);
  }
  wait_for(wait_ms);
}

void ChatLedger::looked(const chatsim::Call& call) {
  const std::lock_guard lock(mutex_);
  ++moment_;
  for (const std::string& account : call.accounts) looks_[call.group_id() + "/" + account].push_back(moment_);
}

void ChatLedger::tell(Findings& findings, const std::string& what) {
  if (findings.told.size() < kMostTold) findings.told.push_back(what);
}

ChatLedger::Findings ChatLedger::compare(std::int64_t calls_per_second) const {
  Findings findings;
  std::set<std::string> gone;
  for (const chatsim::LedgerEntry& entry : sim_.ledger()) {
    if (entry.change != chatsim::Change::kRemovedByRest) continue;
    for (const std::string& account : entry.accounts) {
      const std::string member = entry.group_id + "/" + account;
      ++findings.removed;
      if (!account.starts_with("idle")) {
        ++findings.strange;
        tell(findings, "removed, and not idle: " + member);
      }
      if (!gone.insert(member).second) {
        ++findings.removed_twice;
        tell(findings, "removed twice: " + member);
      }
    }
  }
  const std::lock_guard lock(mutex_);
  judge_repeats(findings);
  judge_pace(findings, calls_per_second);
  judge_overlaps(findings);
  return findings;
}

void ChatLedger::judge_repeats(Findings& findings) const {
  std::map<std::string, std::int64_t> over;  // by account, of the last call
  for (const Delete& call : deletes_) {
    ++findings.deletes;
    ++findings.deletes_of[call.node];
    for (const std::string& account : call.accounts) {
      const auto former = over.find(account);
      if (former != over.end()) {
        ++findings.again;
        const auto looks = looks_.find(account);
        const bool seen =
            looks != looks_.end() && std::any_of(looks->second.begin(), looks->second.end(),
                                                 [&](auto at) { return at > former->second && at < call.order; });
        if (!seen) {
          ++findings.without_look;
          tell(findings, "sent again without a look: " + account + " by " + call.node);
        }
      }
      over[account] = call.over;
    }
  }
}

void ChatLedger::judge_pace(Findings& findings, std::int64_t calls_per_second) const {
  std::vector<const Delete*> calls;
  for (const Delete& call : deletes_) calls.push_back(&call);
  std::stable_sort(calls.begin(), calls.end(), [](const auto* a, const auto* b) { return a->at_ms < b->at_ms; });
  for (auto first = calls.begin(), last = first; last != calls.end(); ++last) {
    while ((*last)->at_ms - (*first)->at_ms >= kSecondMs) ++first;
    const std::int64_t count = last - first + 1;
    const bool by_one = std::all_of(first, last, [&](const Delete* call) { return call->node == (*last)->node; });
    const std::int64_t lasted = (*last)->at_ms - (*first)->at_ms;
    if (count > calls_per_second && (!by_one || lasted < kSecondMs - kUnevenMs)) ++findings.too_dense;
    if (count <= findings.most_in_a_second) continue;
    findings.most_in_a_second = count;
    findings.densest.clear();
    for (auto at = first; at <= last; ++at) {
      findings.densest += " " + (*at)->node + std::to_string((*at)->at_ms - (*first)->at_ms);
    }
  }
}

void ChatLedger::judge_overlaps(Findings& findings) const {
  std::vector<const Delete*> lasting;
  for (const Delete& call : deletes_) {
    std::erase_if(lasting, [&](const Delete* other) { return other->over < call.order; });
    for (const Delete* other : lasting) {
      if (other->node == call.node) continue;
      ++findings.at_once;
      tell(findings, "at once: " + call.node + " sends while " + other->node + "'s call is under way");
    }
    lasting.push_back(&call);
  }
}

}  // namespace headroom::soak
