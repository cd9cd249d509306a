#pragma once

#include <chrono>
#include <string>

#include "postgres/connection.h"
#include "postgres/postgres_reads.h"

namespace headroom {

// A connection for reading alone. Each call sees one committed state, and each of its statements ends within
// statement_timeout (then StorageError kTimeout).
class PostgresReadView final : public PostgresReads<ReadView> {
 public:
  // kAnswers: of a thread behind which others wait for theirs; see Connection::Options::impatient.
  enum class For { kWork, kAnswers };
  // Throws DatabaseProblem.
  explicit PostgresReadView(const postgres::Connection::Options& options, For what = For::kWork);

  static constexpr std::chrono::milliseconds kMaxRead{1000};
  static constexpr std::chrono::milliseconds kSilence{200};
};

}  // namespace headroom
