#include "admin/dashboard.h"

#include <algorithm>
#include <string>

#include "admin/etag.h"
#include "admin/response.h"

namespace headroom::admin {
namespace {

constexpr std::string_view kPage = "index.html";

// Nothing runs, is shown or is asked but what comes from here; nobody frames the page.
constexpr std::string_view kSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

std::string_view content_type_of(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  return "image/svg+xml";
}

Response serve(std::string_view name, const AdminCall& call) {
  const auto& files = dashboard_files();
  const auto file = std::ranges::find(files, name, &DashboardFile::name);
  if (file == files.end()) return problem(404, "the dashboard has no such file");
  Response response = plain_response(200, std::string(content_type_of(name)), std::string(file->bytes));
  response.headers.emplace_back("Content-Security-Policy", kSecurityPolicy);
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return tagged(call.request.headers, std::move(response));
}

}  // namespace

Response get_dashboard(AdminContext&, const AdminCall& call) { return serve(kPage, call); }

// The page has one address.
Response get_dashboard_file(AdminContext&, const AdminCall& call) {
  const std::string& name = call.arguments.front();
  return name == kPage ? problem(404, "the page is at /") : serve(name, call);
}

}  // namespace headroom::admin
