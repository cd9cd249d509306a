#pragma once

#include <string>

#include "config/config.h"

namespace headroom {

// What this node is called.
std::string node_name(const Config& config);
// Of one start of one node: 128 bits, hexadecimal.
std::string random_id();
// The keys in which nodes have to agree: policy, capacity, calendar, the app, and the scheduler's but for tick and
// concurrency. "key = value", a line each.
std::string agreed_config(const Config& config);
std::string config_hash(const std::string& agreed);

}  // namespace headroom
