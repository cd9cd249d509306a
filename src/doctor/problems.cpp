#include "doctor/problems.h"

#include <algorithm>

namespace headroom::doctor {

bool is_unreadable(const ConfigResult& config) {
  return std::ranges::any_of(config.errors, [](const ConfigProblem& problem) { return problem.key.empty(); });
}

bool is_about_secrets(const ConfigProblem& problem) { return problem.key.ends_with("_file"); }

std::string what_is_wrong_with(const ConfigResult& result, std::string_view section) {
  if (is_unreadable(result)) return "the configuration can not be read";
  for (const ConfigProblem& problem : result.errors) {
    if (problem.key.starts_with(section) && !is_about_secrets(problem)) {
      return problem.key + " is not in order (see config)";
    }
  }
  return {};
}

}  // namespace headroom::doctor
