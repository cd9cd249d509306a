#include "config/key_names.h"

#include <algorithm>

#include "config/keys.h"
#include "config/nearest.h"

namespace headroom {
namespace {

constexpr std::string_view kVariable = "HEADROOM_";
constexpr std::size_t kMaxLength = 100;

std::string_view section_of(std::string_view key) { return key.substr(0, key.find('.')); }

std::string_view name_of(std::string_view key) {
  const auto dot = key.find('.');
  return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

std::size_t farness(std::string_view given, std::string_view known) {
  const std::string_view name = name_of(given);
  std::size_t best = edit_distance(given, known);
  // The section is the less of two mistakes, and so is half of a name.
  if (!name.empty()) best = std::min(best, edit_distance(name, name_of(known)) + 1);
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
    const std::size_t far = edit_distance(name, variable);
    if (far >= least) continue;
    least = far;
    nearest = variable;
  }
  return nearest;
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
