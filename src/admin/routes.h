#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/context.h"

namespace headroom::admin {

enum class AdminAccess { kOpen, kViewer, kOperator };  // the role needed; kOpen: no token

inline constexpr std::size_t kMaxBody = 64 * 1024;
inline constexpr std::size_t kMaxListBody = 1024 * 1024;

struct AdminRoute {
  std::string_view method;   // GET serves HEAD, too
  std::string_view pattern;  // `{…}` stands for one segment that is not empty
  AdminAccess access = AdminAccess::kViewer;
  std::vector<std::string_view> parameters;  // of the query; probes take any, and ignore them
  bool takes_body = false;
  AdminEndpoint endpoint = nullptr;
  std::size_t max_body = kMaxBody;
};

// The API. A further endpoint is a further row.
const std::vector<AdminRoute>& admin_routes();

struct AdminMatch {
  bool known_path = false;
  const AdminRoute* route = nullptr;            // absent when the path does not take the method
  bool open = false;                            // no method of this path needs a token
  std::vector<std::string_view> raw_arguments;  // still percent-encoded; they point into the path
  std::string allow;                            // the path's methods, for `Allow`
};
AdminMatch match_admin_route(const std::vector<AdminRoute>& routes, std::string_view method, std::string_view path);

// nullopt when one can not be decoded.
std::optional<std::vector<std::string>> decode_arguments(const std::vector<std::string_view>& raw);

}  // namespace headroom::admin
