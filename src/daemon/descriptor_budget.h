#pragma once

#include <cstdint>

namespace headroom {

// Raises the soft limit of open descriptors to the hard one; returns what it is then.
std::int64_t raise_descriptor_limit();

// What the daemon itself needs: with fewer, the database can not be opened or an event loop not be made.
std::int64_t fewest_descriptors(int webhook_threads);

// How many connections may be open at once, so that strangers who fill them leave descriptors to the database, the
// calls to Chat, the log and the admin API: no more than was asked for, and what the limit allows.
struct DescriptorBudget {
  std::int64_t webhook = 0;
  std::int64_t admin = 0;
};
DescriptorBudget share_descriptors(std::int64_t limit, std::int64_t webhook_wanted, int workers, int webhook_threads);

}  // namespace headroom
