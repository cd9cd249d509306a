#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "headroom/control.h"

namespace headroom::admin::admin_test {

inline constexpr TimeMs kNow = 1767225600000;  // 2026-01-01T00:00:00.000Z

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
  std::vector<std::string> asked;     // changes
  std::vector<std::string> inquired;  // group and account
  std::vector<WhatIfRequest> what_ifs;
  std::vector<Actor> actors;                                       // of each change
  std::vector<RequestKey> keys;                                    // of those that have one
  bool keeps_answers = false;                                      // as the daemon does
  std::map<std::pair<std::string, std::string>, KeptAnswer> kept;  // by token and key
};

}  // namespace headroom::admin::admin_test
