#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/admin/fake_daemon.h"

namespace headroom::admin::admin_test {

class AdminReadsTest : public testing::Test {
 protected:
  AdminReadsTest() {
    for (int i = 1; i <= 5; ++i) add_group(i, "@TGS#g/" + std::to_string(i) + "+x");
    for (int i = 1; i <= 7; ++i) add_event(i, i % 2 == 0 ? "@TGS#g/1+x" : "other", kNow + i);
    for (int i = 1; i <= 7; ++i) add_run(i, i % 2 == 0 ? "@TGS#g/1+x" : "other", kNow + i);
    for (int i = 1; i <= 5; ++i) {
      RunMember member;
      member.id = i;
      member.account = "u" + std::to_string(i);
      member.decision = i <= 2 ? Decision::kRemove : Decision::kKeep;
      daemon_.view.members[2].push_back(member);
    }
  }
  void add_group(std::int64_t id, const std::string& group_id) {
    Group group;
    group.id = id;
    group.group_id = group_id;
    daemon_.view.all_groups.push_back(group);
  }
  void add_event(std::int64_t id, const std::string& group_id, TimeMs received_at) {
    Event event;
    event.id = id;
    event.group_id = group_id;
    event.received_at = received_at;
    daemon_.view.all_events.push_back(event);
  }
  void add_run(std::int64_t id, const std::string& group_id, TimeMs created_at) {
    headroom::Run run;
    run.id = id;
    run.group_id = group_id;
    run.created_at = created_at;
    run.state = id <= 4 ? RunState::kSucceeded : RunState::kPlanned;
    daemon_.view.all_runs.push_back(run);
  }

  // A full group, and a daemon that says what its limit could be.
  void suggest(CapacityMode mode) {
    Group group;
    group.id = 9;
    group.group_id = "full";
    group.type = "Public";
    group.member_count = group.max_member_count = 200;
    daemon_.view.all_groups.push_back(group);
    daemon_.control.now.capacity.mode = mode;
    daemon_.control.now.capacity.ceilings = *Ceilings::parse("Public:2000");
    daemon_.control.now.target_headroom = Share::percent(5);
  }

  // What stands in `field` of each item; all pages, one after the other.
  std::vector<std::string> walk(const std::string& target, const std::string& field) {
    std::vector<std::string> found;
    std::string cursor;
    do {
      const std::string mark = target.find('?') == std::string::npos ? "?" : "&";
      const Answered answer = daemon_.get(cursor.empty() ? target : target + mark + "cursor=" + cursor);
      EXPECT_EQ(answer.status(), 200) << target << answer.response.body;
      if (answer.status() != 200) return found;
      for (const auto& item : answer.json["items"].GetArray()) {
        const auto& value = item[field.c_str()];
        found.push_back(value.IsString() ? value.GetString() : std::to_string(value.GetInt64()));
      }
      const auto& next = answer.json["next_cursor"];
      cursor = next.IsNull() ? "" : next.GetString();
    } while (!cursor.empty());
    return found;
  }
  std::string cursor_of(const std::string& target) {
    const Answered answer = daemon_.get(target);
    return answer.status() == 200 && answer.json["next_cursor"].IsString() ? answer.json["next_cursor"].GetString()
                                                                           : "";
  }

  FakeDaemon daemon_;
};

}  // namespace headroom::admin::admin_test
