// What the daemon takes over from a changed configuration, while it runs or by another start.
#include <algorithm>
#include <string>
#include <vector>

#include "config/in_force.h"
#include "config/reload.h"
#include "config/signing.h"
#include "daemon/app.h"
#include "daemon/node_name.h"
#include "daemon/operator_log.h"
#include "daemon/settings_audit.h"
#include "stored/schema.h"

namespace headroom {

// As a start would be refused: by what would be in force, of which a part stays as it was started.
bool App::may_take_over(const Config& next) {
  std::string error;
  Config in_force = next;
  in_force.webhook.allow_from = config_.webhook.allow_from;
  const std::string is_unsigned = unsigned_webhooks(in_force);
  if (next.scheduler.mode != SchedulerMode::kObserve && !config_.chat.secret_key) {
    error = "leaving scheduler.mode=observe needs a restart: the daemon was started without chat.secret_key_file";
  } else if (!is_unsigned.empty() && must_be_signed(in_force)) {
    error = is_unsigned;
  } else {
    return true;
  }
  log_.error("configuration not reloaded", {{"error", error}});
  return false;
}

bool App::reload(const Config& config) {
  if (!may_take_over(config)) return false;
  Config next = config_;
  next.policy = config.policy;
  next.calendar = config.calendar;
  next.capacity = config.capacity;
  next.scheduler = config.scheduler;
  settings_.set(settings_of(next, clock_.now()));
  // A level that is raised is no reason to keep silent about what changes, itself among it.
  log_.configure(config.log.format, std::min(running_.log.level, config.log.level));
  operator_log::changed(log_, reloaded_changes(running_, config));
  {
    const std::lock_guard lock(running_mutex_);
    running_ = config;
  }
  faces_.take_over(running_);
  if (node_) node_->take_over(running_);
  if (!node_ || leads()) record_settings(kReloadToken);
  for (const std::string& key : keys_that_need_a_restart(config_, config)) {
    log_.warning("a changed key needs a restart", {{"key", key}});
  }
  log_.configure(config.log.format, config.log.level);
  ask_at_once();
  wake_threads();
  return true;
}

// Whose database it is stands in it, so that another app's daemon refuses it; and under which policy it last started.
void App::own_database(Writer& writer) {
  std::vector<ChangedKey> changes;
  writer.commit([&](Transaction& storage) {
    if (!storage.setting(kSdkAppIdSetting)) {
      storage.put_setting(kSdkAppIdSetting, std::to_string(config_.chat.sdk_app_id));
    }
    if (server_store_ != nullptr && !storage.setting(kDatabaseIdSetting)) {
      storage.put_setting(kDatabaseIdSetting, random_id());
    }
    if (!node_) changes = audit_settings(storage, config_, kStartToken, clock_.now());
  });
  operator_log::changed(log_, changes);
}

// What can not be stored now is found, and recorded, by the next reload or start.
void App::record_settings(const char* token) {
  const auto failed = [this](const std::string& what) {
    log_.error("the changed configuration is in force, and is not in the audit", {{"error", what}});
  };
  const auto running = [this] {
    const std::lock_guard lock(running_mutex_);
    return running_;
  };
  const bool queued = store_->queue().submit(
      [config = running(), this, token](Transaction& storage) {
        audit_settings(storage, config, token, clock_.now(), node_ ? node_->self().name : "");
      },
      [failed](const std::exception_ptr& error) {
        try {
          if (error) std::rethrow_exception(error);
        } catch (const std::exception& why) {
          failed(why.what());
        }
      });
  if (!queued) failed("the write queue is full");
}

}  // namespace headroom
