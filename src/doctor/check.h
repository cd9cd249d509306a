#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace headroom::doctor {

// In the order in which one outweighs the other where a check finds several things.
enum class CheckStatus {
  kOk,
  kSkipped,  // it could not be looked at
  kWarning,
  kFailed
};

constexpr std::string_view name_of(CheckStatus status) {
  switch (status) {
    case CheckStatus::kOk:
      return "ok";
    case CheckStatus::kSkipped:
      return "skipped";
    case CheckStatus::kWarning:
      return "warning";
    case CheckStatus::kFailed:
      return "failed";
  }
  return "";
}

// What a check has found, and what to do about it; never a secret.
struct Finding {
  CheckStatus status = CheckStatus::kOk;
  std::string detail;
  std::string remedy;  // empty: there is nothing to do
};

inline Finding ok(std::string detail) { return {CheckStatus::kOk, std::move(detail), {}}; }
inline Finding skipped(std::string detail, std::string remedy = {}) {
  return {CheckStatus::kSkipped, std::move(detail), std::move(remedy)};
}
inline Finding warning(std::string detail, std::string remedy) {
  return {CheckStatus::kWarning, std::move(detail), std::move(remedy)};
}
inline Finding failed(std::string detail, std::string remedy) {
  return {CheckStatus::kFailed, std::move(detail), std::move(remedy)};
}

// Several findings of one check: the worst status, all details of what is not in order.
class Findings {
 public:
  void add(const Finding& finding);
  // `fine`: the detail when nothing was added.
  Finding take(std::string fine) const;

 private:
  Finding all_;
  bool any_ = false;
};

}  // namespace headroom::doctor
