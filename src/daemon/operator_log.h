#pragma once

#include <string>
#include <vector>

#include "config/reload.h"
#include "daemon/log.h"
#include "engine/orders/operations.h"
#include "headroom/group.h"
#include "headroom/run.h"
#include "headroom/sweep.h"

// The lines that an operator on call goes by: what ended badly is a warning, with the reason in words and what to do.
namespace headroom::operator_log {

// A run came to a state. `chat_error`: what Chat's newest calls have met, in words; empty: nothing.
void run_finished(Log& log, const Run& run, const std::string& chat_error);
// It waits for the calendar, which is asked again at `until`.
void run_parked(Log& log, const Run& run, TimeMs until);
// A group became blocked, or blocked for another reason. What its operator wants is no warning.
void group_blocked(Log& log, const Group& group);
void sweep_ended(Log& log, const Sweep& sweep);
// `group_id`: whose run met the cause; may be empty.
void paused_itself(Log& log, const Reason& reason, const std::string& group_id);
// At the start: it is paused since before.
void still_paused(Log& log, const std::string& reason, const std::string& hint);
void changed(Log& log, const Change& change);
void changed(Log& log, const std::vector<ChangedKey>& changes);
// This process leads no more over its database; kShared: by several nodes, on purpose.
enum class Database { kOwn, kShared };
void lease_lost(Log& log, const std::string& cause, Database database);
void chat_unreachable(Log& log, const std::string& host, const std::string& cause);
void chat_reachable_again(Log& log, const std::string& host, DurationMs lasted);

}  // namespace headroom::operator_log
