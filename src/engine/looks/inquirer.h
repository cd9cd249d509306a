#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/gate/pause_switch.h"
#include "engine/gate/settings.h"
#include "engine/looks/chat_session.h"
#include "engine/looks/membership.h"
#include "headroom/control.h"
#include "headroom/inquiry.h"
#include "headroom/storage.h"

namespace headroom {

// Looks at one member of one group and has every rule judge it. Changes nothing, and pauses nothing, whatever Chat
// answers: who asks chooses the group and the account. Blocking; an object belongs to one thread at a time.
class Inquirer {
 public:
  Inquirer(ChatApi& chat, ReadView& view, Clock& clock, const SettingsCell& settings, const PauseSwitch& pause,
           std::function<double()> random)
      : chat_(chat), view_(view), clock_(clock), settings_(settings), pause_(pause), random_(std::move(random)) {}

  // Calls of Chat are tried again until `deadline` at most.
  Result<Inquiry> ask(const MemberQuestion& question, SteadyMs deadline);

 private:
  Standings standings_of(const Inquiry& inquiry) const;
  void judge(Inquiry& inquiry) const;
  std::vector<Reason> obstacles(const GroupInfo& group, bool clocks_agree) const;

  ChatApi& chat_;
  ReadView& view_;
  Clock& clock_;
  const SettingsCell& settings_;
  const PauseSwitch& pause_;
  const std::function<double()> random_;
};

}  // namespace headroom
