#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headroom/event.h"

namespace headroom::postgres {

// Many values as one parameter of a statement, which takes them apart (unnest).
class Array {
 public:
  void add(std::int64_t value) { add_plain(std::to_string(value)); }
  void add(int value) { add_plain(std::to_string(value)); }
  void add(bool value) { add_plain(value ? "t" : "f"); }
  void add(std::string_view text);
  void add(const std::string& text) { add(std::string_view(text)); }
  void add(const char* text) = delete;                  // would be taken for a bool
  void add(const std::array<std::uint8_t, 16>& bytes);  // of a uuid; of a bytea with decode(…, 'hex')
  template <typename Value>
  void add(const std::optional<Value>& value) {
    if (value) {
      add(*value);
    } else {
      add_plain("NULL");
    }
  }
  std::string text() const { return "{" + items_ + "}"; }

 private:
  void add_plain(std::string_view item) {
    if (!items_.empty()) items_ += ',';
    items_ += item;
  }

  std::string items_;
};

// Rows, an array for each of their columns.
class Rows {
 public:
  explicit Rows(std::size_t columns) : columns_(columns) {}
  // The next values of a row; behind the last column the next row begins.
  template <typename... Values>
  Rows& bind(const Values&... values) {
    (columns_[next_++ % columns_.size()].add(values), ...);
    return *this;
  }
  bool empty() const { return next_ == 0; }
  const std::vector<Array>& columns() const { return columns_; }

 private:
  std::vector<Array> columns_;
  std::size_t next_ = 0;
};

}  // namespace headroom::postgres
