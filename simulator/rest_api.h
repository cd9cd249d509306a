#pragma once

#include <functional>
#include <string>
#include <vector>

#include "simulator/api_command.h"
#include "simulator/call_log.h"
#include "simulator/faults.h"
#include "simulator/gatekeeper.h"
#include "simulator/hooks.h"
#include "simulator/http_message.h"
#include "simulator/stop_signal.h"
#include "simulator/world.h"

namespace chatsim {

// `POST /v4/<service>/<command>`: checks a call in the order of the protocol note's section 7, applies it to the world
// and answers with status 200, unless a fault says otherwise. Safe to call from many threads.
class RestApi {
 public:
  struct Parts {
    World& world;
    Gatekeeper& gatekeeper;
    Faults& faults;
    Hooks& hooks;
    CallLog& log;
    StopSignal& stop;
    World::Sink sink;  // for the alarm webhook
  };
  static constexpr std::int64_t kLongestStallMs = 60'000;

  RestApi(Parts parts, const Limits& limits) : parts_(std::move(parts)), limits_(limits) {}

  HttpResponse handle(const HttpRequest& request);

 private:
  struct Incoming {
    const ApiCommand* command = nullptr;
    rapidjson::Document body;
    bool readable = false;  // the body is a JSON object
    Call call;
    std::string admin;
  };
  struct Result {
    ApiReply reply;
    HttpResponse response;  // but for the body of a status 200
    std::vector<Fault> faults;
    bool applied = false;
  };

  Incoming read(const HttpRequest& request) const;
  int admit(const HttpRequest& request, const Incoming& in);
  int check(const Incoming& in) const;
  int check_accounts(const Incoming& in) const;
  Result execute(const Incoming& in);
  void apply(const Incoming& in, Result& result);
  void spoil_response(Result& result);
  void raise_alarm(const Incoming& in, int calls) const;

  const Parts parts_;
  const Limits limits_;
};

}  // namespace chatsim
