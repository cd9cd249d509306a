#include "postgres/upkeep/problem_of.h"

#include "postgres/postgres_errors.h"

namespace headroom::postgres {
namespace {

using Problem = DatabaseProblem::Kind;

Problem problem_kind(const StorageError& error) {
  const auto* of_server = dynamic_cast<const SqlError*>(&error);
  if (of_server != nullptr && of_server->sqlstate() == kInsufficientPrivilege) return Problem::kNoPermission;
  // The server is there: it is the statement that it refuses.
  for (const char* refused : {"0A", "3F", "42", "55000", "55006"}) {
    if (of_server != nullptr && of_server->sqlstate().starts_with(refused)) return Problem::kFailed;
  }
  switch (error.kind()) {
    case StorageError::Kind::kFull:
      return Problem::kFull;
    case StorageError::Kind::kFatal:
      return Problem::kCorrupt;
    case StorageError::Kind::kConflict:
      return Problem::kLocked;
    case StorageError::Kind::kTimeout:
    case StorageError::Kind::kUnavailable:
    case StorageError::Kind::kUnknown:
      return Problem::kUnavailable;
    case StorageError::Kind::kOther:
      return Problem::kFailed;
  }
  return Problem::kFailed;
}

}  // namespace

DatabaseProblem problem_of(const StorageError& error, const std::string& subject) {
  const Problem kind = problem_kind(error);
  const std::string held = kind == Problem::kLocked ? "held by another process: " : "";
  return {kind, subject + ": " + held + error.what()};
}

}  // namespace headroom::postgres
