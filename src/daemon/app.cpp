#include "daemon/app.h"

#include <unistd.h>

#include <utility>

#include "config/policy_change.h"
#include "daemon/file_store.h"
#include "daemon/node_name.h"
#include "daemon/operator_log.h"
#include "daemon/settings_audit.h"
#include "database/schema_keeper.h"
#include "headroom/call_shares.h"
#include "headroom/names.h"

namespace headroom {

Settings settings_of(const Config& config, TimeMs now) {
  Settings settings;
  settings.in_force_since = now;
  settings.mode = config.scheduler.mode;
  settings.timing = {config.scheduler.stale_after, config.scheduler.cooldown,     config.scheduler.retry_base,
                     config.scheduler.retry_max,   config.scheduler.cooldown_max, config.policy.second_look};
  settings.tick = config.scheduler.tick;
  settings.approval_ttl = config.scheduler.approval_ttl;
  settings.sweep_interval = config.scheduler.sweep_interval;
  settings.policy = config.policy;
  settings.calendar = config.calendar.calendar();
  settings.capacity = config.capacity;
  settings.admin_identifier = config.chat.admin_identifier;
  settings.call_may_last = config.chat.request_timeout + 2 * kSecondMs;
  settings.delete_batch = config.chat.delete_batch;
  settings.add_batch = config.chat.add_batch;
  settings.member_page = config.chat.member_page;
  settings.kept_members_up_to = config.retention.kept_members_up_to;
  settings.keep_events = config.retention.events;
  settings.keep_kept_members = config.retention.kept_members;
  settings.max_unconfirmed_groups = config.webhook.max_unconfirmed_groups;
  return settings;
}

namespace {

// The database's lock keeps everybody else away.
LeaseClaim sole_claim() {
  LeaseClaim claim;
  claim.holder = "process " + std::to_string(::getpid());
  claim.alone = true;
  return claim;
}

}  // namespace

App::App(const Config& config, Log& log, const std::function<void()>& started)
    : config_(config),
      running_(config),
      log_(log),
      observer_(log, clock_, config.chat.base_url,
                config.database.on_server() ? operator_log::Database::kShared : operator_log::Database::kOwn),
      settings_(settings_of(config, clock_.now())),
      ground_{config_, log_, clock_, progress_, observer_, settings_, pause_},
      store_(make_store()),
      faces_(ground_),
      clients_(ground_) {
  try {
    start(started);
  } catch (const StorageError& error) {
    give_up();
    if (server_store_ != nullptr) throw;
    throw StorageError(error.kind(), config_.database.path() + ": " + error.what());  // SQLite names no file
  } catch (...) {
    give_up();
    throw;
  }
}

// A start that failed: what runs already may wait for what did not begin.
void App::give_up() {
  clients_.begin_stop();
  clock_.stop();
  stop();
}

App::~App() { stop(); }

std::unique_ptr<DaemonStore> App::make_store() {
  if (!config_.database.on_server()) return std::make_unique<FileStore>(ground_);
  auto store = std::make_unique<ServerStore>(ground_);
  server_store_ = store.get();
  return store;
}

void App::start(const std::function<void()>& started) {
  // Nothing is written before there is something to wake.
  store_->open(started, [this] { pruning_->wake(); });
  steps_.add("the daemon", [this] { log_.info("stopped"); });
  store_->end_with(steps_);
  faces_.owe_answers(*store_, steps_);
  steps_.add("the wait for calls in flight", [this] { clients_.end_stop(); });
  Writer& writer = server_store_ != nullptr ? server_store_->own_writer() : store_->queue();
  leadership_ = std::make_unique<Leadership>(
      writer, clock_, server_store_ != nullptr ? server_store_->claim() : sole_claim(), kSecondMs, observer_);
  pruning_ = std::make_unique<Pruning>(ground_, *store_, clients_, *leadership_, static_cast<RunningDaemon&>(*this));
  side_work_ = std::make_unique<SideWork>(ground_, *store_, clients_, *leadership_, pruning_->operations(),
                                          [this] { pruning_->wake(); });
  metrics_view_ = store_->view();
  begin_to_lead(steps_);
  side_work_->start(steps_);
  pruning_->start(steps_);
  faces_.start(
      *store_, pruning_->operations(), [this] { pruning_->wake(); }, steps_);
  steps_.add("calls that nothing can be made of any more", [this] {
    if (failed()) clients_.cancel();
  });
  steps_.add("patience with the database", [this] {
    if (server_store_ != nullptr) server_store_->hurry();
  });
}

// Alone, at once; among others, when they let it.
void App::begin_to_lead(StopSteps& steps) {
  if (server_store_ != nullptr) {
    observer_.on_lead_taken([this] {
      clients_.follow_another();
      node_->before_lead();
    });
    // Until it knows how many there are: never too many, whoever leads.
    clients_.allow(config_.chat.calls_per_second / 2);
    node_ = make_node();
    node_->start(steps);
    return;
  }
  sole_.id = sole_claim().holder;
  sole_.name = node_name(config_);
  sole_.version = HEADROOM_VERSION;
  sole_.schema = schema_keeper(config_.database)->newest();
  sole_agreed_ = agreed_config(config_);
  sole_.started_at = clock_.now();
  own_database(store_->queue());
  pause_.show(PauseSwitch::read(*metrics_view_));
  if (const DaemonStatus status = pruning_->operations().status(); status.paused) {
    operator_log::still_paused(log_, status.paused_reason, status.paused_hint);
  }
  leadership_->step();
}

std::unique_ptr<Node> App::make_node() {
  Node::Hooks hooks;
  hooks.database_ready = [this](Writer& writer) { own_database(writer); };
  hooks.look = [this](ReadView& view) { pruning_->operations().look_at_pause(view, leads()); };
  hooks.lead_moved = [this] {
    // Whose settings are in force is the leader's.
    if (leads()) record_settings(kStartToken);
    wake_threads();
  };
  hooks.synchronous = [this](bool synchronous) {
    const bool missing = config_.database.require_synchronous && !synchronous;
    const bool paused = pause_.state().own_reason == Reason::kReplication;
    if (missing && !paused) pruning_->operations().pause_self(Reason::kReplication, "");
    if (!missing && paused) pruning_->operations().end_own_pause(Reason::kReplication, PauseEnd::kCauseGone);
  };
  hooks.neighbours.gone = [this](const std::function<void()>& refused) {
    pruning_->operations().start_sweep({kNodeToken, AdminRole::kOperator, node_name(config_), ""}, false,
                                       [refused](const Result<Sweep>& sweep) {
                                         if (std::holds_alternative<Denied>(sweep)) refused();
                                       });
  };
  hooks.neighbours.counted = [this](int living, bool leads) {
    const CallShares shares = call_shares(config_.chat.calls_per_second, living);
    clients_.allow(leads ? shares.leader : shares.follower);
    has_share_ = shares.follower > 0;
  };
  hooks.spool_depth = [this] { return server_store_->spool_depth(); };
  return std::make_unique<Node>(ground_, *server_store_, *leadership_, std::move(hooks));
}

// Of the node that leads as of any other, for who has no share of the calls to Chat.
std::optional<Denied> App::refuse_question() const {
  if (!node_) return std::nullopt;
  if (!server_store_->own_writer().works()) return Denied{Denied::kUnavailable, "the database does not answer"};
  if (leads() || (has_share_ && node_->neighbours().may_ask())) return std::nullopt;
  if (!has_share_) {
    return Denied{Denied::kUnavailable, "chat.calls_per_second is too small to be shared: ask the node that leads"};
  }
  return Denied{Denied::kUnavailable,
                "this node has no share of the calls to Chat, for a lease after its start and while its database does "
                "not answer: ask another"};
}

void App::inquire(const MemberQuestion& question, std::function<void(Result<Inquiry>)> done) {
  if (auto denied = refuse_question()) return done(*std::move(denied));
  side_work_->inquire(question, std::move(done));
}

void App::what_if(const WhatIfRequest& request, std::function<void(Result<WhatIf>)> done) {
  auto change = policy_change(request.policy);
  if (auto* denied = std::get_if<Denied>(&change)) return done(*std::move(denied));
  if (request.group_id) {
    if (auto denied = refuse_question()) return done(*std::move(denied));
  }
  side_work_->what_if(request, std::get<PolicyChange>(std::move(change)), std::move(done));
}

void App::wake_threads() {
  pruning_->wake();
  side_work_->wake();
}

// Whatever waits because of a failure tries now: somebody says that its cause is gone.
void App::ask_at_once() {
  clients_.forget_rejections();
  pruning_->ask_at_once();
}

std::optional<NodeState> App::sole_node() const {
  if (node_) return std::nullopt;
  NodeState self = sole_;
  self.config_hash = config_hash(sole_agreed_);  // not at the start: OpenSSL takes 2 ms to begin
  self.mode = name_of(settings_.get()->mode);
  self.seen_at = clock_.now();
  self.leads = leads();
  return self;
}

std::optional<RunningDaemon::OwnIntake> App::own_intake() const {
  if (server_store_ == nullptr) return std::nullopt;
  const Spooling::State state = server_store_->spooling();
  std::string failing = state.failure.empty() ? state.full : state.failure;
  // The others, if there are any, may have a server that takes them. A failover ends by itself, and is none of this.
  if (const std::string why = server_store_->never_let_in(); failing.empty() && !why.empty()) {
    failing = "only in the spool: " + why;
  }
  return OwnIntake{state.spooling, failing};
}

std::optional<DatabaseProblem> App::unusable() const {
  if (server_store_ == nullptr) return std::nullopt;
  const auto problem = server_store_->unusable();
  return problem || !node_ ? problem : node_->unusable();
}

std::optional<SchedulerMode> App::leaders_mode() const {
  if (!node_ || leads()) return std::nullopt;
  const auto mode = node_->neighbours().leaders_mode();
  return mode ? named<SchedulerMode>(*mode) : std::nullopt;
}

void App::look() {
  observer_.look();
  store_->look();
}

bool App::alive() {
  const auto stuck = progress_.stuck();
  if (stuck && !stuck_told_) {
    log_.error("a thread does not come further: the watchdog is not fed", {{"thread", *stuck}});
  }
  stuck_told_ = stuck.has_value();
  return !stuck;
}

void App::stop() {
  if (stopping_.exchange(true)) return;
  steps_.run([this](const std::string& name, const std::string& what) {
    log_.error("stopping failed", {{"part", name}, {"error", what}});
  });
}

}  // namespace headroom
