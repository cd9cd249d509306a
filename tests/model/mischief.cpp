#include "tests/model/mischief.h"

#include <algorithm>

namespace headroom::model {
namespace {

using Durations = std::vector<DurationMs>;

// In which a daemon whose clock is right again has to go on.
constexpr DurationMs kGoesOn = 15 * kSecondMs;

const Durations kErrors{-200 * kDayMs, -kDayMs,        -5 * kMinuteMs, -90 * kSecondMs, -kSecondMs,
                        kSecondMs,     90 * kSecondMs, 5 * kMinuteMs,  kHourMs,         kDayMs + kHourMs,
                        2 * kDayMs,    10 * kDayMs,    100 * kDayMs};
const Durations kLasting{3 * kSecondMs, 6 * kSecondMs, kMinuteMs, kHourMs, kDayMs};
// What Chat's front end says to ids that it can not digest; 0: nothing, but HTTP 502.
const std::vector<int> kPoisonCodes{11000, 10059, 0};

}  // namespace

void Mischief::plan(TimeMs start) {
  Dice& dice = outside_.dice;
  plan_clock(start);
  const auto sometime = [&](DurationMs within) { return start + dice.between(0, within); };
  for (int i = 0; i < climate_.jams; ++i) {
    outside_.timeline.at(sometime(climate_.length), [this] { jam(); });
  }
  for (int i = 0; i < climate_.poison; ++i) {
    outside_.timeline.at(sometime(climate_.length / 2), [this, i] { poison("poison" + std::to_string(i)); });
  }
  for (int i = 0; i < climate_.ghosts; ++i) {
    outside_.timeline.at(sometime(climate_.length / 2), [this, i] { ghost("ghost" + std::to_string(i)); });
  }
  if (!climate_.forges_ends) return;
  const std::string group = dice.pick(groups_);
  const DurationMs every = dice.pick(Durations{10 * kMinuteMs, 10 * kMinuteMs, kHourMs});
  outside_.timeline.at(sometime(climate_.length), [this, group, every, start] {
    forge_end(group, every, start + climate_.length + 30 * kHourMs);
  });
}

void Mischief::plan_clock(TimeMs start) {
  Dice& dice = outside_.dice;
  if (climate_.starts_wrong) {
    outside_.oracle.set_clock(dice.pick(kErrors), start);
    outside_.timeline.at(start + dice.pick(kLasting), [this] { set_clock(0); });
  }
  for (int i = 0; i < climate_.clock_steps; ++i) {
    const TimeMs at = start + dice.between(0, climate_.length);
    const DurationMs error = dice.pick(kErrors);
    outside_.timeline.at(at, [this, error] { set_clock(error); });
    outside_.timeline.at(at + dice.pick(kLasting), [this] { set_clock(0); });
  }
}

void Mischief::calm() {
  calm_ = true;
  set_clock(0);
  outside_.turnstiles.calm();
}

void Mischief::set_clock(DurationMs error) {
  OwnClock& clock = outside_.oracle.clock;
  if (clock.error() == error || (calm_ && error != 0)) return;
  const bool was_skewed = clock.skewed();
  say("clock", "is off by ", error, " ms, was by ", clock.error());
  outside_.oracle.set_clock(error, outside_.timeline.now());
  Daemon* daemon = daemon_();
  if (daemon != nullptr && !daemon->crashed()) daemon->clock_was_set();
  if (error != 0) {
    outside_.oracle.coverage.add(clock.skewed() ? "times with a wrong clock" : "times with a bearable clock");
    return;
  }
  outside_.oracle.check_exemptions(outside_.timeline.now());
  if (was_skewed) expect_end_of_pause();
}

// Unless there is trouble of another kind.
void Mischief::expect_end_of_pause() {
  const TimeMs right_at = outside_.timeline.now();
  const Daemon* daemon = daemon_();
  if (daemon == nullptr || !daemon->leads() || outside_.oracle.orders.own_pause != "clock_skew") return;
  const int steps = outside_.oracle.clock.steps();
  const int pauses = outside_.oracle.orders.own_pauses;
  const bool chat_is_right = outside_.faults.skew == 0;
  const std::int64_t start = daemon->start();
  outside_.timeline.at(right_at + kGoesOn + kSecondMs, [this, right_at, steps, pauses, chat_is_right, start] {
    const Daemon* now = daemon_();
    const bool quiet = now != nullptr && now->start() == start && now->leads() && !now->crashed() && !now->stopping() &&
                       outside_.oracle.clock.steps() == steps && chat_is_right && outside_.faults.skew == 0 &&
                       outside_.faults.last_trouble() < right_at && outside_.oracle.orders.own_pauses == pauses &&
                       now->settings().get()->mode != SchedulerMode::kObserve;
    if (!quiet) return;
    outside_.oracle.coverage.add("pauses that a right clock had to end");
    if (outside_.oracle.orders.own_pause == "clock_skew") {
      outside_.oracle.fail("10", "the clock is right for 16 s, and the scheduler is still paused for it");
    }
  });
}

void Mischief::jam() {
  if (calm_) return;
  static const std::vector<std::string> apis{"DELETE",  "DELETE", "DELETE", "DELETE", "presence",
                                             "members", "look",   "roles",  "list"};
  Dice& dice = outside_.dice;
  const std::string api = dice.pick(apis);
  const DurationMs every = dice.pick(Durations{kSecondMs, 3 * kSecondMs, 8 * kSecondMs, 20 * kSecondMs});
  say("chat", "lets through a call of ", api, " every ", every, " ms");
  const TimeMs until = outside_.timeline.now() + dice.between(kMinuteMs, kHourMs);
  outside_.turnstiles.jam(api, every, until);
  if (api == "DELETE") outside_.turnstiles.jam("turn to DELETE", every, until);
  outside_.oracle.coverage.add("jams");
}

Event Mischief::event_of(Command command, const std::string& group_id) {
  Event event;
  event.command = command;
  event.group_id = group_id;
  event.event_time = outside_.timeline.now();
  event.platform = "RESTAPI";
  event.body = "{}";
  event.fingerprint.emplace();
  const std::uint64_t number = ++forged_;
  event.fingerprint->back() = 0xff;
  for (std::size_t i = 0; i < 8; ++i) (*event.fingerprint)[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return event;
}

void Mischief::poison(const std::string& id) {
  if (calm_) return;
  const int code = outside_.dice.pick(kPoisonCodes);
  say("stranger", "tells of ", id, ", which Chat answers with ", code);
  outside_.faults.poison[id] = code;
  deliver_(event_of(Command::kGroupFull, id));
}

// Told of before it is there, which it is soon; it is full, and may end and begin again under the same id.
void Mischief::ghost(const std::string& id) {
  if (calm_) return;
  Dice& dice = outside_.dice;
  deliver_(event_of(Command::kGroupFull, id));
  const int lives = static_cast<int>(dice.between(1, 3));
  TimeMs at = outside_.timeline.now();
  for (int life = 0; life < lives; ++life) {
    at += dice.pick(Durations{30, 100, 500, 10 * kSecondMs, kHourMs});
    outside_.timeline.at(at, [this, id, life] {
      say("users", "make ", id);
      chatsim::GroupSpec spec;
      spec.id = id;
      spec.max_members = 25;
      const std::int64_t now_s = outside_.timeline.now() / 1000;
      for (int m = 0; m < 24; ++m) {
        spec.members.push_back(
            {id + "u" + std::to_string(m + 10 * life), "Member", now_s - 700 * 86400, m % 2 == 0 ? 0 : now_s - 60, 0});
      }
      if (outside_.world.create_group(spec)) outside_.world.join(id, "ghost knocker");
    });
    if (life + 1 == lives) return;
    at += dice.pick(Durations{100, 10 * kSecondMs, kHourMs});
    outside_.timeline.at(at, [this, id] {
      outside_.oracle.gone(id);
      outside_.world.destroy(id);
    });
  }
}

void Mischief::forge_end(const std::string& group_id, DurationMs every, TimeMs until) {
  if (outside_.world.group(group_id)) {
    outside_.oracle.coverage.add("ends of groups that were forged");
    deliver_(event_of(Command::kGroupDestroyed, group_id));
  }
  if (outside_.timeline.now() > until) return;
  outside_.timeline.at(outside_.timeline.now() + every,
                       [this, group_id, every, until] { forge_end(group_id, every, until); });
}

}  // namespace headroom::model
