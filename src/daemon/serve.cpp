#include "daemon/serve.h"

#include <malloc.h>
#include <signal.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

#include "cli/exit.h"
#include "config/load.h"
#include "daemon/app.h"
#include "daemon/descriptor_budget.h"
#include "daemon/systemd_notify.h"

namespace headroom {
namespace {

constexpr DurationMs kLookEvery = 500;  // at a failed disk and the watchdog
constexpr std::chrono::seconds kTrimEvery{10};
// After a failed disk: long enough for a probe to see why, and for webhooks to get their 500.
constexpr timespec kShowFailure{0, 400'000'000};

// Else the heap's end goes back to the system after each commit, and is asked for again by the next. Whatever is freed for
// longer is given back by FreedMemory.
void keep_freed_memory() {
  constexpr int kKept = 8 << 20;
  constexpr int kLargest = 1 << 20;  // of what comes out of the heap: as by default, which setting the other one ends
  ::mallopt(M_TRIM_THRESHOLD, kKept);
  ::mallopt(M_MMAP_THRESHOLD, kLargest);
}

// What a crowd of connections has used goes back to the system: by itself the heap keeps all that lies below its last
// live block.
class FreedMemory {
 public:
  void give_back() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + kTrimEvery;
    ::malloc_trim(0);
  }

 private:
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + kTrimEvery;
};

// Signals that this loop takes itself: blocked before the first thread starts, so that none of them gets one.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Looked at first: what fails for want of one names a file, or is no error that anybody could mend.
void need_descriptors(int webhook_threads) {
  const std::int64_t fewest = fewest_descriptors(webhook_threads);
  const std::int64_t limit = raise_descriptor_limit();
  if (limit >= fewest) return;
  throw StartFailure(StartFailure::Kind::kTransient, "the limit of open files is " + std::to_string(limit) +
                                                         ", and at least " + std::to_string(fewest) +
                                                         " are needed: raise it (ulimit -n, LimitNOFILE=)");
}

void reload(App& app, Log& log, const Config& config) {
  notify_reloading();
  const ConfigResult result = load_config(config.sources);
  for (const auto& error : result.errors) log.error("configuration not reloaded", {{"error", error.message}});
  const bool done = result.ok() && app.reload(result.config);
  app.reloaded(done);
  // Of what was refused, and is in force nowhere, nothing is worth a warning.
  if (done) {
    for (const auto& warning : result.warnings) log.warning("configuration", {{"warning", warning.message}});
  }
  if (done) log.info("configuration reloaded");
  notify_ready();
}

int run(App& app, Log& log, const Config& config, const sigset_t& signals) {
  log.always("listening", {{"name", "webhook"}, {"address", app.webhook_address()}});
  log.always("listening", {{"name", "admin"}, {"address", app.admin_address()}});
  notify_ready();

  const auto watchdog = watchdog_interval();
  const DurationMs wait = std::min(kLookEvery, watchdog.value_or(2 * kLookEvery) / 2);
  const timespec timeout{wait / 1000, wait % 1000 * 1000000};
  FreedMemory freed;
  int signal = 0;
  while (!app.failed()) {
    signal = sigtimedwait(&signals, nullptr, &timeout);
    freed.give_back();
    app.look();
    if (app.alive() && watchdog) notify_watchdog();
    if (signal == SIGHUP) reload(app, log, config);
    if (signal == SIGTERM || signal == SIGINT) break;
  }
  if (app.failed()) sigtimedwait(&signals, nullptr, &kShowFailure);
  notify_stopping();
  const auto unusable = app.unusable();
  const char* because = unusable ? "database unusable" : app.failed() ? "storage failed" : signal == SIGINT ? "SIGINT" : "SIGTERM";
  log.info("stopping", {{"because", because}});
  app.stop();
  if (unusable) throw *unusable;
  return app.failed() ? exit_status::kFailure : exit_status::kOk;
}

}  // namespace

int serve(const ConfigResult& loaded) try {
  const Config& config = loaded.config;
  need_descriptors(config.webhook.threads);
  keep_freed_memory();
  const sigset_t signals = block_signals();
  Log log(config.log.format, config.log.level);
  App app(config, log, [&] {
    for (const auto& warning : loaded.warnings) log.warning("configuration", {{"warning", warning.message}});
  });
  return run(app, log, config, signals);
} catch (const std::system_error& error) {
  // What a thread that the system does not start says of itself. Any other failure of a start names its part.
  if (error.code() != std::errc::resource_unavailable_try_again) throw;
  throw StartFailure(StartFailure::Kind::kTransient,
                     "can not start a thread: too many are running; raise their limit (ulimit -u, TasksMax=)");
}

}  // namespace headroom
