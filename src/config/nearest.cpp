#include "config/nearest.h"

#include <algorithm>
#include <numeric>

namespace headroom {
namespace {

constexpr std::size_t kMaxLength = 100;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t same = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({same, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string in_small_letters(std::string_view text) {
  std::string small(text);
  for (char& c : small) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return small;
}

std::string nearest_word(std::string_view given, const std::vector<std::string_view>& words) {
  if (given.size() < 2 || given.size() > kMaxLength) return {};
  const std::string small = in_small_letters(given);
  std::string_view nearest;
  std::size_t least = std::min<std::size_t>(2, small.size() / 2) + 1;
  for (const std::string_view word : words) {
    const bool begun = word.starts_with(small) || small.starts_with(word);
    const std::size_t far = begun ? 0 : edit_distance(small, word);
    if (far >= least) continue;
    least = far;
    nearest = word;
  }
  return std::string(nearest);
}

}  // namespace headroom
