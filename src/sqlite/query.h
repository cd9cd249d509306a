#pragma once

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "headroom/storage.h"
#include "stored/text.h"
#include "stored/words.h"

namespace headroom::sqlite {

// One use of a prepared statement: bind, step, read the row. Resets it at its end, whatever happens.
class Query {
 public:
  explicit Query(SQLite::Statement& statement) : statement_(&statement) {}
  ~Query() { end(); }
  Query(Query&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)), bound_(other.bound_), column_(other.column_) {}
  Query& operator=(Query&&) = delete;

  // Binds the next parameters, in order. Texts are copied.
  template <typename... Values>
  Query& bind(const Values&... values) {
    (bind_one(values), ...);
    return *this;
  }

  // The same without the copies: for texts that live until the query's end.
  template <typename... Values>
  Query& bind_kept(const Values&... values) {
    copies_ = false;
    (bind_one(values), ...);
    copies_ = true;
    return *this;
  }

  Query& bind_bytes(const std::string& bytes);

  // True when there is a row, whose columns are then read in order by the calls below.
  bool step();
  void run();

  std::int64_t integer() { return next().getInt64(); }
  int small() { return next().getInt(); }
  bool boolean() { return next().getInt() != 0; }
  std::string text() { return next().getString(); }
  std::optional<std::int64_t> optional_integer();
  std::optional<std::string> optional_text();
  std::string bytes() { return text(); }
  std::optional<std::string> optional_bytes() { return optional_text(); }
  template <typename Enum>
  Enum word() {
    return stored::word_of<Enum>(text());
  }
  // Empty: nullopt.
  template <typename Enum>
  std::optional<Enum> optional_word() {
    const std::string name = text();
    return name.empty() ? std::nullopt : std::optional(stored::word_of<Enum>(name));
  }

 private:
  void bind_one(std::int64_t value) { statement_->bind(++bound_, value); }
  void bind_one(int value) { statement_->bind(++bound_, value); }
  void bind_one(bool value) { statement_->bind(++bound_, value ? 1 : 0); }
  void bind_one(const std::string& value) {
    if (!stored::is_storable(value)) {
      statement_->bind(++bound_, stored::storable(value));
    } else if (copies_) {
      statement_->bind(++bound_, value);
    } else {
      statement_->bindNoCopy(++bound_, value);
    }
  }
  void bind_one(const char* value) = delete;  // would be taken for a bool
  void bind_one(std::string_view value) {
    statement_->bind(++bound_, stored::is_storable(value) ? std::string(value) : stored::storable(value));
  }
  void bind_one(const Fingerprint& value) {
    statement_->bind(++bound_, static_cast<const void*>(value.data()), static_cast<int>(value.size()));
  }
  template <typename Value>
  void bind_one(const std::optional<Value>& value) {
    if (value) {
      bind_one(*value);
    } else {
      statement_->bind(++bound_);
    }
  }
  SQLite::Column next() { return statement_->getColumn(column_++); }
  void end() noexcept;

  SQLite::Statement* statement_;
  int bound_ = 0;
  int column_ = 0;
  bool copies_ = true;  // texts
};

}  // namespace headroom::sqlite
