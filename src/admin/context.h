#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "admin/configuration_cell.h"
#include "admin/http_names.h"
#include "admin/summary.h"
#include "headroom/audit.h"
#include "headroom/clock.h"
#include "headroom/control.h"
#include "headroom/storage.h"

namespace headroom::admin {

// What the endpoints work on. Belongs to the admin I/O thread: a completion of Control, which may come from another
// one, takes copies of what it needs and never this.
struct AdminContext {
  ReadView& view;
  Control& control;
  const Clock& clock;
  std::string version;  // of the program
  const ConfigurationCell& configuration;
  Summary summary;
};

// A request that may be served: the path is known, the token good enough, the query of parameters that are allowed.
struct AdminCall {
  const Request& request;
  std::vector<std::string> arguments;  // what stands for each {…} of the path, decoded
  Actor actor;                         // of a route that needs a token
  std::optional<RequestKey> key;       // of a POST
  // For the log: that what was ordered can not be done now, and why. Thread-safe, outlives the call.
  std::function<void(const std::string&)> not_done = [](const std::string&) {};
};

// Answers now, or when Control completes. May throw StorageError before it has answered.
using AdminEndpoint = void (*)(AdminContext& context, const AdminCall& call, const Respond& respond);

}  // namespace headroom::admin
