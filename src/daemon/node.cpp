#include "daemon/node.h"

#include <algorithm>
#include <utility>

#include "daemon/node_name.h"
#include "daemon/operator_log.h"
#include "headroom/names.h"
#include "headroom/storage_error.h"

namespace headroom {
namespace {

constexpr DurationMs kStep = kMinuteMs;   // of which each wait has its limit
constexpr DurationMs kAgain = kSecondMs;  // while the database does not answer
constexpr int kSaysPerLease = 3;
constexpr DurationMs kCountersApart = 2 * kHourMs;  // each node's own, so long; then they are one
constexpr int kCountersAtOnce = 1000;
constexpr DurationMs kStandbysEvery = 10 * kSecondMs;  // at most; else with each renewal

constexpr const char* kSpools = "webhooks that meet it are kept in the spool until it answers";
constexpr const char* kHeld =
    "something else holds what this node needs there, or the server is overloaded: pg_locks, pg_stat_activity; "
    "webhooks are kept in the spool where they meet it, too";

const char* hint_of(StorageError::Kind kind) {
  const bool answers = kind == StorageError::Kind::kConflict || kind == StorageError::Kind::kTimeout;
  return answers ? kHeld : kSpools;
}

bool waits_mend(DatabaseProblem::Kind kind) {
  using Kind = DatabaseProblem::Kind;
  switch (kind) {
    case Kind::kUnavailable:
    case Kind::kLocked:
    case Kind::kNoPermission:  // while it runs a password may be about to change
    case Kind::kMissing:
    case Kind::kFull:
    case Kind::kIo:
    case Kind::kFailed:
      return true;
    case Kind::kNotADatabase:
    case Kind::kForeignApp:
    case Kind::kBehind:
    case Kind::kNewer:
    case Kind::kAltered:
    case Kind::kBadTarget:
    case Kind::kBadBackup:
    case Kind::kBadLog:
    case Kind::kBadUrl:
    case Kind::kExists:
    case Kind::kCorrupt:
      return false;
  }
  return false;
}

}  // namespace

Node::Node(const Ground& ground, ServerStore& store, Leadership& leadership, Hooks hooks)
    : ground_(ground),
      store_(store),
      leadership_(leadership),
      hooks_(std::move(hooks)),
      pulse_(ground.progress.add("node", kStep)),
      neighbours_(ground.clock, ground.log, ground.config.scheduler.lease, hooks_.neighbours),
      view_(store.view()),
      say_at_(ground.clock.steady_now()),
      standbys_at_(say_at_) {
  self_.id = store.claim().holder;
  self_.name = node_name(ground.config);
  self_.version = HEADROOM_VERSION;
  self_.started_at = ground.clock.now();
  take_over(ground.config);
}

void Node::start(StopSteps& steps) {
  auto thread = std::make_unique<StepThread>([this] { return step(); }, ground_.clock, &pulse_,
                                             [this](const std::string& what) { failures_.failed(what); });
  {
    const std::lock_guard lock(mutex_);
    thread_ = std::move(thread);
  }
  steps.add("the lead", [this] { give_back_lead(); });
}

void Node::wake() {
  const std::lock_guard lock(mutex_);
  if (thread_) thread_->wake();
}

void Node::give_back_lead() {
  std::unique_ptr<StepThread> thread;
  {
    const std::lock_guard lock(mutex_);
    thread = std::move(thread_);
  }
  if (thread) thread->stop();
  try {
    leadership_.give_back();
  } catch (const StorageError&) {  // the others wait for its end then
  }
}

SteadyMs Node::step() {
  const SteadyMs at = ground_.clock.steady_now();
  SteadyMs next = at + kAgain;
  if (unusable()) return next;
  try {
    if (!prepare()) return next;
    look_at_standbys(at);
    next = std::min(leadership_.step(), at + ground_.settings.get()->tick);
    const bool leads = leadership_.leads();
    if (leads != led_) say_at_ = standbys_at_ = at;
    say_alive(at);
    if (leads != std::exchange(led_, leads)) lead_moved(leads);
    hooks_.look(*view_);
    note_back();  // what failed is tried again each time, so that only all of it ends what any of it began
  } catch (const DatabaseProblem& problem) {
    give_up(problem);
  } catch (const StorageError& error) {
    note_away(error.what(), hint_of(error.kind()));
    if (!leadership_.leads() && std::exchange(led_, false)) lead_moved(false);
    return at + kAgain;
  }
  return next;
}

void Node::lead_moved(bool leads) {
  if (leads) {
    ground_.log.info("leads", {{"node", self().name}});
  } else if (leadership_.term() != 0) {  // else another has taken it, which is said already
    ground_.observer.metrics().lease_lost();
    operator_log::lease_lost(ground_.log, "it could not be renewed in time", operator_log::Database::kShared);
  }
  hooks_.lead_moved();
}

// False while it can not be used.
bool Node::prepare() {
  if (prepared_) return true;
  pulse_.rest();  // a migration takes as long as it takes
  try {
    store_.ready();
    pulse_.beat();
  } catch (const DatabaseProblem& problem) {
    pulse_.beat();
    if (waits_mend(problem.kind())) {
      note_away(problem.what(), problem.kind() == DatabaseProblem::Kind::kLocked ? kHeld : kSpools);
      return false;
    }
    give_up(problem);
    return false;
  }
  hooks_.database_ready(store_.own_writer());
  return prepared_ = true;
}

void Node::give_up(const DatabaseProblem& problem) {
  const std::lock_guard lock(mutex_);
  unusable_ = problem;
}

// Nodes are upgraded one after the other, and the first of the new ones may have migrated.
void Node::look_at_schema() {
  const SchemaStatus status = store_.look_at_schema();
  if (status.state != SchemaState::kCompatible || std::exchange(schema_, status.version) == status.version) return;
  ground_.log.warning("the schema is a newer headroomd's, and this one can use it",
                      {{"schema", status.version}, {"known", status.newest}, {"hint", "upgrade this node, too"}});
}

void Node::say_alive(SteadyMs at) {
  NodeState self;
  {
    const std::lock_guard lock(mutex_);
    if (at < say_at_ && !unsaid_) return;
    unsaid_ = false;
    self_.leads = leadership_.leads();
    self_.spool_depth = hooks_.spool_depth();
    self_.schema = store_.schema();
    self = self_;
  }
  look_at_schema();
  const SteadyMs began = ground_.clock.steady_now();
  std::vector<NodeState> nodes;
  store_.own_writer().commit([&](Transaction& storage) {
    storage.note_node(self);
    storage.forget_former(self, ground_.config.scheduler.lease);
    if (self.leads) {
      storage.forget_nodes(kNodesKept);
      storage.fold_counters(ground_.clock.now() - kCountersApart, kCountersAtOnce);
    }
    nodes = storage.nodes();
  });
  say_at_ = at + ground_.config.scheduler.lease / kSaysPerLease;
  neighbours_.see(nodes, self, began);
}

// Before anything is committed, which waits for a standby that is gone: why that is so has to be known by then.
void Node::look_at_standbys(SteadyMs at) {
  if (at < standbys_at_) return;
  const auto seen = standbys_now();
  if (!seen) return;
  standbys_at_ = at + std::min(kStandbysEvery, ground_.config.scheduler.lease / kSaysPerLease);
  if (led_) hooks_.synchronous(seen->confirm);
  tell_standbys(*seen);
}

// What can not be told is no.
void Node::before_lead() { hooks_.synchronous(standbys_now().value_or(postgres::Standbys()).confirm); }

// Absent where it can not be told: whether the database answers is for others to say.
std::optional<postgres::Standbys> Node::standbys_now() {
  try {
    return store_.standbys();
  } catch (const StorageError&) {
    return std::nullopt;
  }
}

void Node::tell_standbys(const postgres::Standbys& seen) {
  if (seen == std::exchange(standbys_, seen)) return;
  if (seen.confirm) {
    ground_.log.info("a standby confirms each commit");
  } else if (seen.named.empty()) {
    ground_.log.warning(
        "no standby confirms commits, or none can be seen",
        {{"hint", "a failover may lose acknowledged events: synchronous_standby_names, GRANT pg_monitor"}});
  } else {
    ground_.log.error("commits wait for a standby, and none that is named confirms them, or none can be seen",
                      {{"synchronous_standby_names", seen.named},
                       {"hint",
                        "start it, or take it out of the names: until then webhooks go into the spool and orders are "
                        "refused; GRANT pg_monitor where it is there"}});
  }
}

void Node::note_away(const std::string& why, const char* hint) {
  {
    const std::lock_guard lock(mutex_);
    if (away_since_) return;
    away_since_ = ground_.clock.steady_now();
  }
  ground_.log.error("database unavailable", {{"cause", why}, {"hint", hint}});
}

void Node::note_back() {
  DurationMs lasted = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!away_since_) return;
    lasted = ground_.clock.steady_now() - *std::exchange(away_since_, std::nullopt);
    away_for_ += lasted;
  }
  ground_.log.info("database available again", {{"after_ms", lasted}});
}

std::optional<DatabaseProblem> Node::unusable() const {
  const std::lock_guard lock(mutex_);
  return unusable_;
}

void Node::take_over(const Config& running) {
  {
    const std::lock_guard lock(mutex_);
    self_.config = agreed_config(running);
    self_.config_hash = config_hash(self_.config);
    self_.mode = name_of(running.scheduler.mode);
    unsaid_ = true;
  }
  wake();
}

NodeState Node::self() const {
  const std::lock_guard lock(mutex_);
  return self_;
}

double Node::unavailable_seconds() const {
  const std::lock_guard lock(mutex_);
  const DurationMs now = away_since_ ? ground_.clock.steady_now() - *away_since_ : 0;
  return static_cast<double>(away_for_ + now) / 1000.0;
}

}  // namespace headroom
