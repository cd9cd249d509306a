#include "daemon/server_intake.h"

#include <chrono>
#include <memory>
#include <utility>

#include "daemon/failure_log.h"
#include "daemon/random_share.h"
#include "http/server_reply.h"
#include "stored/pause.h"

namespace headroom {
namespace {

constexpr DurationMs kIntakeStep = 20 * kSecondMs;
constexpr DurationMs kForwarderStep = kMinuteMs;
// A batch that is not stored by database.commit_deadline goes another way; its own one ends then.
constexpr std::chrono::milliseconds kLongestBatch{2000};

postgres::Connection::Options in_time(postgres::Connection::Options options) {
  options.transaction_within = kLongestBatch;
  return options;
}

Spooling::Hooks log_hooks(Log& log) {
  Spooling::Hooks hooks;
  hooks.began = [&log](const std::string& why) {
    log.warning("spooling", {{"cause", why},
                             {"hint",
                              "webhooks are kept on this node's disk, and answered; where the server answers others, "
                              "something holds a lock, or commits wait for a standby: pg_stat_activity, pg_locks"}});
  };
  hooks.ended = [&log](DurationMs lasted, std::int64_t forwarded) {
    log.info("spool empty", {{"after_ms", lasted}, {"forwarded", forwarded}});
  };
  hooks.full = [&log](const std::string& why) {
    if (why.empty()) {
      log.info("the spool has room again");
    } else {
      log.error("the spool is full, events are refused", {{"cause", why}});
    }
  };
  hooks.refused = [&log](const Event& event, const std::string& why) {
    log.error("an event was set aside, the database refuses it", {{"group", event.group_id}, {"error", why}});
  };
  hooks.failed = [&log](const std::string& why) {
    if (why.empty()) {
      log.info("the spool works again");
    } else {
      log.error("the spool has failed, nothing is taken into it or sent from it",
                {{"error", why}, {"hint", "see spool.path, its disk, and database.url"}});
    }
  };
  return hooks;
}

SpoolingIntake::Options intake_options(const Ground& ground) {
  SpoolingIntake::Options options;
  options.capacity = static_cast<std::size_t>(ground.config.webhook.queue);
  options.committed = [&metrics = ground.observer.metrics()](std::size_t events, double seconds) {
    metrics.commit(events, seconds);
  };
  options.while_completing = [] { return std::make_shared<http::GatheredReplies>(); };
  const auto failures = std::make_shared<FailureLog>(ground.log, "intake failed");
  options.failed = [failures](const std::string& what) { failures->failed(what); };
  options.pulse = &ground.progress.add("intake", kIntakeStep);
  return options;
}

SpoolThreads::Options thread_options(const Ground& ground, const ServerIntake::Options& given,
                                     PostgresStorage& forwarded) {
  SpoolThreads::Options options;
  options.commit_deadline = std::chrono::milliseconds(ground.config.database.commit_deadline);
  options.intake = intake_options(ground);
  options.forwarder.identity = [&forwarded] { return forwarded.setting(kDatabaseIdSetting).value_or(""); };
  options.forwarder.foreign = given.foreign;
  options.hooks = log_hooks(ground.log);
  options.stored = {[&observer = ground.observer](std::int64_t events) { observer.events_stored(events); },
                    given.group_due};
  options.random = random_bits;
  const auto failures = std::make_shared<FailureLog>(ground.log, "forwarding failed");
  options.forwarder_failed = [failures](const std::string& what) { failures->failed(what); };
  options.forwarder_pulse = &ground.progress.add("forwarder", kForwarderStep);
  return options;
}

}  // namespace

ServerIntake::ServerIntake(const Ground& ground, Spool& spool, const Options& options)
    : straight_(in_time(options.connection), options.node),
      forwarded_(options.connection, options.node),
      straight_sink_(straight_, ground.settings, stored::sleep_after),
      forwarded_sink_(forwarded_, ground.settings, stored::sleep_after),
      threads_(straight_sink_, forwarded_sink_, spool, ground.clock, thread_options(ground, options, forwarded_)) {}

}  // namespace headroom
