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
      Row{"57014", Kind::kTimeout},      // query_canceled: statement_timeout
      Row{"57", Kind::kUnavailable},     // admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout
      Row{"25P03", Kind::kUnavailable},  // idle_in_transaction_session_timeout
      Row{"25006", Kind::kUnavailable},  // read_only_sql_transaction: this is a standby now
      Row{"08", Kind::kUnavailable},     // connection_exception
      Row{"28", Kind::kUnavailable},     // invalid_authorization_specification
      Row{"3D000", Kind::kUnavailable},  // invalid_catalog_name: no such database
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

namespace {

std::string what_to_do(std::string_view sqlstate) {
  if (sqlstate == kLockNotAvailable) return ": something else holds it there: pg_locks";
  if (sqlstate == "57014")
    return ": something else holds it there, or the server is overloaded: pg_locks, pg_stat_activity";
  return {};
}

}  // namespace

SqlError::SqlError(const std::string& sqlstate, const std::string& words, bool ended)
    : StorageError(storage_kind(sqlstate), words + " (SQLSTATE " + sqlstate + ")" + what_to_do(sqlstate)),
      sqlstate_(sqlstate),
      ended_(ended) {}

}  // namespace headroom::postgres
