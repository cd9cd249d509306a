#include "doctor/doctor.h"

#include <algorithm>
#include <array>
#include <exception>

#include "doctor/checks/checks.h"
#include "doctor/examination.h"
#include "doctor/url.h"

namespace headroom::doctor {
namespace {

struct Check {
  std::string_view name;
  Finding (*look)(Examination&);
};

constexpr std::array<Check, 13> kChecks{{{"config", check_config},
                                         {"secrets", check_secrets},
                                         {"database", check_database},
                                         {"disk", check_disk},
                                         {"sqlite", check_sqlite},
                                         {"clock", check_clock},
                                         {"dns", check_dns},
                                         {"tls", check_tls},
                                         {"chat", check_chat},
                                         {"usersig", check_usersig},
                                         {"permissions", check_permissions},
                                         {"webhook", check_webhook},
                                         {"unit", check_unit}}};

Finding look(const Check& check, Examination& examination) {
  if (examination.time.over()) return skipped("no time is left", "--only " + std::string(check.name));
  try {
    return check.look(examination);
  } catch (const std::exception& error) {  // of a library: the other checks are worth having all the same
    return failed(std::string("could not be looked at: ") + error.what(), "please report this");
  }
}

}  // namespace

const std::vector<std::string_view>& check_names() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> names;
    for (const Check& check : kChecks) names.push_back(check.name);
    return names;
  }();
  return kNames;
}

bool is_check(std::string_view name) { return std::ranges::find(check_names(), name) != check_names().end(); }

std::string callback_url_problem(const std::string& url) {
  return parse_url(url) ? "" : "allowed: https://HOST[:PORT]/PATH, or http://…";
}

void examine(const ConfigResult& config, const Request& request, const Surroundings& surroundings,
             const std::function<void(const CheckResult&)>& done) {
  Examination examination(config, request, surroundings);
  for (const Check& check : kChecks) {
    const auto& only = request.only;
    if (!only.empty() && std::ranges::find(only, check.name) == only.end()) continue;
    done({check.name, look(check, examination)});
  }
}

}  // namespace headroom::doctor
