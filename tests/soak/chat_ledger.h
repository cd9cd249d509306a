#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "simulator/chatsim.h"

namespace headroom::soak {

// What the nodes have asked of Chat, and who has gone, by the simulator's own account. Each node signs as another
// administrator, so that it is seen whose call it is.
class ChatLedger {
 public:
  struct Findings {
    std::int64_t deletes = 0, again = 0;  // calls; accounts that stood in more than one of them
    std::int64_t removed = 0;             // members who have gone
    std::int64_t without_look = 0;        // sent again, and nobody has looked since the call before was over
    std::int64_t removed_twice = 0;
    std::int64_t strange = 0;  // removed, and no idle member
    std::int64_t at_once = 0;  // calls of one node while another one's was under way
    std::int64_t most_in_a_second = 0;
    // Seconds with more calls than are allowed. A node's calls do not come as evenly as it has sent them: where all
    // are of one node, that many have to come within 850 ms.
    std::int64_t too_dense = 0;
    std::string densest;                             // that second's calls: by whom, and at which of its milliseconds
    std::map<std::string, std::int64_t> deletes_of;  // by node
    std::vector<std::string> told;                   // the first of what must not be
  };

  // Some delete calls take long to be carried out, some to be answered, a few for longer than anybody waits; and some
  // are lost, with or without their effect.
  ChatLedger(chatsim::ChatSim& sim, std::uint64_t seed);

  Findings compare(std::int64_t calls_per_second) const;

 private:
  struct Delete {
    std::string node;
    std::vector<std::string> accounts;  // "group/account"
    std::int64_t at_ms = 0;             // of its coming
    std::int64_t order = 0, over = 0;   // numbers of moments
  };
  void before_delete(const chatsim::Call& call);
  void after_delete();
  void looked(const chatsim::Call& call);
  int up_to(int ms);
  void judge_repeats(Findings& findings) const;
  void judge_pace(Findings& findings, std::int64_t calls_per_second) const;
  void judge_overlaps(Findings& findings) const;
  static void tell(Findings& findings, const std::string& what);

  chatsim::ChatSim& sim_;
  mutable std::mutex mutex_;  // guards what follows
  std::mt19937_64 random_;
  std::int64_t moment_ = 0;
  std::vector<Delete> deletes_;
  std::map<std::string, std::vector<std::int64_t>> looks_;  // "group/account" → moments
};

}  // namespace headroom::soak
