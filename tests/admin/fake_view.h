#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "headroom/storage.h"
#include "text/time_text.h"

namespace headroom::admin::admin_test {

// Ids descend by position in a page, rows stand in ascending order.
template <typename T>
Page<T> page_of(const std::vector<T>& rows, const PageRequest& request, const std::function<bool(const T&)>& wanted) {
  Page<T> page;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    if ((request.before_id && row->id >= *request.before_id) || !wanted(*row)) continue;
    if (page.items.size() == static_cast<std::size_t>(request.limit)) {
      page.next_before_id = page.items.back().id;
      break;
    }
    page.items.push_back(*row);
  }
  return page;
}

template <typename Word>
bool is_one_of(Word word, const std::vector<Word>& asked) {
  return asked.empty() || std::find(asked.begin(), asked.end(), word) != asked.end();
}

struct FakeView : ReadView {
  std::optional<Group> find_group(const std::string& group_id) override {
    begin();
    for (const Group& group : all_groups) {
      if (group.group_id == group_id) return group;
    }
    return std::nullopt;
  }
  std::vector<Group> due_groups(TimeMs, int) override { return {}; }
  std::vector<Group> unconfirmed_groups(std::int64_t, std::int64_t, int) override { return {}; }
  std::optional<TimeMs> next_due_at() override { return std::nullopt; }
  Page<Group> groups(const GroupFilter& filter, const PageRequest& page) override {
    begin();
    groups_asked = filter;
    rank_asked = page.rank;
    auto found = page_of<Group>(all_groups, page, [&](const Group& group) {
      const bool stale = !filter.full_since_until || (group.state == GroupState::kFull && group.full_since &&
                                                      *group.full_since <= *filter.full_since_until);
      const bool named = group.group_id.find(filter.search) != std::string::npos;
      return stale && named && is_one_of(group.state, filter.states) && is_one_of(group.reason, filter.reasons);
    });
    if (found.next_before_id && filter.sort != GroupSort::kNewest) found.next_rank = -*found.next_before_id;
    return found;
  }
  Page<Event> events(const EventFilter& filter, const PageRequest& page) override {
    begin();
    return page_of<Event>(all_events, page, [&](const Event& event) {
      return (!filter.group_id || event.group_id == *filter.group_id) &&
             (!filter.since || event.received_at >= *filter.since) &&
             (!filter.until || event.received_at < *filter.until);
    });
  }
  std::optional<Run> find_run(std::int64_t id) override {
    begin();
    for (const Run& run : all_runs) {
      if (run.id == id) return run;
    }
    return std::nullopt;
  }
  Page<Run> runs(const RunFilter& filter, const PageRequest& page) override {
    begin();
    return page_of<Run>(all_runs, page, [&](const Run& run) {
      return (!filter.group_id || run.group_id == *filter.group_id) && is_one_of(run.state, filter.states) &&
             (!filter.since || run.created_at >= *filter.since) && (!filter.until || run.created_at < *filter.until);
    });
  }
  std::optional<Run> open_run(const std::string&) override { return std::nullopt; }
  std::vector<Run> running_runs() override { return {}; }
  std::vector<Run> waiting_runs(int) override { return {}; }
  std::optional<Run> last_listing(const std::string&) override { return std::nullopt; }
  std::map<std::string, Removal> removals(const std::string&, const std::vector<std::string>&) override { return {}; }
  std::map<std::string, TimeMs> rejoined(const std::string&, int) override { return {}; }
  std::map<std::string, FirstLook> first_looks(const std::string&, const std::vector<std::string>&) override {
    return {};
  }
  RemovalUsage raise_usage(TimeMs) override { return raises; }
  std::optional<std::int64_t> learned_ceiling(const std::string&, std::optional<GroupType>, TimeMs) override {
    return ceiling;
  }
  Page<RunMember> run_members(std::int64_t run_id, std::optional<Decision> decision, const PageRequest& page) override {
    begin();
    Page<RunMember> found;
    for (const RunMember& member : members[run_id]) {
      if (member.id <= page.before_id.value_or(0) || (decision && member.decision != *decision)) continue;
      if (found.items.size() == static_cast<std::size_t>(page.limit)) {
        found.next_before_id = found.items.back().id;
        break;
      }
      found.items.push_back(member);
    }
    return found;
  }
  Page<PastRemoval> removal_history(const RemovalFilter& filter, const PageRequest& page) override {
    begin();
    return page_of<PastRemoval>(all_removals, page, [&](const PastRemoval& removal) {
      return (!filter.group_id || removal.group_id == *filter.group_id) &&
             (!filter.account || removal.account == *filter.account) &&
             (!filter.since || removal.removed_at >= *filter.since) &&
             (!filter.until || removal.removed_at < *filter.until);
    });
  }
  std::vector<RunMember> plan(std::int64_t) override { return {}; }
  RemovalUsage removal_usage(TimeMs since, const std::optional<std::string>&) override {
    begin();
    usage_since = since;
    return usage;
  }
  std::optional<Exemption> find_exemption(ExemptionKind kind, const std::string& subject, TimeMs now) override {
    begin();
    for (const Exemption& exemption : all_exemptions) {
      const bool in_force = !exemption.expires_at || *exemption.expires_at > now;
      if (exemption.kind == kind && exemption.subject == subject && in_force) return exemption;
    }
    return std::nullopt;
  }
  std::map<std::string, std::optional<TimeMs>> exempt_members(const std::vector<std::string>&, TimeMs) override {
    return {};
  }
  Page<Exemption> exemptions(const PageRequest& page, TimeMs now) override {
    begin();
    return page_of<Exemption>(all_exemptions, page,
                              [now](const Exemption& e) { return !e.expires_at || *e.expires_at > now; });
  }
  std::vector<Exemption> expired_exemptions(const TimePosition&, TimeMs, int) override { return {}; }
  std::vector<Group> groups_due_after(const TimePosition&, int) override { return {}; }
  std::vector<TimelineBucket> timeline(TimelineUnit unit, TimeMs since, TimeMs last) override {
    begin();
    timeline_asked =
        std::string(unit == TimelineUnit::kHour ? "hour " : "day ") + format_time(since) + " " + format_time(last);
    return {{since, 3, 2, 1}};
  }
  Page<AuditEntry> audit(const AuditFilter& filter, const PageRequest& page) override {
    begin();
    return page_of<AuditEntry>(all_audit, page, [&](const AuditEntry& entry) {
      return (!filter.since || entry.at >= *filter.since) && (!filter.until || entry.at < *filter.until);
    });
  }
  std::optional<Sweep> find_sweep(std::int64_t) override { return std::nullopt; }
  Page<Sweep> sweeps(const PageRequest& page) override {
    begin();
    return page_of<Sweep>(all_sweeps, page, [](const Sweep&) { return true; });
  }
  std::optional<Sweep> running_sweep() override { return std::nullopt; }
  std::optional<Sweep> last_sweep() override { return std::nullopt; }
  std::optional<Growth> find_growth(const std::string&) override { return std::nullopt; }
  Page<Growth> filling(Day until, const PageRequest& page) override {
    begin();
    filling_until = until;
    rank_asked = page.rank;
    auto found = page_of<Growth>(all_growth, page, [until](const Growth& growth) {
      return growth.forecast && growth.forecast->full_on <= until;
    });
    if (found.next_before_id) found.next_rank = found.items.back().forecast->full_on;
    return found;
  }
  std::optional<std::string> setting(const std::string&) override { return std::nullopt; }
  std::vector<NodeState> nodes() override {
    begin();
    return all_nodes;
  }
  Counts counts(TimeMs, TimeMs before) override {
    begin();
    ++counted;
    stale_before = before;
    return numbers;
  }

  void begin() const {
    if (failure) throw StorageError(*failure, "disk /secret/path is broken");
  }

  std::vector<Group> all_groups;
  std::vector<Event> all_events;
  std::vector<Run> all_runs;
  std::map<std::int64_t, std::vector<RunMember>> members;
  std::vector<Exemption> all_exemptions;
  std::vector<AuditEntry> all_audit;
  std::vector<PastRemoval> all_removals;
  std::vector<Growth> all_growth;
  Day filling_until = 0;
  GroupFilter groups_asked;
  std::optional<std::int64_t> rank_asked;
  std::string timeline_asked;
  std::vector<Sweep> all_sweeps;
  Counts numbers;
  RemovalUsage raises;
  std::optional<std::int64_t> ceiling;
  RemovalUsage usage;
  std::vector<NodeState> all_nodes;
  std::optional<StorageError::Kind> failure;
  int counted = 0;
  TimeMs stale_before = 0;
  TimeMs usage_since = 0;
};

}  // namespace headroom::admin::admin_test
