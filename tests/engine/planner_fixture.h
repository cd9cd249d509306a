#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/gate/daemon_gate.h"
#include "engine/runs/planner.h"
#include "tests/support/fake_chat.h"
#include "tests/support/test_database.h"
#include "tests/support/virtual_clock.h"

// Plans from listings that real groups do not make.
namespace headroom::test {

using support::kNow;

inline constexpr std::int64_t kNowS = kNow / 1000;
inline constexpr std::int64_t kDayS = 86400;

// Lists page by page: the cursor of a page, or its place among them, names the next one.
class PagedChat : public support::FakeChat {
 public:
  Answer<MemberPage> get_group_member_info(const MemberQuery& query) override {
    queries.push_back(query);
    MemberPage page;
    if (query.community) {
      page = by_cursor.at(query.next);
    } else {
      std::int64_t row = 0;
      for (const MemberPage& each : by_offset) {
        if (row == query.offset) page = each;
        row += std::max(each.rows, std::ssize(each.members));
      }
      page.member_num = row;
    }
    return {ChatOutcome::kDone, 0, "", page};
  }

  std::map<std::string, MemberPage> by_cursor;
  std::vector<MemberPage> by_offset;
  std::vector<MemberQuery> queries;
};

class PlannerTest : public testing::Test {
 protected:
  PlannerTest() {
    settings_.mode = SchedulerMode::kPlan;
    settings_.policy.min_capacity = 0;
    settings_.policy.max_removed_share = Share::percent(100);
    settings_.policy.target_headroom = Share::count(3);
  }
  static Member idle(const std::string& account, std::int64_t days = 300) {
    return {account, Role::kMember, kNowS - 400 * kDayS, kNowS - days * kDayS, 1};
  }
  static std::vector<Member> idles(int count, const std::string& prefix = "m") {
    std::vector<Member> members;
    for (int i = 0; i < count; ++i) members.push_back(idle(prefix + std::to_string(i), 300 - i));
    return members;
  }
  // An ordinary group with these pages; everybody is offline.
  void list(const std::vector<std::vector<Member>>& pages) {
    std::int64_t count = 0;
    for (const auto& members : pages) {
      MemberPage page;
      page.members = members;
      chat_.by_offset.push_back(page);
      count += std::ssize(members);
      for (const Member& member : members) chat_.presence[member.account] = Presence::kOffline;
    }
    chat_.put_group("g", "Public", count, count);
  }
  Plan plan() {
    settings_.kept_members_up_to = kept_up_to_;
    cell_.set(settings_);
    headroom::Run run;
    run.group_id = "g";
    ChatSession session(chat_, clock_, [] { return 0.5; });
    return Planner(session, database_.view(), clock_, settings_, gate_).make(std::move(run));
  }
  static std::vector<std::string> selected(const Plan& plan) {
    std::vector<std::string> accounts;
    for (const RunMember& member : plan.members) {
      if (member.decision == Decision::kRemove) accounts.push_back(member.account);
    }
    return accounts;
  }
  static RunMember row(const Plan& plan, const std::string& account) {
    for (const RunMember& member : plan.members) {
      if (member.account == account) return member;
    }
    ADD_FAILURE() << account << " is not stored";
    return {};
  }
  static Why why(const Plan& plan, const std::string& account) { return row(plan, account).why; }

  support::TestDatabase database_;
  VirtualClock clock_{kNow};
  PagedChat chat_;
  Settings settings_;
  SettingsCell cell_{Settings{}};
  PauseSwitch pause_;
  DaemonGate gate_{cell_, pause_};
  std::int64_t kept_up_to_ = 1000;
};

}  // namespace headroom::test
