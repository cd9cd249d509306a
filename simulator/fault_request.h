#pragma once

#include <rapidjson/document.h>

#include <optional>

#include "simulator/fault.h"

namespace chatsim {

// The fault that `POST /sim/faults` describes; nullopt for an unknown kind or a value of a wrong type.
std::optional<Fault> parse_fault(const rapidjson::Value& in);

}  // namespace chatsim
