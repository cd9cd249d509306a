#include "admin/filling.h"

#include "admin/list_response.h"
#include "headroom/growth.h"

namespace headroom::admin {

Response list_filling(AdminContext& context, const AdminCall& call) {
  AdminQuery query(call.request, "filling");
  const DurationMs within =
      query.duration("within", kDayMs, kFurthestForecast * kDayMs).value_or(kFillingSoon * kDayMs);
  const PageRequest page = query.page();
  if (query.problem()) return problem(*query.problem());
  return list_response(query, context.view.filling(day_of(context.clock.now() + within), page), filling_json);
}

}  // namespace headroom::admin
