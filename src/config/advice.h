#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/file.h"
#include "config/problem.h"

namespace headroom {

// What is allowed and hardly meant, as warnings. `place_of` says where a key was given, or would be.
using PlaceOf = std::function<ConfigPlace(const std::string& key)>;
std::vector<ConfigProblem> advice_on(const Config& config, const PlaceOf& place_of);

// Of the way in which a value was written: quotes around it, a # in it or cut off from it. Empty: nothing.
std::vector<std::string> advice_on_writing(const ConfigEntry& entry);

// Whether one of the two listeners would keep the other from its port.
bool share_a_port(const HostPort& a, const HostPort& b);

// "6 minutes".
std::string duration_in_words(DurationMs value);

}  // namespace headroom
