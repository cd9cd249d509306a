#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "doctor/check.h"
#include "doctor/problems.h"
#include "doctor/request.h"
#include "doctor/surroundings.h"

namespace headroom::doctor {

struct CheckResult {
  std::string_view name;
  Finding finding;
};

// In the order in which they are made.
const std::vector<std::string_view>& check_names();
bool is_check(std::string_view name);

// What is wrong with a --callback-url; empty: nothing.
std::string callback_url_problem(const std::string& url);

// Makes the checks one after the other, and hands each result on as it is there. Nothing is changed anywhere.
void examine(const ConfigResult& config, const Request& request, const Surroundings& surroundings,
             const std::function<void(const CheckResult&)>& done);

}  // namespace headroom::doctor
