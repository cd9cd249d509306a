#pragma once

#include <optional>
#include <string>
#include <vector>

#include "admin/limit_outlook.h"
#include "headroom/audit.h"
#include "headroom/event.h"
#include "headroom/group.h"
#include "headroom/run.h"
#include "headroom/storage.h"

// The resources of the admin API. Names and order of the fields are the API's contract; absent values are null, times
// RFC 3339.
namespace headroom::admin {

std::string group_json(const Group& group, bool exempt, const LimitOutlook& limit);
std::string event_json(const Event& event);  // event_time: that of receipt when the event has none
std::string run_json(const Run& run);        // policy: see admin_policy.h
std::string member_json(const RunMember& member);
std::string removal_json(const PastRemoval& removal);
std::string filling_json(const Growth& growth);  // with a forecast
std::string audit_json(const AuditEntry& entry);
std::string sweep_json(const Sweep& sweep);
std::string exemption_json(const Exemption& exemption);

// `items`: JSON values.
std::string list_json(const std::vector<std::string>& items, const std::optional<std::string>& next_cursor);

}  // namespace headroom::admin
