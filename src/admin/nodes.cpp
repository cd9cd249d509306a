#include "admin/nodes.h"

#include <cstddef>
#include <vector>

#include "admin/query.h"
#include "admin/response.h"
#include "headroom/node.h"
#include "text/json_object.h"

namespace headroom::admin {
namespace {

void put_node(JsonObject& json, const NodeState& node) {
  json.begin_item();
  json.text("id", node.id);
  json.text("name", node.name);
  json.text("version", node.version);
  json.number("schema", node.schema);
  json.text("config_hash", node.config_hash);
  json.text("mode", node.mode);
  json.time("started_at", node.started_at);
  json.time("seen_at", node.seen_at);
  json.flag("leads", node.leads);
  json.number("spool_depth", node.spool_depth);
  json.end_object();
}

}  // namespace

Response list_nodes(AdminContext& context, const AdminCall& call) {
  AdminQuery query(call.request, "nodes");
  const auto limit = static_cast<std::size_t>(query.page().limit);
  if (query.problem()) return problem(*query.problem());
  const auto sole = context.control.sole_node();
  std::vector<NodeState> nodes = sole ? std::vector{*sole} : context.view.nodes();
  if (nodes.size() > limit) nodes.resize(limit);
  JsonObject json;
  json.begin_list("items");
  for (const NodeState& node : nodes) put_node(json, node);
  json.end_list();
  json.text_or_null("next_cursor", "");
  return json_response(200, json.finish());
}

}  // namespace headroom::admin
