#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>

#include "simulator/chatsim.h"
#include "tests/soak/node_process.h"

namespace headroom::soak {

// Of each API, in any second, by all nodes together.
inline constexpr std::int64_t kCallsPerSecond = 8;

// Of several nodes that remove members in small batches, with the shortest lease.
NodeProcess::Settings node_settings(const std::string& folder, const std::string& chat_url);
// A Chat to which each of them is an administrator. It counts calls and refuses none: what is allowed is judged here.
chatsim::ChatSimOptions chat_options(const std::set<std::string>& names);

// Full groups with 30 idle members each, a new one now and then; events are about the newest ones.
class FullGroups {
 public:
  explicit FullGroups(chatsim::World& world) : world_(world) {}

  std::string next();
  std::uint64_t count() const;
  // How many are still as full as they were.
  std::int64_t full() const;

 private:
  void create();

  chatsim::World& world_;
  mutable std::mutex mutex_;  // guards what follows
  std::uint64_t events_ = 0, groups_ = 0;
};

}  // namespace headroom::soak
