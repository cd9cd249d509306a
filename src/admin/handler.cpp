#include "admin/handler.h"

#include <algorithm>
#include <string>
#include <utility>

#include "admin/actor.h"
#include "admin/body.h"
#include "admin/etag.h"
#include "admin/query.h"
#include "admin/repeat.h"
#include "admin/response.h"
#include "text/utf8.h"

namespace headroom::admin {
namespace {

Response unauthorized() {
  Response response = problem(401, "a bearer token is required");
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

Response method_not_allowed(const std::string& allow) {
  Response response = problem(405, "this path takes " + allow);
  response.headers.emplace_back("Allow", allow);
  return response;
}

// Without what stands behind the path, which may be anything.
std::string line_of(const Request& request) { return request.method + ' ' + request.path; }

// The 400s that all endpoints share.
std::optional<Denied> refuse_shape(const AdminRoute& route, const Request& request) {
  if (!route.pattern.starts_with("/api/")) return std::nullopt;  // probes may add what they like
  if (auto denied = refuse_parameters(request, route.parameters)) return denied;
  return route.takes_body ? std::nullopt : refuse_body(request.body);
}

// Numbers have no white space to be lost: they are another number's, or nobody's.
std::optional<Denied> refuse_ids(const AdminRoute& route, const std::vector<std::string>& arguments) {
  if (route.pattern.find("{id}") != std::string_view::npos) return std::nullopt;
  if (std::none_of(arguments.begin(), arguments.end(), has_space_at_an_end)) return std::nullopt;
  return Denied{Denied::kInvalid, "an id must not begin or end with white space"};
}

// Who calls, why, and under which key.
std::optional<Denied> read_headers(const AdminRoute& route, const AdminAuth::Identity& identity, AdminCall& call) {
  auto actor = read_actor(identity, call.request);
  if (const auto* denied = std::get_if<Denied>(&actor)) return *denied;
  call.actor = std::get<Actor>(std::move(actor));
  // What changes nothing may be repeated without a key.
  if (route.method != "POST" || route.access != AdminAccess::kOperator) return std::nullopt;
  auto key = read_request_key(identity.name, call.request, route.pattern, call.arguments);
  if (const auto* denied = std::get_if<Denied>(&key)) return *denied;
  call.key = std::get<std::optional<RequestKey>>(std::move(key));
  return std::nullopt;
}

// The tokens themselves are not kept, and the configuration is another one after a reload.
AdminOptions what_stays(AdminOptions options) {
  options.tokens.clear();
  options.configuration = {};
  return options;
}

}  // namespace

AdminHandler::AdminHandler(ReadView& view, Control& control, const Clock& clock, AdminOptions options)
    : auth_(options.tokens),
      configuration_(options.configuration),
      options_(what_stays(std::move(options))),
      context_{view, control, clock, options_.version, configuration_, {}} {}

// A body is not awaited from somebody who may not send it.
std::optional<Response> AdminHandler::early(const Request& head) {
  const AdminMatch match = match_admin_route(admin_routes(), head.method, head.path);
  return refuse(match, identify(match, head));
}

void AdminHandler::handle(Request request, Respond respond) {
  const AdminMatch match = match_admin_route(admin_routes(), request.method, request.path);
  const Identity identity = identify(match, request);
  if (auto refusal = refuse(match, identity)) return respond(std::move(*refusal));
  if (request.body.size() > match.route->max_body) {
    return respond(
        problem(413, "the body must not be larger than " + std::to_string(match.route->max_body) + " bytes"));
  }
  if (const auto denied = refuse_shape(*match.route, request)) return respond(problem(*denied));
  auto arguments = decode_arguments(match.raw_arguments);
  if (!arguments) return respond(problem(400, "the path is not percent-encoded text"));
  if (const auto denied = refuse_ids(*match.route, *arguments)) return respond(problem(*denied));
  AdminCall call{request, std::move(*arguments), {}, {}};
  if (options_.on_error) {
    call.not_done = [log = options_.on_error, what = line_of(request)](const std::string& why) { log(what, why); };
  }
  if (const auto denied = identity ? read_headers(*match.route, *identity, call) : std::nullopt) {
    return respond(problem(*denied));
  }
  if (match.route->method == "GET" && match.route->pattern.starts_with("/api/")) {
    respond = [headers = request.headers, respond](Response response) {
      respond(tagged(headers, std::move(response)));
    };
  }
  try {
    match.route->endpoint(context_, call, respond);
  } catch (const StorageError& error) {
    respond(failed_read(request, error));
  }
}

Response AdminHandler::error(int status, std::string_view reason, const Request&) const {
  return problem(status, reason);
}

AdminHandler::Identity AdminHandler::identify(const AdminMatch& match, const Request& request) const {
  return match.known_path && !match.open ? auth_.identify(request) : std::nullopt;
}

// In this order: a stranger learns which paths there are, which is no secret, and nothing else.
std::optional<Response> AdminHandler::refuse(const AdminMatch& match, const Identity& identity) const {
  if (!match.known_path) return problem(404, "there is no such path");
  if (!match.open && !identity) return unauthorized();
  if (match.route == nullptr) return method_not_allowed(match.allow);
  if (match.route->access == AdminAccess::kOperator && identity->role != AdminRole::kOperator) {
    return problem(403, "this takes a token with the role operator");
  }
  return std::nullopt;
}

// What went wrong is for the log only.
Response AdminHandler::failed_read(const Request& request, const StorageError& error) const {
  // That a database does not answer is told by who waits for it, once.
  const bool told = error.kind() == StorageError::Kind::kUnavailable;
  if (options_.on_error && !told) options_.on_error(line_of(request), error.what());
  if (error.kind() == StorageError::Kind::kTimeout) {
    return problem(503, "the read took too long, or something else holds what it needs in the database");
  }
  if (error.kind() == StorageError::Kind::kUnavailable) {
    return problem(503, "the database does not answer, or refuses this node (its log says why)");
  }
  return problem(500, "the store could not be read");
}

}  // namespace headroom::admin
