#include "headroom/reason.h"

#include <charconv>
#include <system_error>

#include "headroom/chat_errors.h"
#include "headroom/names.h"

namespace headroom {
namespace {

constexpr std::string_view kCodePrefix = "chat_error_";

std::string_view word_of(Reason::Kind kind) {
  switch (kind) {
    case Reason::kNone:
      return "";
    case Reason::kHasRoom:
      return "has_room";
    case Reason::kGone:
      return "gone";
    case Reason::kNobodyRemovable:
      return "nobody_removable";
    case Reason::kUnsupportedType:
      return "unsupported_type";
    case Reason::kOutOfScope:
      return "out_of_scope";
    case Reason::kSecondLook:
      return "second_look";
    case Reason::kTooSmall:
      return "too_small";
    case Reason::kDailyLimit:
      return "daily_limit";
    case Reason::kExempt:
      return "exempt";
    case Reason::kPaused:
      return "paused";
    case Reason::kModeChanged:
      return "mode_changed";
    case Reason::kClosed:
      return "closed";
    case Reason::kInterrupted:
      return "interrupted";
    case Reason::kNoPermission:
      return "no_permission";
    case Reason::kChatUnreachable:
      return "chat_unreachable";
    case Reason::kChatTooSlow:
      return "chat_too_slow";
    case Reason::kNotRemoved:
      return "not_removed";
    case Reason::kNotRaised:
      return "not_raised";
    case Reason::kCapacityUnknown:
      return "capacity_unknown";
    case Reason::kFieldMissing:
      return "field_missing";
    case Reason::kMembersMissing:
      return "members_missing";
    case Reason::kNoActivityData:
      return "no_activity_data";
    case Reason::kClockSkew:
      return "clock_skew";
    case Reason::kReplication:
      return "replication";
    case Reason::kChatError:
      return kCodePrefix;
  }
  return "";
}

// 70009 of "chat_error_70009"; 0 when it is no code of Chat's.
int code_in(std::string_view name) {
  if (!name.starts_with(kCodePrefix)) return 0;
  const char* const end = name.data() + name.size();
  int code = 0;
  const auto [rest, error] = std::from_chars(name.data() + kCodePrefix.size(), end, code);
  return error == std::errc{} && rest == end ? code : 0;
}

}  // namespace

std::string name_of(const Reason& value) {
  std::string name(word_of(value.kind));
  return value.kind == Reason::kChatError ? name + std::to_string(value.chat_code) : name;
}

template <>
std::optional<Reason> named(std::string_view name) {
  if (const int code = code_in(name); code != 0) return Reason::of_chat(code);
  for (int i = 0; i < static_cast<int>(Reason::kChatError); ++i) {
    const auto kind = static_cast<Reason::Kind>(i);
    if (word_of(kind) == name) return Reason(kind);
  }
  return std::nullopt;
}

bool is_error(const Reason& reason) {
  switch (reason.kind) {
    case Reason::kNone:
    case Reason::kHasRoom:
    case Reason::kGone:
    case Reason::kNobodyRemovable:
    case Reason::kUnsupportedType:
    case Reason::kOutOfScope:
    case Reason::kSecondLook:
    case Reason::kTooSmall:
    case Reason::kDailyLimit:
    case Reason::kExempt:
    case Reason::kPaused:
    case Reason::kModeChanged:
    case Reason::kClosed:
      return false;
    case Reason::kInterrupted:
    case Reason::kNoPermission:
    case Reason::kChatUnreachable:
    case Reason::kChatTooSlow:
    case Reason::kNotRemoved:
    case Reason::kNotRaised:
    case Reason::kCapacityUnknown:
    case Reason::kFieldMissing:
    case Reason::kMembersMissing:
    case Reason::kNoActivityData:
    case Reason::kClockSkew:
    case Reason::kReplication:
    case Reason::kChatError:
      return true;
  }
  return true;
}

BlockReason blocks_as(const Reason& reason) {
  switch (reason.kind) {
    case Reason::kCapacityUnknown:
    case Reason::kFieldMissing:
    case Reason::kMembersMissing:
    case Reason::kNoActivityData:
      return BlockReason::kImplausibleData;
    case Reason::kNoPermission:
      return BlockReason::kNoPermission;
    case Reason::kUnsupportedType:
      return BlockReason::kUnsupportedType;
    case Reason::kOutOfScope:
      return BlockReason::kOutOfScope;
    case Reason::kTooSmall:
      return BlockReason::kTooSmall;
    case Reason::kDailyLimit:
      return BlockReason::kDailyLimit;
    case Reason::kExempt:
      return BlockReason::kExempt;
    case Reason::kNobodyRemovable:
      return BlockReason::kNobodyRemovable;
    case Reason::kNone:
    case Reason::kHasRoom:
    case Reason::kGone:
    case Reason::kSecondLook:
    case Reason::kPaused:
    case Reason::kModeChanged:
    case Reason::kClosed:
    case Reason::kInterrupted:
    case Reason::kChatUnreachable:
    case Reason::kChatTooSlow:
    case Reason::kNotRemoved:
    case Reason::kNotRaised:
    case Reason::kClockSkew:
    case Reason::kReplication:
    case Reason::kChatError:
      return BlockReason::kNone;
  }
  return BlockReason::kNone;
}

std::string_view name_of(PauseCause value) {
  switch (value) {
    case PauseCause::kOperator:
      return "operator";
    case PauseCause::kCredentialsRejected:
      return "credentials_rejected";
    case PauseCause::kOperatorNeeded:
      return "operator_needed";
    case PauseCause::kClockSkew:
      return "clock_skew";
    case PauseCause::kReplication:
      return "replication";
    case PauseCause::kStorageFailing:
      return "storage_failing";
  }
  return "";
}

PauseCause pauses_as(const Reason& reason) {
  if (reason == Reason::kClockSkew) return PauseCause::kClockSkew;
  if (reason == Reason::kReplication) return PauseCause::kReplication;
  const bool rejected =
      reason.kind == Reason::kChatError && classify(reason.chat_code) == ChatOutcome::kCredentialsRejected;
  return rejected ? PauseCause::kCredentialsRejected : PauseCause::kOperatorNeeded;
}

}  // namespace headroom
