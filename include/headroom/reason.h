#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "headroom/group.h"

namespace headroom {

// Why a run, a sweep or the scheduler stopped: one of the contract's words, or a code of Chat's. Text is made of it at
// the edges alone, by name_of.
struct Reason {
  enum class Kind {
    kNone,
    // Nothing to do, or not allowed to.
    kHasRoom,
    kGone,
    kNobodyRemovable,
    kSecondLook,
    kUnsupportedType,
    kOutOfScope,
    kTooSmall,
    kDailyLimit,
    kExempt,
    kPaused,
    kModeChanged,
    kClosed,  // by the calendar: it goes on when that opens
    // Errors.
    kInterrupted,
    kNoPermission,
    kChatUnreachable,
    kChatTooSlow,
    kNotRemoved,
    kNotRaised,
    kCapacityUnknown,
    kFieldMissing,
    kMembersMissing,
    kNoActivityData,
    kClockSkew,
    kReplication,  // no standby confirms what is stored, and database.require_synchronous asks for one
    kChatError     // with the code
  };
  using enum Kind;

  Kind kind = kNone;
  int chat_code = 0;  // of kChatError alone

  constexpr Reason() = default;
  constexpr Reason(Kind of) : kind(of) {}  // NOLINT(google-explicit-constructor): a kind is a reason
  // What Chat answered; a call that brought no answer at all has the code 0.
  static constexpr Reason of_chat(int code) {
    Reason reason(code == 0 ? kChatUnreachable : kChatError);
    reason.chat_code = code;
    return reason;
  }

  constexpr bool empty() const { return kind == kNone; }
  bool operator==(const Reason&) const = default;
};

// "has_room", "chat_error_10002"; "" of none.
std::string name_of(const Reason& value);

// Whether a run that ended for this reason ended in an error (as opposed to: there was nothing left to do).
bool is_error(const Reason& reason);

// How a full group waits after a run that ended for this reason; kNone: it is not blocked.
BlockReason blocks_as(const Reason& reason);

// Why a scheduler stands still, as a closed set: for the metrics.
enum class PauseCause { kOperator, kCredentialsRejected, kOperatorNeeded, kClockSkew, kReplication, kStorageFailing };
inline constexpr std::array kPauseCauses{PauseCause::kOperator,       PauseCause::kCredentialsRejected,
                                         PauseCause::kOperatorNeeded, PauseCause::kClockSkew,
                                         PauseCause::kReplication,    PauseCause::kStorageFailing};
std::string_view name_of(PauseCause value);
// Of a pause of the daemon's own.
PauseCause pauses_as(const Reason& reason);

}  // namespace headroom
