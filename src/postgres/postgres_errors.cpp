#include "postgres/postgres_errors.h"

#include <algorithm>
#include <array>

namespace headroom::postgres {

StorageError::Kind storage_kind(std::string_view sqlstate) {
  using Kind = StorageError::Kind;
  struct Row {
    std::string_view begins;
    Kind kind;
  };
  // The first that fits.
  static constexpr std::array kRows = {
      Row{"40", Kind::kConflict},        // serialization_failure, deadlock_detected
      Row{"55P03", Kind::kConflict},     // lock_not_available
      Row{"55", Kind::kUnavailable},     // object_not_in_prerequisite_state: not of what is stored
      Row{"0A", Kind::kUnavailable},     // feature_not_supported: nor is that
      Row{"57014", Kind::kTimeout},      // query_canceled: statement_timeout
      Row{"57", Kind::kUnavailable},     // admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout
      Row{"25P03", Kind::kUnavailable},  // idle_in_transaction_session_timeout
      Row{"25006", Kind::kUnavailable},  // read_only_sql_transaction: this is a standby now
      Row{"08", Kind::kUnavailable},     // connection_exception
      Row{"28", Kind::kUnavailable},     // invalid_authorization_specification
      Row{"3D000", Kind::kUnavailable},  // invalid_catalog_name: no such database
      Row{"26", Kind::kUnavailable},     // invalid_sql_statement_name: the session is another's
      Row{"3F", Kind::kUnavailable},     // invalid_schema_name
      Row{"42", Kind::kUnavailable},     // access_rule_violation and the like: whatever is stored, it is refused
      Row{"53100", Kind::kFull},         // disk_full
      Row{"53", Kind::kUnavailable},     // insufficient_resources
      Row{"58", Kind::kUnavailable},     // system_error: of the server's disk
      Row{"XX001", Kind::kFatal},        // data_corrupted
      Row{"XX002", Kind::kFatal},        // index_corrupted
  };
  const auto row =
      std::find_if(kRows.begin(), kRows.end(), [&](const Row& r) { return sqlstate.starts_with(r.begins); });
  return row == kRows.end() ? Kind::kOther : row->kind;
}

bool is_of_this_node(std::string_view sqlstate) {
  return sqlstate.starts_with("28") || sqlstate == kNoSuchDatabase || sqlstate == kInsufficientPrivilege;
}

bool is_worth_telling(std::string_view sqlstate) {
  constexpr std::array<std::string_view, 5> kNot = {"22", "25", "40", "55P03", "57"};
  return !sqlstate.empty() &&
         std::none_of(kNot.begin(), kNot.end(), [&](std::string_view one) { return sqlstate.starts_with(one); });
}

bool is_of_foreign_session(std::string_view sqlstate) {
  return sqlstate == "26000" || sqlstate == "42P05" || sqlstate == "08P01";
}

std::string what_to_do(std::string_view sqlstate) {
  if (is_of_foreign_session(sqlstate)) {
    return ": a connection pooler in transaction mode is in between? Let it pool sessions (pool_mode = session), or "
           "name the server itself in database.url";
  }
  if (sqlstate == "53300") {
    return ": raise max_connections, or the CONNECTION LIMIT of the role or the database; a node holds seven, and one "
           "for each worker";
  }
  if (sqlstate == kInsufficientPrivilege) return ": GRANT it to the role of database.url";
  if (sqlstate == kLockNotAvailable) return ": something else holds it there: pg_locks";
  if (sqlstate == "57014")
    return ": something else holds it there, or the server is overloaded: pg_locks, pg_stat_activity";
  return {};
}

SqlError::SqlError(const std::string& sqlstate, const std::string& words, bool ended)
    : StorageError(storage_kind(sqlstate), words + " (SQLSTATE " + sqlstate + ")" + what_to_do(sqlstate)),
      sqlstate_(sqlstate),
      ended_(ended) {}

}  // namespace headroom::postgres
