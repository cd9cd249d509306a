#pragma once

#include <rapidjson/document.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "admin/handler.h"
#include "headroom/clock.h"
#include "headroom/control.h"
#include "headroom/storage.h"
#include "http/uri.h"
#include "tests/support/fixed_clock.h"
#include "text/time_text.h"

// A daemon in memory, for the tests of the admin API.
namespace headroom::admin::admin_test {

inline constexpr TimeMs kNow = 1767225600000;  // 2026-01-01T00:00:00.000Z

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

// Does what it is asked at once, unless it is told to deny it; records what it was asked.
struct FakeControl : Control {
  DaemonStatus status() const override { return now; }
  std::string metrics_text() const override { return "# HELP headroom_events_total Events.\n"; }

  void start_run(const Actor& actor, const std::string& group_id, RunOrder order, Done<Run> done) override {
    actors.push_back(actor);
    asked.push_back((order.force ? "forced run " : "run ") + group_id);
    Run run;
    run.id = 12;
    run.group_id = group_id;
    run.trigger = RunTrigger::kOperator;
    run.mode = order.mode;
    run.forced = order.force;
    finish<Run>(std::move(done), run);
  }
  void approve_run(const Actor& actor, std::int64_t run_id, Done<Run> done) override {
    actors.push_back(actor);
    decide("approve", run_id, RunState::kRunning, std::move(done));
  }
  void reject_run(const Actor& actor, std::int64_t run_id, Done<Run> done) override {
    actors.push_back(actor);
    decide("reject", run_id, RunState::kRejected, std::move(done));
  }
  void restore_run(const Actor& actor, std::int64_t run_id, Done<Run> done) override {
    actors.push_back(actor);
    decide("restore", run_id, RunState::kRunning, std::move(done));
  }
  void set_silent(const Actor& actor, const std::string& group_id, bool silent, Done<Group> done) override {
    actors.push_back(actor);
    asked.push_back((silent ? "silent " : "not silent ") + group_id);
    Group group;
    group.group_id = group_id;
    group.silent = silent;
    finish<Group>(std::move(done), group);
  }
  void put_exemption(const Actor& actor, const Exemption& exemption, Done<Exemption> done) override {
    actors.push_back(actor);
    asked.push_back("exempt " + exemption.subject);
    finish<Exemption>(std::move(done), exemption);
  }
  void put_exemptions(const Actor& actor, const std::vector<Exemption>& exemptions,
                      Done<std::vector<Exemption>> done) override {
    actors.push_back(actor);
    for (const Exemption& exemption : exemptions) asked.push_back("exempt " + exemption.subject);
    finish<std::vector<Exemption>>(std::move(done), exemptions);
  }
  void delete_exemption(const Actor& actor, ExemptionKind kind, const std::string& subject,
                        Done<Nothing> done) override {
    actors.push_back(actor);
    asked.push_back((kind == ExemptionKind::kGroup ? "lift group " : "lift member ") + subject);
    finish<Nothing>(std::move(done), Nothing{});
  }
  void pause(const Actor& actor, const std::string& reason, Done<DaemonStatus> done) override {
    actors.push_back(actor);
    asked.push_back("pause " + reason);
    now.paused = true;
    now.paused_reason = reason;
    finish<DaemonStatus>(std::move(done), now);
  }
  void resume(const Actor& actor, Done<DaemonStatus> done) override {
    actors.push_back(actor);
    asked.push_back("resume");
    now.paused = false;
    now.paused_reason.clear();
    finish<DaemonStatus>(std::move(done), now);
  }

  void start_sweep(const Actor& actor, bool dry_run, Done<Sweep> done) override {
    actors.push_back(actor);
    asked.push_back(dry_run ? "dry sweep" : "sweep");
    Sweep sweep;
    sweep.id = 3;
    sweep.dry_run = dry_run;
    sweep.started_at = kNow;
    finish<Sweep>(std::move(done), sweep);
  }
  void inquire(const MemberQuestion& question, Done<Inquiry> done) override {
    inquired.push_back(question.group_id + " " + question.account);
    finish<Inquiry>(std::move(done), inquiry);
  }
  void what_if(const WhatIfRequest& request, Done<WhatIf> done) override {
    what_ifs.push_back(request);
    finish<WhatIf>(std::move(done), supposed);
  }

  void decide(const std::string& what, std::int64_t run_id, RunState state, Done<Run> done) {
    asked.push_back(what + " " + std::to_string(run_id));
    Run run;
    run.id = run_id;
    run.state = state;
    finish<Run>(std::move(done), run);
  }
  template <typename T>
  void finish(Done<T> done, const T& value) {
    Result<T> result = value;
    if (denied) result = *denied;
    if (done.key()) {
      keys.push_back(*done.key());
      if (keeps_answers) return done.send(kept_answer(done, result));
    }
    auto complete = [done = std::move(done), result] { done(result); };
    if (later) {
      pending.emplace_back(std::move(complete));
    } else {
      complete();
    }
  }

  // The first answer of a key, again; another request under it is refused. What was asked again was not done.
  template <typename T>
  KeptAnswer kept_answer(const Done<T>& done, const Result<T>& result) {
    const RequestKey& key = *done.key();
    const auto [entry, first] = kept.try_emplace({key.token, key.key});
    if (first) {
      entry->second = done.render(result);
      entry->second.request = key.request;
      return entry->second;
    }
    asked.pop_back();
    actors.pop_back();
    if (entry->second.request == key.request) return entry->second;
    return done.render(Denied{Denied::kKeyReused, "the Idempotency-Key has been used for another request"});
  }

  DaemonStatus now;
  Inquiry inquiry;
  WhatIf supposed;
  std::optional<Denied> denied;
  bool later = false;  // completions wait in `pending`
  std::vector<std::function<void()>> pending;
  std::vector<std::string> asked;                                  // changes
  std::vector<std::string> inquired;                               // group and account
  std::vector<WhatIfRequest> what_ifs;
  std::vector<Actor> actors;                                       // of each change
  std::vector<RequestKey> keys;                                    // of those that have one
  bool keeps_answers = false;                                      // as the daemon does
  std::map<std::pair<std::string, std::string>, KeptAnswer> kept;  // by token and key
};

struct Answered {
  Response response;
  rapidjson::Document json;  // of a JSON body; else null

  int status() const { return response.status; }
  const std::string* header(const std::string& name) const {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return &value;
    }
    return nullptr;
  }
  std::string detail() const { return json.IsObject() && json.HasMember("detail") ? json["detail"].GetString() : ""; }
};

inline Answered answered(Response response) {
  Answered answer;
  if (response.content_type.find("json") != std::string::npos) {
    answer.json.Parse<rapidjson::kParseValidateEncodingFlag>(response.body.data(), response.body.size());
  }
  answer.response = std::move(response);
  return answer;
}

inline const std::string kOperatorToken = "operator-token-1";
inline const std::string kViewerToken = "viewer-token-22";

inline Request make_request(const std::string& method, const std::string& target, const std::string& body = "",
                            const std::string& token = kOperatorToken) {
  Request request;
  request.method = method;
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string::npos) {
    http::Query query = http::parse_query(target.substr(mark + 1));
    request.query = std::move(query.parameters);
    request.query_malformed = query.malformed;
  }
  if (!token.empty()) request.headers.emplace_back("authorization", "Bearer " + token);
  request.body = body;
  return request;
}

struct FakeDaemon {
  // Nothing when there was no answer yet.
  std::optional<Answered> send(Request request) {
    auto slot = std::make_shared<std::optional<Answered>>();
    handler.handle(std::move(request), [slot](Response response) {
      if (!*slot) *slot = answered(std::move(response));
    });
    return std::move(*slot);
  }
  Answered call(const std::string& method, const std::string& target, const std::string& body = "",
                const std::string& token = kOperatorToken) {
    auto answer = send(make_request(method, target, body, token));
    return answer ? std::move(*answer) : Answered{};
  }
  Answered get(const std::string& target) { return call("GET", target); }

  FakeView view;
  FakeControl control;
  support::FixedClock clock{kNow};
  std::vector<std::string> errors;
  AdminHandler handler{
      view, control, clock,
      AdminOptions{{{"ops", AdminRole::kOperator, kOperatorToken}, {"eye", AdminRole::kViewer, kViewerToken}},
                   "1.2.3",
                   [this](const std::string& request, std::string_view why) {
                     errors.push_back(request + ": " + std::string(why));
                   }}};
};

}  // namespace headroom::admin::admin_test
