#include "daemon/threads/spooling_intake.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace headroom {
namespace {

// What an event holds while it waits, and its answer with it.
std::size_t held_by(const Event& event) {
  constexpr std::size_t kAnswer = 1024;
  std::size_t bytes = sizeof event + event.body.capacity() + event.group_id.capacity() + event.client_ip.capacity() +
                      event.platform.capacity() + kAnswer;
  for (const std::string& account : event.exits.accounts) bytes += sizeof account + account.capacity();
  return bytes;
}

}  // namespace

SpoolingIntake::SpoolingIntake(Detour& detour, Spool& spool, Options options)
    : detour_(detour), spool_(spool), options_(std::move(options)), thread_([this] { loop(); }) {}

SpoolingIntake::~SpoolingIntake() { stop(); }

void SpoolingIntake::record(Event event, std::function<void(Recorded)> done) {
  const std::size_t bytes = held_by(event);
  Entry entry{std::move(event), std::move(done), bytes};
  Recorded refusal = Recorded::kOverloaded;
  if (!queue(entry, refusal)) return entry.done(refusal);
  work_.notify_one();
}

bool SpoolingIntake::queue(Entry& entry, Recorded& refusal) {
  const std::lock_guard lock(mutex_);
  if (stopping_) refusal = Recorded::kStopping;
  if (stopping_ || entries_.size() >= options_.capacity || entry.bytes > options_.capacity_bytes - bytes_) return false;
  bytes_ += entry.bytes;
  entries_.push_back(std::move(entry));
  return true;
}

void SpoolingIntake::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::size_t SpoolingIntake::depth() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

bool SpoolingIntake::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void SpoolingIntake::loop() {
  std::vector<Entry> batch;
  while (take(batch)) {
    const std::vector<Recorded> results = store(batch);
    answer(batch, results);
    // After the answers, so that none waits for it.
    if (std::find(results.begin(), results.end(), Recorded::kSpooled) != results.end()) spool_.tidy();
  }
}

// False at the end.
bool SpoolingIntake::take(std::vector<Entry>& batch) {
  batch.clear();
  std::unique_lock lock(mutex_);
  if (options_.pulse != nullptr) options_.pulse->rest();
  work_.wait(lock, [this] { return stopping_ || !entries_.empty(); });
  if (options_.pulse != nullptr) options_.pulse->beat();
  while (!entries_.empty() && batch.size() < options_.max_batch) {
    batch.push_back(std::move(entries_.front()));
    entries_.pop_front();
  }
  return !batch.empty();
}

std::vector<Recorded> SpoolingIntake::store(std::vector<Entry>& batch) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<Event> events;
  events.reserve(batch.size());
  for (Entry& entry : batch) events.push_back(std::move(entry.event));
  std::vector<Recorded> results;
  try {
    results = detour_.take(events);
  } catch (const std::exception& error) {
    if (options_.failed) options_.failed(error.what());
    results.assign(batch.size(), Recorded::kFailed);
  }
  if (options_.committed) {
    options_.committed(batch.size(), std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return results;
}

// Their memory is given back with them.
void SpoolingIntake::answer(std::vector<Entry>& batch, const std::vector<Recorded>& results) {
  std::size_t bytes = 0;
  {
    const auto meanwhile = options_.while_completing ? options_.while_completing() : nullptr;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      batch[i].done(results[i]);
      bytes += batch[i].bytes;
    }
  }
  batch.clear();
  const std::lock_guard lock(mutex_);
  bytes_ -= bytes;
}

}  // namespace headroom
