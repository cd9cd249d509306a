#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/auth.h"
#include "admin/configuration_cell.h"
#include "admin/context.h"
#include "admin/http_names.h"
#include "admin/routes.h"
#include "headroom/clock.h"
#include "headroom/control.h"
#include "headroom/storage.h"

namespace headroom::admin {

struct AdminOptions {
  std::vector<AdminToken> tokens;                  // none: nothing that needs one is served
  std::string version;                             // of the program
  // For the log, of what the database did not let be done: the request, and why. Thread-safe; may be empty.
  std::function<void(const std::string& request, std::string_view why)> on_error;
  Configuration configuration = {};                // in force
};

// The admin API, for a server of one I/O thread, to which `view` belongs. All three ports outlive it.
class AdminHandler : public Handler {
 public:
  AdminHandler(ReadView& view, Control& control, const Clock& clock, AdminOptions options);

  std::optional<Response> early(const Request& head) override;
  void handle(Request request, Respond respond) override;
  std::size_t max_body() const override { return kMaxListBody; }
  Response error(int status, std::string_view reason, const Request& head) const override;

  // Who may use the API from now on. From any thread.
  void set_tokens(const std::vector<AdminToken>& tokens) { auth_.set(tokens); }
  // What is in force from now on. From any thread.
  void set_configuration(Configuration configuration) { configuration_.set(std::move(configuration)); }

 private:
  using Identity = std::optional<AdminAuth::Identity>;
  Identity identify(const AdminMatch& match, const Request& request) const;
  std::optional<Response> refuse(const AdminMatch& match, const Identity& identity) const;
  Response failed_read(const Request& request, const StorageError& error) const;

  AdminAuth auth_;
  ConfigurationCell configuration_;
  const AdminOptions options_;  // without the tokens and the configuration
  AdminContext context_;
};

}  // namespace headroom::admin
