#include "headroom/names.h"

#include <array>
#include <utility>

namespace headroom {
namespace {

// One table per enum, read in both directions.
template <typename Enum, std::size_t N>
using Table = std::array<std::pair<Enum, std::string_view>, N>;

constexpr Table<Command, 3> kCommands{{{Command::kGroupFull, "Group.CallbackAfterGroupFull"},
                                       {Command::kMemberExit, "Group.CallbackAfterMemberExit"},
                                       {Command::kGroupDestroyed, "Group.CallbackAfterGroupDestroyed"}}};
constexpr Table<EventSource, 2> kSources{{{EventSource::kWebhook, "webhook"}, {EventSource::kSweep, "sweep"}}};
constexpr Table<GroupState, kGroupStates> kGroupStateNames{{{GroupState::kFull, "full"},
                                                            {GroupState::kPruning, "pruning"},
                                                            {GroupState::kHasRoom, "has_room"},
                                                            {GroupState::kBlocked, "blocked"},
                                                            {GroupState::kGone, "gone"}}};
constexpr Table<BlockReason, 9> kBlockReasons{{{BlockReason::kNone, ""},
                                               {BlockReason::kNobodyRemovable, "nobody_removable"},
                                               {BlockReason::kExempt, "exempt"},
                                               {BlockReason::kUnsupportedType, "unsupported_type"},
                                               {BlockReason::kOutOfScope, "out_of_scope"},
                                               {BlockReason::kTooSmall, "too_small"},
                                               {BlockReason::kNoPermission, "no_permission"},
                                               {BlockReason::kDailyLimit, "daily_limit"},
                                               {BlockReason::kImplausibleData, "implausible_data"}}};
constexpr Table<Presence, 4> kPresences{{{Presence::kOffline, "Offline"},
                                         {Presence::kOnline, "Online"},
                                         {Presence::kPushOnline, "PushOnline"},
                                         {Presence::kUnknown, "Unknown"}}};
constexpr Table<Role, 6> kRoles{{{Role::kOwner, "Owner"},
                                 {Role::kAdmin, "Admin"},
                                 {Role::kMember, "Member"},
                                 {Role::kOther, "Other"},
                                 {Role::kAbsent, "Absent"},
                                 {Role::kNotMember, "NotMember"}}};
constexpr Table<Why, 14> kWhys{{{Why::kInactive, "inactive"},
                                {Why::kExempt, "exempt"},
                                {Why::kService, "service"},
                                {Why::kOwner, "owner"},
                                {Why::kAdmin, "admin"},
                                {Why::kUnknownActivity, "unknown_activity"},
                                {Why::kReturned, "returned"},
                                {Why::kNewcomer, "newcomer"},
                                {Why::kActive, "active"},
                                {Why::kReader, "reader"},
                                {Why::kOnline, "online"},
                                {Why::kSecondLook, "second_look"},
                                {Why::kOverLimit, "over_limit"},
                                {Why::kNotNeeded, "not_needed"}}};
constexpr Table<LimitedBy, 5> kLimits{{{LimitedBy::kNone, ""},
                                       {LimitedBy::kRun, "run"},
                                       {LimitedBy::kShare, "share"},
                                       {LimitedBy::kDay, "day"},
                                       {LimitedBy::kGroupDay, "group_day"}}};
constexpr Table<WaitsFor, 4> kWaitsFor{{{WaitsFor::kNobody, ""},
                                        {WaitsFor::kMode, "mode"},
                                        {WaitsFor::kFirstShare, "first_share"},
                                        {WaitsFor::kJump, "jump"}}};
constexpr Table<RunTrigger, 3> kTriggers{
    {{RunTrigger::kScheduler, "scheduler"}, {RunTrigger::kOperator, "operator"}, {RunTrigger::kRestore, "restore"}}};
constexpr Table<CapacityMode, 3> kCapacityModes{
    {{CapacityMode::kOff, "off"}, {CapacityMode::kSuggest, "suggest"}, {CapacityMode::kRaise, "raise"}}};
constexpr Table<RunMode, 5> kRunModes{{{RunMode::kPlan, "plan"},
                                       {RunMode::kApprove, "approve"},
                                       {RunMode::kPrune, "prune"},
                                       {RunMode::kRestore, "restore"},
                                       {RunMode::kRaise, "raise"}}};
constexpr Table<RunState, 9> kRunStates{{{RunState::kRunning, "running"},
                                         {RunState::kAwaitingApproval, "awaiting_approval"},
                                         {RunState::kPlanned, "planned"},
                                         {RunState::kSucceeded, "succeeded"},
                                         {RunState::kPartial, "partial"},
                                         {RunState::kFailed, "failed"},
                                         {RunState::kNothingToDo, "nothing_to_do"},
                                         {RunState::kRejected, "rejected"},
                                         {RunState::kExpired, "expired"}}};
constexpr Table<Decision, 2> kDecisions{{{Decision::kRemove, "remove"}, {Decision::kKeep, "keep"}}};
constexpr Table<Outcome, 12> kOutcomes{{{Outcome::kNone, ""},
                                        {Outcome::kRemoved, "removed"},
                                        {Outcome::kStillMember, "still_member"},
                                        {Outcome::kLeft, "left"},
                                        {Outcome::kBecameProtected, "became_protected"},
                                        {Outcome::kError, "error"},
                                        {Outcome::kUnknown, "unknown"},
                                        {Outcome::kRestored, "restored"},
                                        {Outcome::kAlreadyMember, "already_member"},
                                        {Outcome::kPending, "pending"},
                                        {Outcome::kFailed, "failed"},
                                        {Outcome::kNoRoom, "no_room"}}};
constexpr Table<ChatOutcome, 7> kChatOutcomes{{{ChatOutcome::kDone, "done"},
                                               {ChatOutcome::kThrottled, "throttled"},
                                               {ChatOutcome::kRefused, "refused"},
                                               {ChatOutcome::kCredentialsRejected, "credentials_rejected"},
                                               {ChatOutcome::kOperatorNeeded, "operator_needed"},
                                               {ChatOutcome::kNotSent, "unreachable"},
                                               {ChatOutcome::kOutcomeUnknown, "outcome_unknown"}}};
constexpr Table<ExemptionKind, 2> kExemptionKinds{
    {{ExemptionKind::kGroup, "group"}, {ExemptionKind::kMember, "member"}}};
constexpr Table<SchedulerMode, 4> kModes{{{SchedulerMode::kObserve, "observe"},
                                          {SchedulerMode::kPlan, "plan"},
                                          {SchedulerMode::kApprove, "approve"},
                                          {SchedulerMode::kPrune, "prune"}}};
constexpr Table<AdminRole, 2> kAdminRoles{{{AdminRole::kViewer, "viewer"}, {AdminRole::kOperator, "operator"}}};
constexpr Table<AuditAction, 12> kAuditActions{{{AuditAction::kRun, "run"},
                                                {AuditAction::kApprove, "approve"},
                                                {AuditAction::kReject, "reject"},
                                                {AuditAction::kRestore, "restore"},
                                                {AuditAction::kExempt, "exempt"},
                                                {AuditAction::kUnexempt, "unexempt"},
                                                {AuditAction::kSilent, "silent"},
                                                {AuditAction::kUnsilent, "unsilent"},
                                                {AuditAction::kPause, "pause"},
                                                {AuditAction::kResume, "resume"},
                                                {AuditAction::kSweep, "sweep"},
                                                {AuditAction::kConfigure, "configure"}}};
constexpr Table<GroupSort, 4> kGroupSorts{{{GroupSort::kNewest, ""},
                                           {GroupSort::kFullest, "fullest"},
                                           {GroupSort::kOldest, "oldest"},
                                           {GroupSort::kMostRefused, "most_refused"}}};
constexpr Table<TimelineUnit, 2> kTimelineUnits{{{TimelineUnit::kHour, "hour"}, {TimelineUnit::kDay, "day"}}};

constexpr Table<SweepState, 4> kSweepStates{{{SweepState::kRunning, "running"},
                                             {SweepState::kFinished, "finished"},
                                             {SweepState::kFailed, "failed"},
                                             {SweepState::kInterrupted, "interrupted"}}};

constexpr Table<RefusalReason, kRefusalReasons> kRefusalNames{{{RefusalReason::kMethod, "method"},
                                                               {RefusalReason::kTooLarge, "too_large"},
                                                               {RefusalReason::kPath, "path"},
                                                               {RefusalReason::kPeer, "peer"},
                                                               {RefusalReason::kSdkAppId, "sdk_app_id"},
                                                               {RefusalReason::kSign, "sign"},
                                                               {RefusalReason::kRequestTime, "request_time"},
                                                               {RefusalReason::kMalformed, "malformed"},
                                                               {RefusalReason::kCommand, "command"},
                                                               {RefusalReason::kGroupId, "group_id"},
                                                               {RefusalReason::kEventTime, "event_time"},
                                                               {RefusalReason::kBusy, "busy"},
                                                               {RefusalReason::kStopping, "stopping"},
                                                               {RefusalReason::kStorage, "storage"}}};

template <typename Enum, std::size_t N>
std::string_view name_in(const Table<Enum, N>& table, Enum value) {
  for (const auto& [entry, name] : table) {
    if (entry == value) return name;
  }
  return "?";  // a value outside its enum: a bug elsewhere that must not become undefined behaviour here
}

template <typename Enum, std::size_t N>
std::optional<Enum> find_in(const Table<Enum, N>& table, std::string_view wanted) {
  for (const auto& [entry, name] : table) {
    if (name == wanted) return entry;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Command value) { return name_in(kCommands, value); }
std::string_view name_of(EventSource value) { return name_in(kSources, value); }
std::string_view name_of(GroupState value) { return name_in(kGroupStateNames, value); }
std::string_view name_of(BlockReason value) { return name_in(kBlockReasons, value); }
std::string_view name_of(Presence value) { return name_in(kPresences, value); }
std::string_view name_of(Role value) { return name_in(kRoles, value); }
std::string_view name_of(Why value) { return name_in(kWhys, value); }
std::string_view name_of(LimitedBy value) { return name_in(kLimits, value); }
std::string_view name_of(WaitsFor value) { return name_in(kWaitsFor, value); }
std::string_view name_of(RunTrigger value) { return name_in(kTriggers, value); }
std::string_view name_of(CapacityMode value) { return name_in(kCapacityModes, value); }
std::string_view name_of(RunMode value) { return name_in(kRunModes, value); }
std::string_view name_of(RunState value) { return name_in(kRunStates, value); }
std::string_view name_of(Decision value) { return name_in(kDecisions, value); }
std::string_view name_of(Outcome value) { return name_in(kOutcomes, value); }
std::string_view name_of(ChatOutcome value) { return name_in(kChatOutcomes, value); }
std::string_view name_of(ExemptionKind value) { return name_in(kExemptionKinds, value); }
std::string_view name_of(SchedulerMode value) { return name_in(kModes, value); }
std::string_view name_of(SweepState value) { return name_in(kSweepStates, value); }
std::string_view name_of(RefusalReason value) { return name_in(kRefusalNames, value); }
std::string_view name_of(AdminRole value) { return name_in(kAdminRoles, value); }
std::string_view name_of(AuditAction value) { return name_in(kAuditActions, value); }
std::string_view name_of(TimelineUnit value) { return name_in(kTimelineUnits, value); }
std::string_view name_of(GroupSort value) { return name_in(kGroupSorts, value); }

template <>
std::optional<Command> named(std::string_view name) {
  return find_in(kCommands, name);
}
template <>
std::optional<EventSource> named(std::string_view name) {
  return find_in(kSources, name);
}
template <>
std::optional<GroupState> named(std::string_view name) {
  return find_in(kGroupStateNames, name);
}
template <>
std::optional<BlockReason> named(std::string_view name) {
  return find_in(kBlockReasons, name);
}
template <>
std::optional<Why> named(std::string_view name) {
  return find_in(kWhys, name);
}
template <>
std::optional<LimitedBy> named(std::string_view name) {
  return find_in(kLimits, name);
}
template <>
std::optional<WaitsFor> named(std::string_view name) {
  return find_in(kWaitsFor, name);
}
template <>
std::optional<RunTrigger> named(std::string_view name) {
  return find_in(kTriggers, name);
}
template <>
std::optional<CapacityMode> named(std::string_view name) {
  return find_in(kCapacityModes, name);
}
template <>
std::optional<RunMode> named(std::string_view name) {
  return find_in(kRunModes, name);
}
template <>
std::optional<RunState> named(std::string_view name) {
  return find_in(kRunStates, name);
}
template <>
std::optional<Decision> named(std::string_view name) {
  return find_in(kDecisions, name);
}
template <>
std::optional<Outcome> named(std::string_view name) {
  return find_in(kOutcomes, name);
}
template <>
std::optional<ExemptionKind> named(std::string_view name) {
  return find_in(kExemptionKinds, name);
}
template <>
std::optional<SchedulerMode> named(std::string_view name) {
  return find_in(kModes, name);
}
template <>
std::optional<SweepState> named(std::string_view name) {
  return find_in(kSweepStates, name);
}
template <>
std::optional<Role> named(std::string_view name) {
  return find_in(kRoles, name);
}
template <>
std::optional<Presence> named(std::string_view name) {
  return find_in(kPresences, name);
}
template <>
std::optional<AdminRole> named(std::string_view name) {
  return find_in(kAdminRoles, name);
}
template <>
std::optional<AuditAction> named(std::string_view name) {
  return find_in(kAuditActions, name);
}
template <>
std::optional<TimelineUnit> named(std::string_view name) {
  return find_in(kTimelineUnits, name);
}
template <>
std::optional<GroupSort> named(std::string_view name) {
  return find_in(kGroupSorts, name);
}

}  // namespace headroom
