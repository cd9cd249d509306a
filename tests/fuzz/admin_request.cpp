#include <rapidjson/document.h>

#include <algorithm>

#include "tests/admin/fake_daemon.h"
#include "tests/fuzz/input_text.h"
#include "tests/fuzz/require.h"

// A whole request to the admin API, on a small daemon in memory: "METHOD TARGET", header lines up to an empty one, then
// the body. Without an Authorization header it is an operator's.
namespace headroom::admin {
namespace {

using admin_test::FakeDaemon;

constexpr std::size_t kMaxHeaders = 64;

std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
  });
  return result;
}

// As the server's own parser leaves it: names in lower case, values without control characters.
std::optional<Request> read_request(std::string_view text) {
  const std::string_view first = take_line(text);
  const std::size_t space = first.find(' ');
  if (space == first.npos || space + 1 == first.size() || has_control(first)) return std::nullopt;
  Request request =
      admin_test::make_request(std::string(first.substr(0, space)), std::string(first.substr(space + 1)), "", "");
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) break;
    const std::size_t colon = line.find(": ");
    if (colon == line.npos || colon == 0 || has_control(line) || request.headers.size() == kMaxHeaders) {
      return std::nullopt;
    }
    request.headers.emplace_back(lowered(line.substr(0, colon)), std::string(line.substr(colon + 2)));
  }
  request.body = std::string(text);
  return request;
}

Request with_token(Request request, const std::string& token) {
  std::erase_if(request.headers, [](const auto& header) { return header.first == "authorization"; });
  if (!token.empty()) request.headers.emplace_back("authorization", "Bearer " + token);
  return request;
}

std::unique_ptr<FakeDaemon> small_daemon() {
  auto daemon = std::make_unique<FakeDaemon>();
  Group group;
  group.id = 1;
  group.group_id = "@TGS#1";
  group.state = GroupState::kFull;
  group.full_since = admin_test::kNow - 1;
  Run run;
  run.id = 1;
  run.group_id = group.group_id;
  RunMember member;
  member.id = 1;
  member.account = "u\"1";
  Event event;
  event.id = 1;
  event.group_id = group.group_id;
  event.body = "{\"a\":1}";
  daemon->view.all_groups.push_back(group);
  daemon->view.all_runs.push_back(run);
  daemon->view.members[1].push_back(member);
  daemon->view.all_events.push_back(event);
  daemon->view.all_exemptions.push_back({});
  return daemon;
}

void require_problem(const Response& response) {
  REQUIRE(response.content_type == "application/problem+json");
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(response.body.data(), response.body.size());
  REQUIRE(!document.HasParseError() && document.IsObject() && document["status"].GetInt() == response.status);
  REQUIRE(document["title"].GetStringLength() > 0 && document["detail"].IsString());
}

void require_answer(const Response& response, std::string_view method) {
  REQUIRE(response.status >= 200 && response.status < 500);  // nothing has failed here, nobody was asked
  for (const auto& [name, value] : response.headers) REQUIRE(!has_control(name) && !has_control(value));
  if (response.status == 204 || response.status == 304) return REQUIRE(response.body.empty());
  if (response.status >= 400) return require_problem(response);
  if (response.content_type != "application/json") return REQUIRE(method == "GET" || method == "HEAD");
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(response.body.data(), response.body.size());
  REQUIRE(!document.HasParseError() && (document.IsObject() || document.IsArray()));
}

// What `token` gets, and how often the daemon was asked for a change.
std::pair<int, std::size_t> send(const Request& request, const std::string* token) {
  const auto daemon = small_daemon();
  const auto answer = daemon->send(token == nullptr ? request : with_token(request, *token));
  REQUIRE(answer.has_value() && daemon->errors.empty());
  require_answer(answer->response, request.method);
  const std::size_t asked = daemon->control.asked.size();
  REQUIRE(asked == 0 || answer->status() < 400);
  REQUIRE(asked == 0 || (request.method != "GET" && request.method != "HEAD"));
  return {answer->status(), asked};
}

struct Sent {
  Response response;
  std::size_t asked = 0;  // so far, of this daemon
};

Sent send_to(FakeDaemon& daemon, const Request& request) {
  auto answer = daemon.send(request);
  REQUIRE(answer.has_value() && daemon.errors.empty());
  return {std::move(answer->response), daemon.control.asked.size()};
}

// A POST that changed something: its repeat gets the same answer and changes nothing, another body under the same key
// is refused, another key is another request.
void require_idempotent(Request request) {
  if (request.header("idempotency-key") == nullptr) request.headers.emplace_back("idempotency-key", "k");
  const auto daemon = small_daemon();
  daemon->control.keeps_answers = true;
  const Sent first = send_to(*daemon, request);
  const DaemonStatus after = daemon->control.now;
  const Sent again = send_to(*daemon, request);
  REQUIRE(again.response.status == first.response.status && again.response.body == first.response.body);
  REQUIRE(again.response.content_type == first.response.content_type);
  REQUIRE(again.response.headers == first.response.headers);
  REQUIRE(first.asked == 1 && again.asked == 1);
  REQUIRE(after.paused == daemon->control.now.paused && after.paused_reason == daemon->control.now.paused_reason);

  Request other = request;
  other.body += request.body.empty() ? "{}" : " ";  // of the same meaning, and yet another
  const Sent refused = send_to(*daemon, other);
  REQUIRE(refused.asked == 1 && refused.response.status == 422);
  require_problem(refused.response);

  const std::string another = *request.header("idempotency-key") == "another" ? "k" : "another";
  std::erase_if(request.headers, [](const auto& header) { return header.first == "idempotency-key"; });
  request.headers.emplace_back("idempotency-key", another);
  REQUIRE(send_to(*daemon, request).asked == 2);
}

}  // namespace
}  // namespace headroom::admin

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom::admin;
  const auto request = read_request(headroom::text_of(data, size));
  if (!request) return 0;
  const std::string nobody;
  const bool says_who = request->header("authorization") != nullptr;
  const auto [status, asked] = send(*request, says_who ? nullptr : &admin_test::kOperatorToken);
  if (asked > 0 && request->method == "POST") {
    require_idempotent(says_who ? *request : with_token(*request, admin_test::kOperatorToken));
  }
  // What an operator may, a viewer may only read, and a stranger may not even do that.
  const auto [viewed, viewer_asked] = send(*request, &admin_test::kViewerToken);
  REQUIRE(viewer_asked == 0 && (asked == 0 || viewed == 403));
  const auto [seen, stranger_asked] = send(*request, &nobody);
  REQUIRE(stranger_asked == 0 && (asked == 0 || seen == 401));
  const bool is_open = request->path == "/api/v1/openapi.json";
  if (request->path.starts_with("/api/") && !is_open) REQUIRE(seen == 401 || seen == 404 || seen == 405);
  return 0;
}
