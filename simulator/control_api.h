#pragma once

#include <rapidjson/document.h>

#include "simulator/call_log.h"
#include "simulator/faults.h"
#include "simulator/http_message.h"
#include "simulator/joiners.h"
#include "simulator/webhook_sender.h"
#include "simulator/world.h"

namespace chatsim {

// `/sim/…`: steers the simulator from scripts. JSON in, JSON out; 400 with `{"error":…}` for what it can not do.
//
// - GET  groups: every group with its member count
// - GET  ledger?after=ID: changes behind ID, at most 1000
// - GET  stats: calls by command, webhooks, joiners, faults
// - POST groups {"group_id","type","name","max_members","next_msg_seq","last_message_days","prefix", counts of a
//   Population}: last_message_days ago was the last message, else when a member spoke last
// - POST join {"group_id","account"}, or {"group_id","count":N} for N new users
// - POST leave {"group_id","account"}
// - POST speak {"group_id","account"}: a message of this member; moves NextMsgSeq and LastMsgTime, too
// - POST messages {"group_id","count"}: of the app's own; no member's record moves
// - POST read {"group_id","account","msg_seq"}: up to this message; without one, to the newest
// - POST mute {"group_id","account","until"}: Unix seconds, 0 = may speak again
// - POST mute-all {"group_id","on"}
// - POST destroy {"group_id"}
// - POST max {"group_id","max_members"}: by the group's owner, whom nothing hinders
// - POST ceiling {"type","max_members","cuts"}: above it modify_group_base_info is refused with 10038, or cut
// - POST below-members {"allowed"}: whether that call may set a limit below the number of members; else 10004
// - POST webhook-url {"url"}
// - POST flush: waits until the webhooks are out
// - POST faults {"api","kind", fields of a Fault,"times"}: kind in snake case; times -1 = for ever
// - POST faults/clear
// - POST scenario {"name":"demo"}
// - POST joiners {"groups","interval_ms","attempts","until_joined"}
class ControlApi {
 public:
  struct Parts {
    World& world;
    WebhookSender& webhooks;
    Faults& faults;
    CallLog& log;
    Joiners& joiners;
  };

  explicit ControlApi(Parts parts) : parts_(parts) {}

  HttpResponse handle(const HttpRequest& request);

 private:
  using Json = rapidjson::Document;
  // False: answered with 400.
  using Action = bool (ControlApi::*)(const rapidjson::Value& in, Json& out);

  HttpResponse get(const HttpRequest& request);
  HttpResponse post(const HttpRequest& request);
  void write_group(const GroupInfo& group, rapidjson::Value& list, Json& out) const;
  void write_ledger(std::uint64_t after, Json& out) const;
  void write_stats(Json& out) const;

  bool create_group(const rapidjson::Value& in, Json& out);
  bool join(const rapidjson::Value& in, Json& out);
  bool leave(const rapidjson::Value& in, Json& out);
  bool speak(const rapidjson::Value& in, Json& out);
  bool add_messages(const rapidjson::Value& in, Json& out);
  bool read(const rapidjson::Value& in, Json& out);
  bool mute(const rapidjson::Value& in, Json& out);
  bool mute_all(const rapidjson::Value& in, Json& out);
  bool destroy(const rapidjson::Value& in, Json& out);
  bool set_max(const rapidjson::Value& in, Json& out);
  bool set_ceiling(const rapidjson::Value& in, Json& out);
  bool allow_below_members(const rapidjson::Value& in, Json& out);
  bool set_webhook_url(const rapidjson::Value& in, Json& out);
  bool flush(const rapidjson::Value& in, Json& out);
  bool add_fault(const rapidjson::Value& in, Json& out);
  bool clear_faults(const rapidjson::Value& in, Json& out);
  bool scenario(const rapidjson::Value& in, Json& out);
  bool start_joiners(const rapidjson::Value& in, Json& out);

  const Parts parts_;
};

}  // namespace chatsim
