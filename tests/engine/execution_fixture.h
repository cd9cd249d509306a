#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "engine/runs/execution.h"
#include "tests/support/pruning_world.h"

namespace headroom {

class ExecutionTest : public testing::Test, protected support::PruningWorld {
 protected:
  using Run = headroom::Run;  // GoogleTest has a function of that name

  ExecutionTest() : PruningWorld(SchedulerMode::kPrune) {
    settings_.delete_batch = 2;
    take_over();
  }

  // A running plan of m0 … m(selected - 1), made by the policy in force.
  Run store_plan(std::int64_t selected) {
    Run run;
    run.group_id = "g";
    run.mode = RunMode::kPrune;
    run.created_at = support::kNow;
    run.wanted = selected;
    run.selected = selected;
    run.members_before = kMembers;
    run.max_members = kMembers;
    run.policy = cell_.get()->policy;
    std::vector<RunMember> members;
    for (std::int64_t i = 0; i < selected; ++i) {
      RunMember& member = members.emplace_back();
      member.account = "m" + std::to_string(i);
      member.joined_at_s = support::kNow / 1000 - 400 * 86400;
    }
    database_.commit([&](Transaction& storage) {
      run.id = storage.insert_run(run);
      storage.insert_run_members(run.id, members);
      storage.save_group(begin_run(full_group(), run.id));
    });
    return run;
  }
  Execution::End execute(const Run& run) {
    ChatSession session(chat_, clock_, [] { return 0.5; });
    return Execution(session, database_, view(), clock_, cell_, gate_, observer_, run).execute();
  }
  Execution::End execute(std::int64_t selected) { return execute(run_ = store_plan(selected)); }
  Outcome outcome_of(const std::string& account) {
    for (const RunMember& member : view().plan(run_.id)) {
      if (member.account == account) return member.outcome;
    }
    ADD_FAILURE() << account << " is not in the plan";
    return Outcome::kNone;
  }
  Member& member(const std::string& account) {
    auto& all = chat_.members["g"];
    return *std::find_if(all.begin(), all.end(), [&](const Member& m) { return m.account == account; });
  }
  void speak(const std::string& account) { member(account).last_sent_time_s = clock_.now() / 1000; }
  void exempt(ExemptionKind kind, const std::string& subject) {
    Exemption exemption;
    exemption.kind = kind;
    exemption.subject = subject;
    exemption.created_at = clock_.now();
    database_.commit([&](Transaction& storage) { storage.put_exemption(exemption); });
  }
  // As another node does: the switch does not show it yet. Returns what is stored.
  PauseSwitch::State store_pause() {
    PauseSwitch::State state;
    state.operator_reason = "an operator's";
    database_.commit([&](Transaction& storage) { PauseSwitch::write(storage, state); });
    return state;
  }
  void pause() { pause_.show(store_pause()); }
  void set_policy(const std::function<void(Policy&)>& change) {
    change(settings_.policy);
    cell_.set(settings_);
  }
  std::int64_t sent_in_all() { return view().removal_usage(clock_.now() - kDayMs, std::nullopt).sent; }

  Run run_;
};

}  // namespace headroom
