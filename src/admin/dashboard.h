#pragma once

#include <string_view>
#include <vector>

#include "admin/context.h"

// The dashboard: one page and what it loads, carried by the binary. Nobody needs a token for these files; what they
// show comes from /api/v1.
namespace headroom::admin {

struct DashboardFile {
  std::string_view name;
  std::string_view bytes;
};

// Generated from web/.
const std::vector<DashboardFile>& dashboard_files();

Response get_dashboard(AdminContext& context, const AdminCall& call);
Response get_dashboard_file(AdminContext& context, const AdminCall& call);

}  // namespace headroom::admin
