#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "stored/table_row.h"

namespace headroom {

// A checksum of rows that does not depend on their order: two stores need not walk through a table in the same one.
class RowSum {
 public:
  void add(const stored::TableRow& row);

  std::int64_t rows() const { return rows_; }
  std::string text() const;
  bool operator==(const RowSum&) const = default;

 private:
  std::int64_t rows_ = 0;
  std::array<std::uint64_t, 4> sum_{};
};

}  // namespace headroom
