#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headroom/event.h"
#include "postgres/arrays.h"
#include "postgres/link.h"
#include "stored/words.h"

namespace headroom::postgres {

// What runs them: a connection.
class Statements {
 public:
  virtual Result run(const std::string& sql, const Link::Parameters& parameters) = 0;
  virtual void run_later(const std::string& sql, const Link::Parameters& parameters) = 0;

 protected:
  ~Statements() = default;
};

// One use of a prepared statement: bind, step, read the row. The first step runs it.
class Query {
 public:
  Query(Statements& statements, const std::string& sql) : statements_(statements), sql_(sql) {}

  // Binds the next parameters, in order.
  template <typename... Values>
  Query& bind(const Values&... values) {
    (bind_one(values), ...);
    return *this;
  }
  Query& bind_bytes(std::string_view bytes);
  Query& bind_rows(const Rows& rows);

  // True when there is a row, whose columns are then read in order by the calls below.
  bool step();
  void run();
  // With the next statement, of which it is a part then: who fails is not told apart.
  void run_later() { statements_.run_later(sql_, parameters_); }

  std::int64_t integer();
  int small() { return static_cast<int>(integer()); }
  bool boolean() { return text() == "t"; }
  std::string text() { return optional_text().value_or(std::string()); }
  std::string bytes() { return optional_bytes().value_or(std::string()); }
  std::optional<std::int64_t> optional_integer();
  std::optional<std::string> optional_text();
  std::optional<std::string> optional_bytes();
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
  void bind_one(std::int64_t value) { parameters_.emplace_back(std::to_string(value)); }
  void bind_one(int value) { parameters_.emplace_back(std::to_string(value)); }
  void bind_one(bool value) { parameters_.emplace_back(value ? "t" : "f"); }
  void bind_one(std::string_view value);
  void bind_one(const std::string& value) { bind_one(std::string_view(value)); }
  void bind_one(const char* value) = delete;  // would be taken for a bool
  void bind_one(const Fingerprint& value);
  template <typename Value>
  void bind_one(const std::optional<Value>& value) {
    if (value) {
      bind_one(*value);
    } else {
      parameters_.emplace_back(std::nullopt);
    }
  }

  Statements& statements_;
  const std::string sql_;
  Link::Parameters parameters_;
  Result result_;
  int row_ = -1;
  int column_ = 0;
};

}  // namespace headroom::postgres
