#include "tests/model/simulation.h"

#include <algorithm>

namespace headroom::model {
namespace {

constexpr TimeMs kStart = 1'790'000'000'000;
constexpr double kReopened = 0.03;  // deaths after which the database is opened again
constexpr std::uint64_t kOfCapacity = 0x5ca1ab1e0ddba11U;
constexpr double kRaises = 0.25;  // worlds in which limits may be raised
constexpr std::uint64_t kOfNodes = 0xb0a710adU;
constexpr std::uint64_t kOfNotes = 0x0b5e55edU;
constexpr double kNotesEarly = 0.06;  // worlds in which a group is full for long before it gets a plan
constexpr std::uint64_t kOfDelays = 0xde1a7edU;
constexpr double kDelays = 0.5;   // worlds in which groups are counted later than their events are stored
constexpr double kSeveral = 0.2;  // worlds with two or three nodes
constexpr double kStopsInACall = 0.01;
constexpr std::int64_t kMostSteps = 300'000;

std::optional<Command> command_of(const std::string& name) {
  if (name == "Group.CallbackAfterGroupFull") return Command::kGroupFull;
  if (name == "Group.CallbackAfterMemberExit") return Command::kMemberExit;
  if (name == "Group.CallbackAfterGroupDestroyed") return Command::kGroupDestroyed;
  return std::nullopt;
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, Store& store, bool verbose)
    : store_(store),
      dice_(seed),
      trace_(verbose),
      climate_(draw_climate(dice_)),
      timeline_(kStart, dice_),
      world_([this] { return timeline_.now(); }, [this](const chatsim::WebhookEvent& event) { webhook(event); }),
      faults_(dice_),
      oracle_(trace_),
      outside_{dice_,
               timeline_,
               world_,
               faults_,
               oracle_,
               trace_,
               [this](const Outside::Passing& call) {
                 life_->stir(call);
                 stop_in(call);
               }},
      groups_(populate(world_, dice_, kStart)),
      settings_(draw_settings(dice_)) {
  trace_.set_start(kStart);
  store_.clear([this] { return timeline_.now(); }, Dice(seed ^ kOfDelays).chance(kDelays));
  nodes_dice_ = Dice(seed ^ kOfNodes);
  nodes_.resize(nodes_dice_.chance(kSeveral) ? static_cast<std::size_t>(nodes_dice_.between(2, 3)) : 1);
  outside_.capacity_dice = Dice(seed ^ kOfCapacity);
  if (outside_.capacity_dice.chance(kRaises)) {
    settings_.capacity = draw_capacity(outside_.capacity_dice);
    draw_ceilings(world_, outside_.capacity_dice);
  }
  Dice notes_dice(seed ^ kOfNotes);
  if (notes_dice.chance(kNotesEarly)) draw_patience(settings_, notes_dice);
  outside_.remembers_joins = climate_.remembers_joins;
  life_ = std::make_unique<Life>(
      outside_, climate_, groups_, [this] { return present(); },
      [this](const Settings& settings) { reload_all(settings); });
  mischief_ = std::make_unique<Mischief>(
      outside_, climate_, groups_, [this] { return present(); }, [this](const Event& event) { deliver(event); });
}

Simulation::~Simulation() = default;

Verdict Simulation::run() {
  faults_.set_rates(climate_.call_faults, climate_.delete_faults, climate_.content_faults);
  faults_.set_hostility(climate_.hostility);
  outside_.slow = climate_.slow;
  outside_.sickness = climate_.sickness;
  mischief_->plan(kStart);
  plan_troubles_of_nodes();
  for (std::size_t i = 0; i < nodes_.size(); ++i) start_node(i);
  for (int i = 0; i < climate_.background; ++i) {
    timeline_.at(kStart + dice_.between(0, climate_.length), [this] { life_->anything(); });
  }
  // Somebody knocks at every group.
  for (const std::string& group : groups_) {
    timeline_.at(kStart + dice_.between(0, climate_.length / 4), [this, group] { world_.join(group, "knocker"); });
  }
  if (advance(kStart + climate_.length)) come_to_rest();
  verdict_.violation = oracle_.violation();
  verdict_.sends = oracle_.sends_seen();
  verdict_.coverage = oracle_.coverage;
  return verdict_;
}

void Simulation::start_node(std::size_t number) {
  std::unique_ptr<Daemon>& node = nodes_[number];
  if (node) return;
  Daemon::Node as;
  as.alone = nodes_.size() == 1;
  if (!as.alone) as.name = "n" + std::to_string(number + 1) + " ";
  as.start = ++starts_;
  trace_.say(timeline_.now(), "daemon", as.name, "starts, mode ", static_cast<int>(settings_.mode));
  Daemon::Chances chances;
  chances.crash = climate_.crash;
  chances.full_disk = climate_.full_disk;
  chances.lost_commit = lost_commits_;
  node = std::make_unique<Daemon>(outside_, store_, settings_, climate_.workers, chances, as);
}

Daemon* Simulation::present() const {
  Daemon* any = nullptr;
  for (const auto& node : nodes_) {
    if (!node || node->crashed() || !node->answers()) continue;
    if (node->leads()) return node.get();
    any = any == nullptr ? node.get() : any;
  }
  return nodes_.size() == 1 ? nodes_[0].get() : any;
}

Daemon* Simulation::taker() {
  std::vector<Daemon*> fit;
  for (const auto& node : nodes_) {
    if (node && !node->crashed() && !node->stopping() && node->answers()) fit.push_back(node.get());
  }
  if (fit.empty()) return nullptr;
  return fit.size() == 1 ? fit[0] : nodes_dice_.pick(fit);
}

// A node stands still for a while, or its store does not answer it. (Nodes of their own die as the only one does.)
void Simulation::plan_troubles_of_nodes() {
  if (nodes_.size() == 1) return;
  lost_commits_ = nodes_dice_.chance(0.4) ? 0.01 : 0;
  const auto troubles = nodes_dice_.between(0, 6);
  for (std::int64_t i = 0; i < troubles; ++i) {
    const auto number = static_cast<std::size_t>(nodes_dice_.between(0, std::ssize(nodes_) - 1));
    const DurationMs length = nodes_dice_.pick(
        std::vector<DurationMs>{kSecondMs, 8 * kSecondMs, kMinuteMs, 29 * kMinuteMs, 31 * kMinuteMs, kLongestTrouble});
    const bool freezes = nodes_dice_.chance(0.5);
    const bool leader = nodes_dice_.chance(0.7);
    timeline_.at(kStart + nodes_dice_.between(0, climate_.length), [this, number, length, freezes, leader] {
      trouble(leader ? present() : nodes_[number].get(), length, freezes);
    });
  }
}

void Simulation::trouble(Daemon* node, DurationMs length, bool freezes) {
  if (node == nullptr || node->crashed()) return;
  const TimeMs until = timeline_.now() + length;
  trace_.say(timeline_.now(), "node", freezes ? "stands still for " : "is cut off from its store for ", length);
  freezes ? node->freeze(until) : node->cut_off(until);
  faults_.note_trouble(until);
  oracle_.coverage.add(freezes ? "nodes that stood still" : "nodes that were cut off");
}

// In the middle of its work, for longer than its lead lasts.
void Simulation::stop_in(const Outside::Passing& call) {
  if (nodes_.size() == 1 || timeline_.now() > kStart + climate_.length || !nodes_dice_.chance(kStopsInACall)) return;
  timeline_.at(nodes_dice_.between(call.from, call.to), [this] {
    trouble(present(), nodes_dice_.pick(std::vector<DurationMs>{kHourMs, kLongestTrouble}), true);
  });
}

// Chat's webhooks are late, doubled, out of order or lost.
void Simulation::webhook(const chatsim::WebhookEvent& from) {
  const auto command = command_of(from.command);
  if (!command || deaf_ || dice_.chance(climate_.lost_webhooks)) return;
  Event event;
  event.command = *command;
  event.group_id = from.group_id;
  event.event_time = from.event_time_ms;
  event.platform = from.platform;
  event.body = "{}";
  event.fingerprint.emplace();
  const std::uint64_t number = ++fingerprints_;
  for (std::size_t i = 0; i < 8; ++i) (*event.fingerprint)[i] = static_cast<std::uint8_t>(number >> (8 * i));
  const int copies = dice_.chance(0.1) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    const DurationMs late = dice_.chance(0.9) ? 300 : dice_.pick(std::vector<DurationMs>{10 * kMinuteMs, 3 * kHourMs});
    timeline_.at(timeline_.now() + dice_.between(1, late), [this, event] { deliver(event); });
  }
}

void Simulation::deliver(const Event& from) {
  Daemon* const daemon = taker();
  if (daemon == nullptr) return;  // Chat does not try again
  Event event = from;
  event.received_at = outside_.wall();
  if (event.command == Command::kGroupDestroyed) oracle_.told_destroyed(event.group_id);
  trace_.say(timeline_.now(), "webhook", static_cast<int>(event.command), " ", event.group_id);
  daemon->record(event);
  if (Daemon* const leader = present()) leader->nudge();
}

// True when it got there without a broken promise.
bool Simulation::advance(TimeMs until) {
  while (!oracle_.failed()) {
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (!nodes_[i]) continue;
      nodes_[i]->wake();
      if (nodes_[i]->crashed() || nodes_[i]->stopped()) bury(i);
    }
    if (!timeline_.step(until)) return true;
    follow_ledger();
    if (++verdict_.steps > kMostSteps) oracle_.fail("end", "it goes round and round");
  }
  return false;
}

void Simulation::follow_ledger() {
  if (world_.ledger_size() == ledger_read_) return;
  for (const chatsim::LedgerEntry& entry : world_.ledger(ledger_read_)) {
    ledger_read_ = entry.id;
    if (entry.change != chatsim::Change::kRefused) filled_at_[entry.group_id] = entry.at_ms;
    using chatsim::Change;
    if (entry.change == Change::kJoined || entry.change == Change::kAddedByRest) {
      for (const std::string& account : entry.accounts) oracle_.came_in(entry.group_id, account, entry.at_ms);
    }
    if (entry.change != Change::kLeft && entry.change != Change::kRemovedByRest &&
        entry.change != Change::kGroupDestroyed) {
      continue;
    }
    for (const std::string& account : entry.accounts) oracle_.went_out(entry.group_id, account, entry.at_ms);
  }
}

// A daemon is dead. The next one starts soon.
void Simulation::bury(std::size_t number) {
  if (++verdict_.deaths >= climate_.deaths) climate_.crash = 0;
  nodes_[number].reset();
  oracle_.coverage.add("deaths and stops");
  const bool all_down = std::none_of(nodes_.begin(), nodes_.end(), [](const auto& node) { return node != nullptr; });
  if (all_down) oracle_.view = nullptr;
  if (dice_.chance(kReopened) && all_down) store_.reopen();
  timeline_.at(timeline_.now() + (dice_.chance(0.7) ? dice_.between(10, 5000) : dice_.between(0, kHourMs)),
               [this, number] { start_node(number); });
}

// A node that is down starts with them, too.
void Simulation::reload_all(const Settings& settings) {
  settings_ = settings;
  for (const auto& node : nodes_) {
    if (node && !node->crashed()) node->reload(settings);
  }
}

}  // namespace headroom::model
