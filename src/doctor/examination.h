#pragma once

#include "config/config.h"
#include "doctor/chat_probe.h"
#include "doctor/check.h"
#include "doctor/limits.h"
#include "doctor/problems.h"
#include "doctor/request.h"
#include "doctor/surroundings.h"

namespace headroom::doctor {

// What one call of the doctor knows, and what its checks share.
struct Examination {
  Examination(const ConfigResult& what, const Request& asked, const Surroundings& where)
      : result(what), request(asked), surroundings(where), time(where.clock), chat(what.config, where, time) {}

  const Config& config() const { return result.config; }

  const ConfigResult& result;
  const Request& request;
  const Surroundings& surroundings;
  const TimeLeft time;
  ChatProbe chat;
};

}  // namespace headroom::doctor
