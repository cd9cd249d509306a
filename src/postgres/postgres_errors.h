#pragma once

#include <string>
#include <string_view>

#include "headroom/storage_error.h"

// Where PostgreSQL's errors end: SQLSTATEs decide, never texts.
namespace headroom::postgres {

// What the server said of one statement.
class SqlError final : public StorageError {
 public:
  // `words`: its primary message, in which no value of a row stands.
  SqlError(const std::string& sqlstate, const std::string& words, bool ended);

  const std::string& sqlstate() const { return sqlstate_; }
  // The server has ended the connection with it.
  bool ended() const { return ended_; }

 private:
  std::string sqlstate_;
  bool ended_;
};

StorageError::Kind storage_kind(std::string_view sqlstate);
// Behind its words: what an operator does about it. Empty where they say all there is to say.
std::string what_to_do(std::string_view sqlstate);
// What only this node's configuration, or the rights of its role, can make the server say: others may be let in.
bool is_of_this_node(std::string_view sqlstate);
// What nobody waits for: an operator has to read it. (Not what a value was refused for, which may stand in the words.)
bool is_worth_telling(std::string_view sqlstate);
// Of a prepared statement that is another's, or gone: the session is not this connection's alone.
bool is_of_foreign_session(std::string_view sqlstate);

inline constexpr std::string_view kInvalidPassword = "28P01";
inline constexpr std::string_view kNoSuchDatabase = "3D000";
inline constexpr std::string_view kInsufficientPrivilege = "42501";
inline constexpr std::string_view kReadOnly = "25006";
inline constexpr std::string_view kInFailedTransaction = "25P02";
inline constexpr std::string_view kLockNotAvailable = "55P03";
inline constexpr std::string_view kUniqueViolation = "23505";
inline constexpr std::string_view kDuplicateTable = "42P07";
inline constexpr std::string_view kDuplicateObject = "42710";

}  // namespace headroom::postgres
