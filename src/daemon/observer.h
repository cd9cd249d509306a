#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "chat/rest_client.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "daemon/operator_log.h"
#include "daemon/progress.h"
#include "daemon/refusal_log.h"
#include "engine/looks/chat_watch.h"
#include "headroom/clock.h"
#include "headroom/group.h"
#include "headroom/observer.h"
#include "webhook/handler.h"

namespace headroom {

// What happens in the daemon comes here, and goes on to the log and the metrics. Thread-safe.
class DaemonObserver final : public Observer {
 public:
  // `chat_url`: whose outages it speaks of. All outlive it.
  DaemonObserver(Log& log, Clock& clock, const std::string& chat_url,
                 operator_log::Database database = operator_log::Database::kOwn);

  void events_stored(std::int64_t count) override;
  void run_stored(const Run& run) override;
  void run_parked(const Run& run, TimeMs until) override;
  void run_finished(const Run& run) override;
  void members_noted(const std::string& group_id, std::int64_t count) override;
  void members_removed(std::int64_t count) override { metrics_.members_removed(count); }
  void members_rejoined(std::int64_t count) override { metrics_.members_rejoined(count); }
  void sweep_began(const Sweep& sweep) override;
  void sweep_ended(const Sweep& sweep) override;
  void type_skipped(const std::string& type, int code) override;
  void changed(const Change& change) override;
  void paused_itself(const Reason& reason, const std::string& group_id) override;
  void own_pause_ends(PauseEnd end) override;
  void lead_taken(std::int64_t fence) override;
  void lead_lost(std::int64_t fence) override;
  void outage_began(const std::string& cause) override;
  void outage_ended(DurationMs lasted) override;

  // Before anything goes by the lead. To be set before there can be one.
  void on_lead_taken(std::function<void()> taken) { lead_taken_ = std::move(taken); }
  // Of the calls of one client, which belongs to one thread. `pulse` beats with each; null: nobody asks.
  ChatObserver of_calls(Progress::Pulse* pulse);
  webhook::WebhookHandler::Hooks of_webhooks();

  // To be called several times a second: what nobody calls about has to be noticed, too.
  void look();
  // At the end: the refusals that have not been written yet.
  void write_refusals() { refusals_.write_due(true); }

  Metrics& metrics() { return metrics_; }
  ChatStatus chat_status() const { return chat_watch_.status(); }
  const RefusalLog& refusals() const { return refusals_; }

 private:
  Log& log_;
  Clock& clock_;
  const std::string chat_host_;
  const operator_log::Database database_;
  Metrics metrics_;
  ChatWatch chat_watch_;
  RefusalLog refusals_;
  std::function<void()> lead_taken_ = [] {};
};

}  // namespace headroom
