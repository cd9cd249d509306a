#include "tests/database/copy_samples.h"

#include <functional>
#include <sstream>

#include "tests/storage/backend.h"

namespace headroom::test {
namespace {

const Day kToday = day_of(kNow);

template <typename Work>
void write(Store& store, Work&& work) {
  store.begin();
  work(store);
  store.commit();
}

void fill_groups(Store& store) {
  write(store, [](Transaction& s) {
    for (int i = 0; i < 23; ++i) {
      Event event = full_event("g" + std::to_string(i % 7), kNow - i * kHourMs);
      event.body = "{\"name\":\"\\\"Book\\\\club\\\", NULL {} 读书会\"}";
      if (i % 2 == 0) event.fingerprint = fingerprint(static_cast<std::uint8_t>(i));
      if (i % 3 == 0) event.topic_id = i % 6 == 0 ? "" : "topic";
      if (i % 5 == 0) event.event_time = std::nullopt;
      s.insert_event(event);
    }
    for (int i = 0; i < 7; ++i) {
      Group group = full_group("g" + std::to_string(i), kNow + i);
      group.name = i == 0 ? "NULL" : "a\tb\n'\"\\";
      group.silent = i == 2;
      group.at_ceiling = i == 3;
      if (i > 3) group.state = GroupState::kHasRoom;
      if (i % 2 == 0) {
        group.observed_at = kNow;
        group.type = "Public";
        group.member_count = 100 + i;
        group.max_member_count = 200;
      }
      s.save_group(group);
    }
    Group blocked = full_group("blocked");
    blocked.state = GroupState::kBlocked;
    blocked.reason = BlockReason::kExempt;
    s.save_group(blocked);
    s.save_group(full_group("gone"));
  });
  write(store, [](Transaction& s) {
    Group again = *s.find_group("g1");
    ++again.full_events;
    s.save_full_events(again);
    s.delete_group("gone");
  });
  write(store, [](Transaction& s) { s.forget_events(kNow - 20 * kHourMs, kNow, {}, 100); });
}

void fill_runs(Store& store) {
  write(store, [](Transaction& s) {
    Run run = a_run("g0");
    run.started_at = kNow;
    run.kept = {{Why::kActive, 2}};
    run.forced = true;
    run.id = s.insert_run(run);
    s.insert_run_members(run.id, {selected("a"), selected("b"), selected("c"), kept("d")});
    s.mark_sent(run.id, {"a", "b", "c"}, kNow + 1);
    s.finish_member(run.id, "a", Outcome::kRemoved, 0);
    s.finish_member(run.id, "b", Outcome::kRemoved, 0);
    s.finish_member(run.id, "c", Outcome::kError, 10019);
    run.state = RunState::kPartial;
    run.finished_at = kNow + 2;
    s.update_run(run);
    Run restore = a_run("g0", RunState::kRunning, RunMode::kRestore);
    restore.source_run_id = run.id;
    const std::int64_t of_restore = s.insert_run(restore);
    s.insert_run_members(of_restore, {selected("b")});
    s.mark_sent(of_restore, {"b"}, kNow + 3);
    s.finish_member(of_restore, "b", Outcome::kRestored, 0);
    s.note_rejoined("g0", {"a"}, kNow + 4);
    Run waits = a_run("g1", RunState::kAwaitingApproval, RunMode::kApprove, kNow - 5);
    waits.waits_for = WaitsFor::kMode;
    s.insert_run_members(s.insert_run(waits), {selected("x")});
  });
}

void fill_others(Store& store) {
  write(store, [](Transaction& s) {
    s.note_first_looks("g2", {{"a", {kNow - 1, 7, true, kNow}}, {"b", {kNow, 8, false, std::nullopt}}}, kNow, 0);
    s.learn_ceiling({false, "g0", 220}, kNow);
    s.learn_ceiling({true, "Public", 500}, kNow);
    s.put_exemption({0, ExemptionKind::kGroup, "g5", "why \\ not", kNow, kNow + kDayMs});
    s.put_exemption({0, ExemptionKind::kMember, "boss", "", kNow, std::nullopt});
    s.insert_audit({0, kNow, {"ops", AdminRole::kOperator, "192.0.2.7", "a reason"}, AuditAction::kRun, "run:1"});
    Sweep sweep;
    sweep.started_at = kNow;
    sweep.dry_run = true;
    sweep.position = {"Public", 18'000'000'000'000'000'000U};
    sweep.id = s.insert_sweep(sweep);
    sweep.state = SweepState::kFinished;
    sweep.finished_at = kNow + 9;
    s.update_sweep(sweep);
    Growth growth{0, "g3", "Public", "Book club", kNow, {{kToday - 1, 170, 200}, {kToday, 190, 240}}, {}};
    growth.forecast = Forecast{kToday + 3, kToday + 2, std::nullopt, 14};
    s.save_growth(growth);
    s.keep_answer({"ops", "k", std::string(64, 'a')}, {std::string(64, 'a'), 202, "/x", "{}"}, kNow);
    s.put_setting("anything", "of it");
  });
}

using Lines = std::vector<std::string>;

template <typename... Values>
std::string line(const Values&... values) {
  std::ostringstream text;
  const auto put = [&](const auto& value) {
    if constexpr (requires { value.has_value(); }) {
      if (value) {
        text << *value << '|';
      } else {
        text << "-|";
      }
    } else if constexpr (std::is_enum_v<std::decay_t<decltype(value)>>) {
      text << static_cast<int>(value) << '|';
    } else {
      text << value << '|';
    }
  };
  (put(values), ...);
  return text.str();
}

std::string text_of(const Group& g) {
  return "group " + line(g.id, g.group_id, g.state, g.reason, g.full_since, g.last_full_at, g.full_events,
                         g.seen_room_at, g.type, g.name, g.member_count, g.max_member_count, g.observed_at,
                         g.next_check_at, g.failures, g.last_run_id, g.share_settled, g.silent, g.at_ceiling);
}
std::string text_of(const Event& e) {
  return "event " +
         line(e.id, e.group_id, e.source, e.event_time, e.received_at, e.client_ip, e.platform, e.topic_id, e.body);
}
std::string text_of(const Run& r) {
  return "run " + line(r.id, r.group_id, r.trigger, r.mode, r.state, r.waits_for, r.created_at, r.started_at,
                       r.finished_at, r.source_run_id, r.forced, r.kept.size(), r.kept_stored, r.policy.inactive_for);
}
std::string text_of(const RunMember& m) {
  return "member " +
         line(m.id, m.account, m.decision, m.why, m.joined_at_s, m.last_sent_at_s, m.outcome, m.error_code, m.sent_at);
}
std::string text_of(const PastRemoval& r) {
  return "removal " + line(r.id, r.run_id, r.group_id, r.account, r.removed_at, r.restored_at, r.rejoined_at);
}
std::string text_of(const Exemption& e) {
  return "exemption " + line(e.id, e.kind, e.subject, e.reason, e.created_at, e.expires_at);
}
std::string text_of(const Sweep& s) {
  return "sweep " + line(s.id, s.state, s.dry_run, s.position.type, s.position.next, s.started_at, s.finished_at);
}
std::string text_of(const Growth& g) {
  return "growth " + line(g.id, g.group_id, g.type, g.name, g.seen_at, g.points.size(), g.points.back().members,
                          g.forecast ? g.forecast->full_on : -1);
}
std::string text_of(const AuditEntry& a) {
  return "audit " + line(a.id, a.at, a.actor.token, a.actor.role, a.actor.peer, a.actor.reason, a.action, a.target);
}

template <typename T>
void add(Lines& lines, const Page<T>& page) {
  EXPECT_FALSE(page.items.empty()) << typeid(T).name();
  for (const T& item : page.items) lines.push_back(text_of(item));
}

Lines counted(ReadView& view) {
  const Counts counts = view.counts(kNow + 10, kNow);
  Lines lines;
  for (const std::int64_t groups : counts.groups) lines.push_back("groups " + line(groups));
  for (const auto& [reason, groups] : counts.blocked) lines.push_back("blocked " + line(reason, groups));
  for (const auto& [state, runs] : counts.runs_last_day) lines.push_back("runs " + line(state, runs));
  for (const PolicyOutcome& policy : counts.policies)
    lines.push_back("policy " + line(policy.removed, policy.rejoined));
  lines.push_back("counts " + line(counts.stale_full, counts.oldest_full_since, counts.at_ceiling, counts.due,
                                   counts.events_last_hour, counts.events_last_day, counts.runs_awaiting_approval,
                                   counts.removals_last_day, counts.last_event_at, counts.groups_filling,
                                   counts.last_sweep_at));
  for (const TimelineBucket& hour : view.timeline(TimelineUnit::kHour, kNow - 30 * kHourMs, kNow)) {
    lines.push_back("hour " + line(hour.start, hour.events, hour.groups_filled, hour.removals));
  }
  return lines;
}

}  // namespace

void fill(Store& store) {
  fill_groups(store);
  fill_runs(store);
  fill_others(store);
}

Lines told(ReadView& view) {
  const PageRequest all{1000};
  Lines lines = counted(view);
  add(lines, view.groups({}, all));
  add(lines, view.groups({.sort = GroupSort::kFullest}, all));
  add(lines, view.events({}, all));
  add(lines, view.events({.group_id = "g1"}, all));
  add(lines, view.events({.since = kNow - 4 * kHourMs, .until = kNow - kHourMs}, all));
  add(lines, view.runs({}, all));
  for (const Run& run : view.runs({}, all).items) add(lines, view.run_members(run.id, std::nullopt, all));
  add(lines, view.removal_history({}, all));
  add(lines, view.exemptions(all, kNow));
  add(lines, view.sweeps(all));
  add(lines, view.filling(kToday + 100, all));
  add(lines, view.audit({}, all));
  for (const auto& [account, removal] : view.removals("g0", {"a", "b", "c"})) {
    lines.push_back("removed " + line(account, removal.run_id, removal.joined_at_s, removal.restored_at,
                                      removal.rejoined_at, removal.certain, removal.back_at));
  }
  for (const auto& [account, look] : view.first_looks("g2", {"a", "b"})) {
    lines.push_back("look " + line(account, look.seen_at, look.msg_seq, look.offline, look.moved_at));
  }
  for (const Group& group : view.due_groups(kNow + 10, 100)) lines.push_back("due " + group.group_id);
  const RemovalUsage usage = view.removal_usage(kNow - kDayMs, std::nullopt);
  lines.push_back("usage " + line(usage.sent, usage.undecided, usage.reserved, usage.oldest_sent_at));
  lines.push_back("ceiling " + line(view.learned_ceiling("g0", GroupType::kPublic, 0)));
  lines.push_back("settings " + line(view.setting("anything"), view.setting("sdk_app_id")));
  return lines;
}

}  // namespace headroom::test
