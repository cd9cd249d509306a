#include "admin/timeline.h"

#include <algorithm>

#include "admin/json.h"
#include "admin/query.h"
#include "admin/response.h"
#include "text/json_object.h"

namespace headroom::admin {
namespace {

constexpr std::int64_t kDefaultHours = 24;
constexpr std::int64_t kDefaultDays = 30;

std::string bucket_json(const TimelineBucket& bucket) {
  JsonObject writer;
  writer.time("start", bucket.start);
  writer.number("events", bucket.events);
  writer.number("groups_filled", bucket.groups_filled);
  writer.number("removals", bucket.removals);
  return writer.finish();
}

}  // namespace

Response get_timeline(AdminContext& context, const AdminCall& call) {
  AdminQuery query(call.request, "timeline");
  const auto unit = query.word<TimelineUnit>("bucket").value_or(TimelineUnit::kHour);
  const bool hours = unit == TimelineUnit::kHour;
  const DurationMs span = hours ? kHourMs : kDayMs;
  auto since = query.time("since");
  if (since) since = std::max<TimeMs>(*since, 0);
  const auto until = query.time("until");
  if (query.problem()) return problem(*query.problem());
  const TimeMs last = until ? *until - 1 : since.value_or(0) > context.clock.now() ? *since : context.clock.now();
  const TimeMs first =
      since.value_or(std::max<TimeMs>(0, (last / span - (hours ? kDefaultHours : kDefaultDays) + 1) * span));
  if (last < first) return problem(400, "until must be after since");
  if (last / span - first / span >= kMaxTimelineBuckets) {
    return problem(400, "the timeline has at most " + std::to_string(kMaxTimelineBuckets) + " buckets");
  }
  std::vector<std::string> items;
  for (const TimelineBucket& bucket : context.view.timeline(unit, first, last)) items.push_back(bucket_json(bucket));
  std::string json = "{\"items\":[";
  for (std::size_t i = 0; i < items.size(); ++i) json.append(i == 0 ? "" : ",").append(items[i]);
  return json_response(200, json + "]}");
}

}  // namespace headroom::admin
