#include "spool/detour.h"

#include <utility>
#include <variant>

namespace headroom {
namespace {

void note_spooled(const Spooling::Appended& appended, std::span<const std::size_t> places,
                  std::vector<Recorded>& results) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Recorded without = appended.failed ? Recorded::kFailed : Recorded::kSpoolFull;
    results[places[i]] = i < appended.events ? Recorded::kSpooled : without;
  }
}

std::vector<std::size_t> all_places(std::size_t count) {
  std::vector<std::size_t> places(count);
  for (std::size_t i = 0; i < count; ++i) places[i] = i;
  return places;
}

}  // namespace

void tell_stored(const StoredHooks& hooks, std::span<const Event> events, std::span<const spool::Verdict> verdicts) {
  std::int64_t full = 0;
  bool due = false;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    const auto* stored = std::get_if<Stored>(&verdicts[i]);
    if (stored == nullptr) continue;
    if (events[i].command == Command::kGroupFull && !stored->duplicate) ++full;
    due = due || stored->due;
  }
  if (full > 0) hooks.stored(full);
  if (due) hooks.group_due();
}

Detour::Detour(EventSink& sink, Spooling& spooling, const Clock& clock, std::function<IntakeId()> random,
               StoredHooks stored, Options options)
    : sink_(sink),
      spooling_(spooling),
      clock_(clock),
      random_(std::move(random)),
      stored_(std::move(stored)),
      options_(options) {}

std::vector<Recorded> Detour::take(std::vector<Event>& events) {
  for (Event& event : events) event.intake_id = random_();
  std::vector<Recorded> results(events.size(), Recorded::kFailed);
  if (const auto appended = spooling_.append_behind(events)) {
    note_spooled(*appended, all_places(events.size()), results);
    return results;
  }
  const spool::Pass pass = store(events);
  tell_stored(stored_, events, pass.verdicts);
  if (const Places left = take_verdicts(pass, results); !left.empty()) {
    spool_these(events, left, pass.stopped.empty() ? "the database refuses all events" : pass.stopped, results);
  }
  return results;
}

spool::Pass Detour::store(std::span<const Event> events) {
  const SteadyMs until = clock_.steady_now() + options_.patience;
  int attempts = 1;
  return spool::store_in_halves(sink_, events,
                                [&] { return ++attempts <= options_.most_attempts && clock_.steady_now() < until; });
}

// The places of those for the spool: without a verdict, or refused by a database that refuses all.
Detour::Places Detour::take_verdicts(const spool::Pass& pass, std::vector<Recorded>& results) {
  Places left;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (i >= pass.verdicts.size()) {
      left.push_back(i);
    } else if (const auto* stored = std::get_if<Stored>(&pass.verdicts[i])) {
      results[i] = stored->duplicate ? Recorded::kDuplicate : Recorded::kRecorded;
      refused_in_a_row_ = 0;
    } else if (++refused_in_a_row_ > options_.refused_in_a_row) {
      left.push_back(i);
    }
  }
  return left;
}

void Detour::spool_these(std::vector<Event>& events, const Places& places, const std::string& why,
                         std::vector<Recorded>& results) {
  std::vector<Event> left;
  left.reserve(places.size());
  for (const std::size_t place : places) left.push_back(std::move(events[place]));
  note_spooled(spooling_.begin(left, why), places, results);
}

}  // namespace headroom
