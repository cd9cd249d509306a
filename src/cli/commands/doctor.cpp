#include "cli/commands/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>

#include "cli/exit.h"
#include "config/file.h"
#include "daemon/system_clock.h"
#include "doctor/doctor.h"
#include "text/json_object.h"

namespace headroom {
namespace {

using doctor::CheckResult;
using doctor::CheckStatus;

// How many there are of each status.
class Tally {
 public:
  void add(CheckStatus status) { ++counts_[static_cast<std::size_t>(status)]; }
  int of(CheckStatus status) const { return counts_[static_cast<std::size_t>(status)]; }
  bool is_good(bool strict) const {
    return of(CheckStatus::kFailed) == 0 && (!strict || of(CheckStatus::kWarning) == 0);
  }

 private:
  std::array<int, 4> counts_{};
};

void print(std::ostream& out, const CheckResult& result) {
  out << fmt::format("{:<8} {:<12} {}\n", doctor::name_of(result.finding.status), result.name,
                     one_line(result.finding.detail));
  if (!result.finding.remedy.empty()) out << fmt::format("{:21} -> {}\n", "", one_line(result.finding.remedy));
  out << std::flush;  // the next may take seconds
}

void print_end(std::ostream& out, const Tally& tally) {
  out << fmt::format("{} ok, {} warned, {} failed, {} skipped\n", tally.of(CheckStatus::kOk),
                     tally.of(CheckStatus::kWarning), tally.of(CheckStatus::kFailed), tally.of(CheckStatus::kSkipped));
}

void put(JsonObject& json, const CheckResult& result) {
  json.begin_item();
  json.text("name", result.name);
  json.text("status", doctor::name_of(result.finding.status));
  json.text("detail", result.finding.detail);
  json.text_or_null("remedy", result.finding.remedy);
  json.end_object();
}

std::string as_json(const std::vector<CheckResult>& results, bool ok) {
  JsonObject json;
  json.flag("ok", ok);
  json.begin_list("checks");
  for (const CheckResult& result : results) put(json, result);
  json.end_list();
  return json.finish();
}

}  // namespace

int list_checks(std::ostream& out) {
  for (const std::string_view name : doctor::check_names()) out << name << '\n';
  return exit_status::kOk;
}

std::string doctor_usage_problem(const Invocation& invocation) {
  for (const std::string& name : invocation.only) {
    if (!doctor::is_check(name)) {
      return "unknown check " + quote_value(name) + "; `headroomd doctor --list` names them";
    }
  }
  const auto& only = invocation.only;
  if (invocation.callback_url && !only.empty() && std::ranges::find(only, "webhook") == only.end()) {
    return "--callback-url is the check webhook, which --only leaves out";
  }
  return {};
}

std::string doctor_value_problem(const Invocation& invocation) {
  if (!invocation.callback_url) return {};
  const std::string problem = doctor::callback_url_problem(*invocation.callback_url);
  // Without the value: it may have a token in it.
  return problem.empty() ? problem : "--callback-url is not allowed; " + problem;
}

int run_doctor(const Invocation& invocation, const ConfigResult& config, std::ostream& out, const ErrorLines& err) {
  SystemClock clock;
  doctor::Request request;
  request.only = invocation.only;
  request.callback_url = invocation.callback_url.value_or("");
  const bool unreadable = doctor::is_unreadable(config);
  if (unreadable) {
    for (const ConfigProblem& problem : config.errors) err.error(problem.message);
  }
  Tally tally;
  std::vector<CheckResult> results;
  doctor::examine(config, request, doctor::machine(clock), [&](const CheckResult& result) {
    tally.add(result.finding.status);
    if (invocation.json) {
      results.push_back(result);
    } else {
      print(out, result);
    }
  });
  const bool good = tally.is_good(invocation.strict) && !unreadable;
  if (invocation.json) {
    out << as_json(results, good) << '\n';
  } else {
    print_end(out, tally);
  }
  if (unreadable) return exit_status::kConfiguration;
  return good ? exit_status::kOk : exit_status::kFailure;
}

}  // namespace headroom
