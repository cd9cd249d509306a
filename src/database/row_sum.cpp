#include "database/row_sum.h"

#include <cstring>

#include "http/sha256.h"

namespace headroom {

// Each value with its length, so that no two rows read the same.
void RowSum::add(const stored::TableRow& row) {
  std::string words;
  for (const auto& value : row) {
    if (value) {
      words += std::to_string(value->size()) + ":" + *value;
    } else {
      words += "-";
    }
  }
  const http::Sha256 digest = http::sha256({words});
  for (std::size_t i = 0; i < sum_.size(); ++i) {
    std::uint64_t part = 0;
    std::memcpy(&part, digest.data() + i * sizeof part, sizeof part);
    sum_[i] += part;
  }
  ++rows_;
}

std::string RowSum::text() const {
  std::string text = std::to_string(rows_);
  for (const std::uint64_t part : sum_) text += " " + std::to_string(part);
  return text;
}

}  // namespace headroom
