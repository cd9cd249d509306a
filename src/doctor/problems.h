#pragma once

#include <string>
#include <string_view>

#include "config/config.h"

// What the loader has found, as the checks need it told apart.
namespace headroom::doctor {

// The configuration can not even be read: what is in it is not known.
bool is_unreadable(const ConfigResult& config);

// The business of the check `secrets`, not of `config`.
bool is_about_secrets(const ConfigProblem& problem);

// What keeps a check from looking: an error in the section ("chat.") that it goes by. Empty: nothing.
std::string what_is_wrong_with(const ConfigResult& result, std::string_view section);

}  // namespace headroom::doctor
