#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/model/climate.h"
#include "tests/model/daemon.h"
#include "tests/model/world_chat.h"

namespace headroom::model {

// What goes wrong around the daemon for a while: its own clock, Chat's rate limit, and strangers who forge webhooks.
class Mischief {
 public:
  Mischief(Outside& outside, const Climate& climate, std::vector<std::string> groups, std::function<Daemon*()> daemon,
           std::function<void(const Event&)> deliver)
      : outside_(outside),
        climate_(climate),
        groups_(std::move(groups)),
        daemon_(std::move(daemon)),
        deliver_(std::move(deliver)) {}

  // Puts all of it on the timeline.
  void plan(TimeMs start);
  // The clock is right from now on, and Chat lets calls through. Forgers and spoilt ids go on.
  void calm();

 private:
  void plan_clock(TimeMs start);
  void set_clock(DurationMs error);
  void expect_end_of_pause();
  void jam();
  void poison(const std::string& id);
  void ghost(const std::string& id);
  void forge_end(const std::string& group_id, DurationMs every, TimeMs until);
  Event event_of(Command command, const std::string& group_id);
  template <typename... Parts>
  void say(const char* who, const Parts&... parts) const {
    outside_.trace.say(outside_.timeline.now(), who, parts...);
  }

  Outside& outside_;
  const Climate& climate_;
  const std::vector<std::string> groups_;
  const std::function<Daemon*()> daemon_;
  const std::function<void(const Event&)> deliver_;
  std::uint64_t forged_ = 0;
  bool calm_ = false;
};

}  // namespace headroom::model
