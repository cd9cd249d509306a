#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "simulator/stop_signal.h"
#include "simulator/world.h"

namespace chatsim {

struct JoinersOptions {
  std::vector<std::string> groups;  // empty: those that are full at the start
  std::int64_t interval_ms = 500;   // between two rounds; 10..60000
  int attempts = 60;                // in each group; at most 10000
  bool until_joined = true;         // leave a group alone once somebody got in
};

// New users who keep trying to get into full groups; stops by itself.
class Joiners {
 public:
  struct Counts {
    std::uint64_t attempts = 0;
    std::uint64_t joined = 0;
    bool running = false;
  };

  explicit Joiners(World& world) : world_(world) {}
  ~Joiners() { stop(); }
  Joiners(const Joiners&) = delete;
  Joiners& operator=(const Joiners&) = delete;

  // False while they run.
  bool start(JoinersOptions options);
  void stop();
  Counts counts() const;

 private:
  void run(JoinersOptions options);
  bool try_once(const std::string& group_id);

  World& world_;
  StopSignal stop_;

  mutable std::mutex mutex_;
  Counts counts_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace chatsim
