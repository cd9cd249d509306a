#include "chat/request_body.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <string_view>

namespace headroom::request_body {
namespace {

constexpr int kMaxListedGroups = 10'000;  // [34960]

// A JSON object, field by field.
class Object {
 public:
  Object() { writer_.StartObject(); }

  Object& text(std::string_view name, std::string_view value) {
    key(name);
    write(value);
    return *this;
  }
  Object& number(std::string_view name, std::int64_t value) {
    key(name);
    writer_.Int64(value);
    return *this;
  }
  Object& unsigned_number(std::string_view name, std::uint64_t value) {
    key(name);
    writer_.Uint64(value);
    return *this;
  }
  template <typename Texts>
  Object& list(std::string_view name, const Texts& values) {
    key(name);
    writer_.StartArray();
    for (const auto& value : values) write(value);
    writer_.EndArray();
    return *this;
  }
  // [{"<field>":"…"},…]
  Object& objects(std::string_view name, std::string_view field, const std::vector<std::string>& values) {
    key(name);
    writer_.StartArray();
    for (const std::string& value : values) {
      writer_.StartObject();
      text(field, value);
      writer_.EndObject();
    }
    writer_.EndArray();
    return *this;
  }
  Object& begin(std::string_view name) {
    key(name);
    writer_.StartObject();
    return *this;
  }
  Object& end() {
    writer_.EndObject();
    return *this;
  }
  Body done() {
    writer_.EndObject();
    if (!valid_) return std::nullopt;
    return std::string(buffer_.GetString(), buffer_.GetSize());
  }

 private:
  using Writer = rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>,
                                   rapidjson::CrtAllocator, rapidjson::kWriteValidateEncodingFlag>;

  void key(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void write(std::string_view value) {
    if (!writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()))) valid_ = false;
  }

  rapidjson::StringBuffer buffer_;
  Writer writer_{buffer_};
  bool valid_ = true;
};

constexpr std::array<std::string_view, 5> kGroupFields = {"Type", "Name", "MemberNum", "MaxMemberNum", "NextMsgSeq"};
constexpr std::array<std::string_view, 4> kMemberFields = {"Role", "JoinTime", "MsgSeq", "LastSendMsgTime"};

}  // namespace

Body get_group_info(const std::vector<std::string>& group_ids) {
  return Object()
      .list("GroupIdList", group_ids)
      .begin("ResponseFilter")
      .list("GroupBaseInfoFilter", kGroupFields)
      .end()
      .done();
}

Body get_group_member_info(const MemberQuery& query) {
  Object object;
  object.text("GroupId", query.group_id).number("Limit", query.limit);
  if (query.community) {
    object.text("Next", query.next);
  } else {
    object.number("Offset", query.offset);
  }
  return object.list("MemberInfoFilter", kMemberFields).done();
}

Body get_specified_group_member_info(const std::string& group_id, const std::vector<std::string>& accounts) {
  return Object()
      .text("GroupId", group_id)
      .list("Member_List_Account", accounts)
      .list("MemberInfoFilter", kMemberFields)
      .done();
}

Body get_role_in_group(const std::string& group_id, const std::vector<std::string>& accounts) {
  return Object().text("GroupId", group_id).list("User_Account", accounts).done();
}

Body query_online_status(const std::vector<std::string>& accounts) {
  return Object().list("To_Account", accounts).number("IsNeedDetail", 0).done();
}

Body delete_group_member(const std::string& group_id, const std::vector<std::string>& accounts, bool silence,
                         const std::string& reason) {
  return Object()
      .text("GroupId", group_id)
      .number("Silence", silence ? 1 : 0)
      .text("Reason", reason)
      .list("MemberToDel_Account", accounts)
      .done();
}

Body add_group_member(const std::string& group_id, const std::vector<std::string>& accounts, bool silence) {
  return Object()
      .text("GroupId", group_id)
      .number("Silence", silence ? 1 : 0)
      .objects("MemberList", "Member_Account", accounts)
      .done();
}

Body get_appid_group_list(const std::string& type, std::uint64_t next) {
  Object object;
  object.number("Limit", kMaxListedGroups).unsigned_number("Next", next);
  if (!type.empty()) object.text("GroupType", type);
  return object.done();
}

}  // namespace headroom::request_body
