#include "simulator/fault_effects.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

namespace chatsim {
namespace {

using rapidjson::Document;
using rapidjson::Value;

constexpr std::array<const char*, 4> kRowArrays = {"GroupInfo", "MemberList", "UserIdList", "QueryResult"};

// Spreads `percent` of the rows evenly over all of them.
bool hit(rapidjson::SizeType row, int percent) {
  const auto share = static_cast<rapidjson::SizeType>(std::clamp(percent, 0, 100));
  return (row + 1) * share / 100 != row * share / 100;
}

std::string text_at(const Value& row, const char* name) {
  const auto found = row.FindMember(name);
  return found != row.MemberEnd() && found->value.IsString() ? found->value.GetString() : "";
}

bool concerns(const Value& row, const Fault& fault) {
  const std::string group = text_at(row, "GroupId");
  return fault.group_id.empty() || group.empty() || group == fault.group_id;
}

void set_field(Document& answer, Value& row, const Fault& fault) {
  Document value(&answer.GetAllocator());
  value.Parse(fault.value);
  if (value.HasParseError()) throw std::invalid_argument("the value of a fault is not JSON");
  row.RemoveMember(fault.field.c_str());
  row.AddMember(Value(fault.field, answer.GetAllocator()), value, answer.GetAllocator());
}

void add_unknown(Document& answer, Value& object) {
  auto& memory = answer.GetAllocator();
  Value nested(rapidjson::kObjectType);
  nested.AddMember("Deep", Value(rapidjson::kArrayType).PushBack(1, memory).PushBack(Value(), memory), memory);
  object.AddMember("UnknownNumber", std::numeric_limits<std::uint64_t>::max(), memory);
  object.AddMember("UnknownObject", nested, memory);
}

void make_group_error(Document& answer, Value& row, const Fault& fault) {
  auto& memory = answer.GetAllocator();
  Value out(rapidjson::kObjectType);
  out.AddMember("GroupId", Value(text_at(row, "GroupId"), memory), memory);
  out.AddMember("ErrorCode", fault.code, memory);
  out.AddMember("ErrorInfo", "injected", memory);
  row = out;
}

void spoil_row(Document& answer, Value& row, rapidjson::SizeType index, const Fault& fault) {
  if (!row.IsObject() || !concerns(row, fault)) return;
  switch (fault.kind) {
    case FaultKind::kMissingField:
      if (hit(index, fault.percent)) row.RemoveMember(fault.field.c_str());
      break;
    case FaultKind::kSetField:
      if (hit(index, fault.percent)) set_field(answer, row, fault);
      break;
    case FaultKind::kExtraFields:
      add_unknown(answer, row);
      break;
    default:
      break;
  }
}

bool left_out(const Value& row, rapidjson::SizeType index, const Fault& fault) {
  std::string account = text_at(row, "Member_Account");
  if (account.empty()) account = text_at(row, "To_Account");
  const bool named = std::find(fault.accounts.begin(), fault.accounts.end(), account) != fault.accounts.end();
  return named || index < fault.count || hit(index, fault.percent);
}

void drop_rows(Document& answer, Value& rows, const Fault& fault) {
  Value kept(rapidjson::kArrayType);
  for (rapidjson::SizeType i = 0; i < rows.Size(); ++i) {
    if (!concerns(rows[i], fault) || !left_out(rows[i], i, fault)) kept.PushBack(rows[i], answer.GetAllocator());
  }
  rows = kept;
}

void spoil_rows(Document& answer, Value& rows, bool groups, const Fault& fault) {
  if (fault.kind == FaultKind::kMissingRows) drop_rows(answer, rows, fault);
  for (rapidjson::SizeType i = 0; i < rows.Size(); ++i) {
    if (groups && fault.kind == FaultKind::kGroupError && concerns(rows[i], fault)) {
      make_group_error(answer, rows[i], fault);
    }
    spoil_row(answer, rows[i], i, fault);
  }
}

}  // namespace

void spoil(Document& answer, const std::vector<Fault>& faults) {
  for (const Fault& fault : faults) {
    for (const char* name : kRowArrays) {
      const auto rows = answer.FindMember(name);
      if (rows != answer.MemberEnd() && rows->value.IsArray()) {
        spoil_rows(answer, rows->value, std::string(name) == "GroupInfo", fault);
      }
    }
    if (fault.kind == FaultKind::kMissingTopField) answer.RemoveMember(fault.field.c_str());
    if (fault.kind == FaultKind::kExtraFields) add_unknown(answer, answer);
  }
}

}  // namespace chatsim
