// What `POST /sim/…` does.
#include "simulator/control_api.h"
#include "simulator/fault_request.h"
#include "simulator/json_field.h"
#include "simulator/population.h"
#include "simulator/scenario.h"

namespace chatsim {
namespace {

using rapidjson::Value;

constexpr std::int64_t kMostMembers = 100'000;
constexpr std::int64_t kMostDays = 3650;
constexpr std::int64_t kMostJoins = 10'000;

std::string text_or(const Value& in, const char* name, const char* otherwise) {
  return text(field(in, name)).value_or(otherwise);
}

int count_at(const Value& in, const char* name, int otherwise) {
  const std::int64_t given = number(field(in, name)).value_or(otherwise);
  return given < 0 || given > kMostMembers ? 0 : static_cast<int>(given);
}

const char* to_string(JoinOutcome outcome) {
  switch (outcome) {
    case JoinOutcome::kJoined:
      return "joined";
    case JoinOutcome::kAlreadyMember:
      return "already_member";
    case JoinOutcome::kRefusedFull:
      return "refused_full";
    case JoinOutcome::kNoGroup:
      return "no_group";
  }
  return "unknown";
}

}  // namespace

bool ControlApi::create_group(const Value& in, Json& out) {
  GroupSpec spec;
  spec.id = text_or(in, "group_id", "");
  spec.type = text_or(in, "type", "Public");
  spec.name = text_or(in, "name", "");
  spec.max_members = number(field(in, "max_members")).value_or(200);
  spec.next_msg_seq = number(field(in, "next_msg_seq")).value_or(5001);
  if (const Value* days = field(in, "last_message_days")) {
    const std::int64_t given = number(days).value_or(-1);
    if (given < 0 || given > kMostDays) return false;
    spec.last_msg_s = parts_.world.now_ms() / 1000 - given * 86'400;
  }
  Population population;
  population.prefix = text_or(in, "prefix", ("m" + std::to_string(parts_.world.ledger_size())).c_str());
  population.owners = count_at(in, "owners", 1) > 0 ? 1 : 0;
  population.admins = count_at(in, "admins", 0);
  population.newcomers = count_at(in, "newcomers", 0);
  population.active = count_at(in, "active", 0);
  population.readers = count_at(in, "readers", 0);
  population.online = count_at(in, "online", 0);
  population.inactive = count_at(in, "inactive", 0);
  population.inactive_days = count_at(in, "inactive_days", 60);
  if (!create_populated(parts_.world, spec, population)) return false;
  Value groups(rapidjson::kArrayType);
  write_group(*parts_.world.group(spec.id), groups, out);
  out.AddMember("groups", groups, out.GetAllocator());
  return true;
}

bool ControlApi::join(const Value& in, Json& out) {
  const std::string group = text_or(in, "group_id", "");
  const std::string account = text_or(in, "account", "");
  const std::int64_t count = account.empty() ? number(field(in, "count")).value_or(1) : 1;
  if (!parts_.world.group(group) || count < 1 || count > kMostJoins) return false;
  auto& memory = out.GetAllocator();
  Value results(rapidjson::kArrayType);
  for (std::int64_t i = 0; i < count; ++i) {
    // The ledger grows with every attempt, so that these names are new.
    const std::string who =
        account.empty() ? "visitor-" + std::to_string(parts_.world.ledger_size()) + '-' + std::to_string(i) : account;
    Value row(rapidjson::kObjectType);
    row.AddMember("account", Value(who, memory), memory);
    row.AddMember("result", rapidjson::StringRef(to_string(parts_.world.join(group, who))), memory);
    results.PushBack(row, memory);
  }
  out.AddMember("results", results, memory);
  return true;
}

bool ControlApi::leave(const Value& in, Json&) {
  return parts_.world.leave(text_or(in, "group_id", ""), text_or(in, "account", ""));
}

bool ControlApi::speak(const Value& in, Json&) {
  return parts_.world.speak(text_or(in, "group_id", ""), text_or(in, "account", ""));
}

bool ControlApi::add_messages(const Value& in, Json&) {
  return parts_.world.add_messages(text_or(in, "group_id", ""), number(field(in, "count")).value_or(-1));
}

bool ControlApi::read(const Value& in, Json&) {
  const std::string group = text_or(in, "group_id", "");
  const std::string account = text_or(in, "account", "");
  const Value* up_to = field(in, "msg_seq");
  return up_to == nullptr ? parts_.world.read(group, account)
                          : parts_.world.read(group, account, number(up_to).value_or(-1));
}

bool ControlApi::mute(const Value& in, Json&) {
  const std::int64_t until_s = number(field(in, "until")).value_or(-1);
  return parts_.world.mute(text_or(in, "group_id", ""), text_or(in, "account", ""), until_s);
}

bool ControlApi::mute_all(const Value& in, Json&) {
  const Value* on = field(in, "on");
  return on != nullptr && on->IsBool() && parts_.world.mute_all(text_or(in, "group_id", ""), on->GetBool());
}

bool ControlApi::destroy(const Value& in, Json&) { return parts_.world.destroy(text_or(in, "group_id", "")); }

bool ControlApi::set_max(const Value& in, Json&) {
  return parts_.world.set_max(text_or(in, "group_id", ""), number(field(in, "max_members")).value_or(0));
}

bool ControlApi::set_ceiling(const Value& in, Json&) {
  const std::string type = text_or(in, "type", "");
  const std::int64_t max_members = number(field(in, "max_members")).value_or(0);
  const Value* cuts = field(in, "cuts");
  if (!is_group_type(type) || max_members < 1 || (cuts != nullptr && !cuts->IsBool())) return false;
  parts_.world.set_ceiling(type, {max_members, cuts != nullptr && cuts->GetBool()});
  return true;
}

bool ControlApi::allow_below_members(const Value& in, Json&) {
  const Value* allowed = field(in, "allowed");
  if (allowed == nullptr || !allowed->IsBool()) return false;
  parts_.world.allow_limit_below_members(allowed->GetBool());
  return true;
}

bool ControlApi::set_webhook_url(const Value& in, Json&) {
  const auto url = text(field(in, "url"));
  if (!url) return false;
  parts_.webhooks.set_url(*url);
  return true;
}

bool ControlApi::flush(const Value&, Json& out) {
  out.AddMember("flushed", parts_.webhooks.flush(), out.GetAllocator());
  return true;
}

bool ControlApi::add_fault(const Value& in, Json&) {
  const auto api = text(field(in, "api"));
  const auto fault = parse_fault(in);
  if (!api || !fault) return false;
  parts_.faults.add(*api, *fault);
  return true;
}

bool ControlApi::clear_faults(const Value&, Json&) {
  parts_.faults.clear();
  return true;
}

bool ControlApi::scenario(const Value& in, Json& out) {
  const auto ids = play_scenario(parts_.world, text_or(in, "name", ""));
  if (!ids) return false;
  Value groups(rapidjson::kArrayType);
  for (const std::string& id : *ids) {
    if (const auto group = parts_.world.group(id)) write_group(*group, groups, out);
  }
  out.AddMember("groups", groups, out.GetAllocator());
  return true;
}

bool ControlApi::start_joiners(const Value& in, Json&) {
  JoinersOptions options;
  options.groups = texts(field(in, "groups")).value_or(std::vector<std::string>());
  options.interval_ms = number(field(in, "interval_ms")).value_or(options.interval_ms);
  options.attempts = count_at(in, "attempts", options.attempts);
  if (const Value* until = field(in, "until_joined"); until != nullptr && until->IsBool()) {
    options.until_joined = until->GetBool();
  }
  return parts_.joiners.start(std::move(options));
}

}  // namespace chatsim
