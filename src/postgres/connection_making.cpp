// How a connection is made: the first host that takes it, which has to be the server that everybody has agreed on.
#include <algorithm>
#include <utility>

#include "postgres/connection.h"
#include "postgres/postgres_errors.h"

namespace headroom::postgres {
namespace {

using Kind = StorageError::Kind;

std::string set_up(const Connection::Options& options) {
  const auto ms = [](std::chrono::milliseconds duration) { return std::to_string(duration.count()); };
  return "SET statement_timeout = " + ms(options.statement_timeout) +
         "; SET lock_timeout = " + ms(options.lock_timeout) +
         "; SET idle_in_transaction_session_timeout = " + ms(options.idle_timeout) +
         "; SET synchronous_commit = on; SET bytea_output = 'hex'; SET default_transaction_isolation = 'read "
         "committed'";
}

}  // namespace

void Connection::open() {
  const auto& availability = options_.availability;
  if (availability != nullptr && availability->away() && !options_.probes) {
    throw StorageError(Kind::kUnavailable, availability->why_away());
  }
  if (options_.impatient && availability != nullptr && availability->silent_lately()) {
    throw StorageError(Kind::kUnavailable, name() + ": it did not answer a moment ago");
  }
  if (availability != nullptr) availability->note_asked();
  try {
    connect();
  } catch (const LinkLost& lost) {
    if (availability != nullptr) {
      if (!lost.silent) availability->note_heard();
      if (!lost.silent || !gave_up()) availability->set_away(name() + ": " + lost.words);
      if (lost.silent) note_silence();
      const bool is_known = lost.sqlstate == kReadOnly || lost.tls || is_of_this_node(lost.sqlstate);
      availability->set_keeps_out(is_known ? name() + ": " + lost.words : std::string());
      if (!options_.probes && (lost.tls || is_worth_telling(lost.sqlstate))) {
        availability->tell(name() + ": " + lost.words);
      }
    }
    throw;
  }
  if (availability != nullptr) look_at_server();
}

// Nobody works on a server that not everybody knows to be another one.
void Connection::look_at_server() {
  try {
    Query identity = query(
        "SELECT (SELECT system_identifier FROM pg_control_system()) || ' ' || extract(epoch FROM "
        "pg_postmaster_start_time())");
    identity.step();
    server_ = identity.text();
  } catch (const StorageError&) {
    link_.reset();
    throw;
  }
  if (options_.probes || options_.availability->is_agreed(server_)) return;
  link_.reset();
  throw StorageError(
      Kind::kUnavailable,
      name() + (options_.availability->has_agreed() ? ": another server answers, which is not yet known to be the one"
                                                    : ": which server it is has not been looked at yet"));
}

// How long the next of so many hosts may take. A silent one leaves time for those behind it.
std::chrono::milliseconds Connection::turn(std::chrono::milliseconds waited, std::size_t hosts) const {
  auto longest = address_.connect_within();
  const auto share = [&](std::chrono::milliseconds left) {
    longest = std::min(longest, left / static_cast<std::int64_t>(hosts));
  };
  if (options_.connect_within.count() > 0) share(options_.connect_within - waited);
  if (until_) share(left_of(std::chrono::hours(1)));
  return std::max(longest, std::chrono::milliseconds(0));
}

// It may have been changed, there and in its file, while this process runs.
Address::Parameters Connection::with_password(Address::Parameters host) const {
  if (!options_.password_now) return host;
  if (auto password = options_.password_now()) host["password"] = *std::move(password);
  return host;
}

// The first host that takes it; or what the last one said, unless one that is there has refused.
void Connection::connect() {
  link_.reset();
  prepared_.clear();
  pending_.clear();
  LinkLost refused;
  const auto began = std::chrono::steady_clock::now();
  std::size_t left = address_.hosts().size();
  for (const Address::Parameters& host : address_.hosts()) {
    const auto waited = std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
    try {
      link_ = std::make_unique<Link>(with_password(host), turn(waited, left--));
      break;
    } catch (const LinkLost& lost) {
      // A standby beside one that refuses is as it should be.
      const bool says_more = lost.tls || (!lost.sqlstate.empty() && lost.sqlstate != kReadOnly);
      if ((refused.sqlstate.empty() && !refused.tls) || says_more) refused = lost;
    }
  }
  if (link_ == nullptr) throw refused;
  try {
    script(set_up(options_));
  } catch (const StorageError&) {
    link_.reset();  // nothing may run without its limits
    throw;
  }
}

void Connection::reopen() {
  try {
    open();
  } catch (const LinkLost& lost) {
    throw StorageError(kind_of(lost), name() + ": " + lost.words);
  }
}

}  // namespace headroom::postgres
