#include "admin/removals.h"

#include "admin/list_response.h"

namespace headroom::admin {

Response list_removals(AdminContext& context, const AdminCall& call) {
  AdminQuery query(call.request, "removals");
  RemovalFilter filter;
  filter.account = query.subject("account");
  filter.group_id = query.subject("group_id");
  filter.since = query.time("since");
  filter.until = query.time("until");
  const PageRequest page = query.page();
  if (query.problem()) return problem(*query.problem());
  return list_response(query, context.view.removal_history(filter, page), removal_json);
}

}  // namespace headroom::admin
