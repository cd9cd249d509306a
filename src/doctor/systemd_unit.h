#pragma once

#include <string>

#include "doctor/surroundings.h"

namespace headroom::doctor {

// Over the bus, read-only. Beside a systemd that is not there nothing is asked.
UnitFacts ask_systemd(const std::string& unit, DurationMs most);

}  // namespace headroom::doctor
