#include "app/config_nearest.h"

#include <algorithm>
#include <numeric>

#include "app/config_key.h"

namespace headroom {
namespace {

constexpr std::string_view kVariable = "HEADROOM_";
constexpr std::size_t kMaxLength = 100;

// Letters to change, to add or to leave out.
std::size_t distance(std::string_view a, std::string_view b) {
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

// Capitals are no difference.
std::string in_small_letters(std::string_view text) {
  std::string small(text);
  for (char& c : small) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return small;
}

std::string_view section_of(std::string_view key) { return key.substr(0, key.find('.')); }

std::string_view name_of(std::string_view key) {
  const auto dot = key.find('.');
  return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

std::size_t farness(std::string_view given, std::string_view known) {
  const std::string_view name = name_of(given);
  std::size_t best = distance(given, known);
  // The section is the less of two mistakes, and so is half of a name.
  if (!name.empty()) best = std::min(best, distance(name, name_of(known)) + 1);
  const bool begun = name.size() >= 4 && name_of(known).starts_with(name);
  if (begun && section_of(given) == section_of(known)) best = std::min<std::size_t>(best, 2);
  return best;
}

}  // namespace

std::string nearest_key(std::string_view key) {
  if (key.size() > kMaxLength) return {};
  const std::string given = in_small_letters(key);
  std::string nearest;
  std::size_t least = std::max<std::size_t>(2, name_of(key).size() / 3) + 1;
  for (const ConfigKey& known : config_keys()) {
    const std::size_t far = farness(given, known.name);
    if (far >= least) continue;
    least = far;
    nearest = known.name;
  }
  return nearest;
}

std::string nearest_variable(std::string_view name) {
  if (name.size() > kMaxLength) return {};
  std::string nearest;
  std::size_t least = std::max<std::size_t>(2, (name.size() - std::min(name.size(), kVariable.size())) / 3) + 1;
  for (const ConfigKey& known : config_keys()) {
    const std::string variable = environment_name(known.name);
    const std::size_t far = distance(name, variable);
    if (far >= least) continue;
    least = far;
    nearest = variable;
  }
  return nearest;
}

std::string nearest_word(std::string_view given, const std::vector<std::string_view>& words) {
  if (given.size() < 2 || given.size() > kMaxLength) return {};
  const std::string small = in_small_letters(given);
  std::string_view nearest;
  std::size_t least = std::min<std::size_t>(2, small.size() / 2) + 1;
  for (const std::string_view word : words) {
    const bool begun = word.starts_with(small) || small.starts_with(word);
    const std::size_t far = begun ? 0 : distance(small, word);
    if (far >= least) continue;
    least = far;
    nearest = word;
  }
  return std::string(nearest);
}

bool is_of_our_sections(std::string_view variable) {
  if (!variable.starts_with(kVariable)) return false;
  const std::string_view rest = variable.substr(kVariable.size());
  const std::string_view word = rest.substr(0, rest.find('_'));
  const auto& keys = config_keys();
  return std::any_of(keys.begin(), keys.end(), [&](const ConfigKey& key) {
    return environment_name(section_of(key.name)) == std::string(kVariable) + std::string(word);
  });
}

}  // namespace headroom
