#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/model/climate.h"
#include "tests/model/daemon.h"
#include "tests/model/world_chat.h"

namespace headroom::model {

// What users and operators do, at any time and best of all between two calls of a run.
class Life {
 public:
  // `daemon`: the present one, or null.
  // `reload`: of every node.
  Life(Outside& outside, const Climate& climate, std::vector<std::string> groups, std::function<Daemon*()> daemon,
       std::function<void(const Settings&)> reload)
      : outside_(outside),
        climate_(climate),
        groups_(std::move(groups)),
        daemon_(std::move(daemon)),
        reload_(std::move(reload)) {}

  // While a call is on its way.
  void stir(const Outside::Passing& call);
  // At any time, in any group.
  void anything();
  // An operator has a run of that group undone.
  void restore(const std::string& group_id);
  void calm() {
    climate_.stir = 0;
    calm_ = true;
  }

 private:
  void something(const std::string& group_id, const std::string& account);
  void user_does(const std::string& group_id, const std::string& account);
  void set_limit(const std::string& group_id, std::int64_t limit);
  void somebody_is_muted(const std::string& group_id, const std::string& account);
  void operator_does(const std::string& group_id, const std::string& account);
  void exempt(ExemptionKind kind, const std::string& subject);
  void lift(ExemptionKind kind, const std::string& subject);
  void pause();
  void resume();
  void start_run(const std::string& group_id);
  void decide(const std::string& group_id);
  void sweep();
  void reload(Daemon& daemon);
  Settings tweaked(Settings settings);
  // Everybody in it goes offline.
  void all_leave_the_screen(const std::string& group_id);
  std::string somebody(const std::string& group_id);
  std::string somebody_outside(const std::string& group_id);
  template <typename... Parts>
  void say(const char* who, const Parts&... parts) const {
    outside_.trace.say(outside_.timeline.now(), who, parts...);
  }

  Outside& outside_;
  Climate climate_;
  bool calm_ = false;
  const std::vector<std::string> groups_;
  const std::function<Daemon*()> daemon_;
  const std::function<void(const Settings&)> reload_;
  int newcomers_ = 0;
};

}  // namespace headroom::model
