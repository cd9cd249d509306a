#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "admin/handler.h"
#include "daemon/ground.h"
#include "daemon/stop_steps.h"
#include "daemon/store.h"
#include "headroom/control.h"
#include "http/server.h"
#include "http/server_listen.h"
#include "webhook/handler.h"

namespace headroom {

// What the world sees of the daemon: the server for webhooks, and the one for operators.
class Faces {
 public:
  // Binds both ports, before anything else is done: a taken port changes nothing and asks nobody. Throws StartFailure.
  explicit Faces(const Ground& ground);

  // The answers that are owed when the daemon stops are waited for behind all that begins after this.
  void owe_answers(DaemonStore& store, StopSteps& steps);
  // Serves. `group_due`: a webhook has made a group due.
  void start(DaemonStore& store, Control& control, std::function<void()> group_due, StopSteps& steps);

  // Another configuration is in force: its tokens are. `running`: what has become of the one of the start.
  void take_over(const Config& running);

  std::string webhook_address() const { return webhook_server_->address(); }
  std::string admin_address() const { return admin_server_->address(); }
  std::int64_t refused_connections() const { return static_cast<std::int64_t>(webhook_server_->stats().refused); }

 private:
  void make_handlers(DaemonStore& store, Control& control, std::function<void()> group_due);
  void make_servers();

  const Ground ground_;
  std::shared_ptr<http::ListenSocket> webhook_listener_;
  std::shared_ptr<http::ListenSocket> admin_listener_;
  std::unique_ptr<ReadView> view_;  // the admin server's
  std::unique_ptr<webhook::WebhookHandler> webhook_handler_;
  std::unique_ptr<admin::AdminHandler> admin_handler_;
  std::unique_ptr<http::Server> webhook_server_;
  std::unique_ptr<http::Server> admin_server_;
};

}  // namespace headroom
