#pragma once

#include <optional>
#include <string_view>

#include "headroom/audit.h"
#include "headroom/chat_errors.h"
#include "headroom/control.h"
#include "headroom/event.h"
#include "headroom/group.h"
#include "headroom/member.h"
#include "headroom/policy.h"
#include "headroom/raise.h"
#include "headroom/reason.h"
#include "headroom/refusal.h"
#include "headroom/run.h"
#include "headroom/sweep.h"

// The contract's word for each value: what stands in the database, the JSON, the log and the metrics.
namespace headroom {

std::string_view name_of(Command value);  // "Group.CallbackAfterGroupFull", …
std::string_view name_of(EventSource value);
std::string_view name_of(GroupState value);
std::string_view name_of(BlockReason value);  // kNone: ""
std::string_view name_of(Role value);
std::string_view name_of(Presence value);
std::string_view name_of(Why value);
std::string_view name_of(LimitedBy value);  // kNone: ""
std::string_view name_of(WaitsFor value);   // kNobody: ""
std::string_view name_of(RunTrigger value);
std::string_view name_of(CapacityMode value);
std::string_view name_of(RunMode value);
std::string_view name_of(RunState value);
std::string_view name_of(Decision value);
std::string_view name_of(Outcome value);  // kNone: ""
std::string_view name_of(ChatOutcome value);
std::string_view name_of(ExemptionKind value);
std::string_view name_of(SchedulerMode value);
std::string_view name_of(AdminRole value);
std::string_view name_of(AuditAction value);
std::string_view name_of(TimelineUnit value);
std::string_view name_of(GroupSort value);  // kNewest: ""
std::string_view name_of(SweepState value);
std::string_view name_of(RefusalReason value);

// The value with that name, e.g. named<GroupState>("full"); nullopt when there is none.
template <typename Enum>
std::optional<Enum> named(std::string_view name);

template <>
std::optional<Command> named(std::string_view name);
template <>
std::optional<EventSource> named(std::string_view name);
template <>
std::optional<GroupState> named(std::string_view name);
template <>
std::optional<BlockReason> named(std::string_view name);
template <>
std::optional<Why> named(std::string_view name);
template <>
std::optional<LimitedBy> named(std::string_view name);
template <>
std::optional<WaitsFor> named(std::string_view name);
template <>
std::optional<RunTrigger> named(std::string_view name);
template <>
std::optional<CapacityMode> named(std::string_view name);
template <>
std::optional<RunMode> named(std::string_view name);
template <>
std::optional<RunState> named(std::string_view name);
template <>
std::optional<Decision> named(std::string_view name);
template <>
std::optional<Outcome> named(std::string_view name);
template <>
std::optional<ExemptionKind> named(std::string_view name);
template <>
std::optional<SweepState> named(std::string_view name);
template <>
std::optional<SchedulerMode> named(std::string_view name);
template <>
std::optional<Role> named(std::string_view name);
template <>
std::optional<Presence> named(std::string_view name);
template <>
std::optional<AdminRole> named(std::string_view name);
template <>
std::optional<AuditAction> named(std::string_view name);
template <>
std::optional<TimelineUnit> named(std::string_view name);
template <>
std::optional<GroupSort> named(std::string_view name);
template <>
std::optional<Reason> named(std::string_view name);

}  // namespace headroom
