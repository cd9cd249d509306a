// Who left a group, of the webhook that says so. A body with an odd list is still an event.
#include <rapidjson/reader.h>

#include <algorithm>
#include <utility>

#include "headroom/event.h"
#include "text/json_repair.h"
#include "text/utf8.h"

namespace headroom {
namespace {

constexpr std::size_t kMaxAccountBytes = 256;

bool is_account(std::string_view text) {
  return !text.empty() && text.size() <= kMaxAccountBytes && is_utf8(text) &&
         std::none_of(text.begin(), text.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte < 0x20 || byte == 0x7f;
         });
}

// Streams through {"ExitType":"Quit","ExitMemberList":[{"Member_Account":"a"},…]}.
class ExitReader : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, ExitReader> {
 public:
  bool Default() { return true; }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    const std::string_view key(text, length);
    if (depth_ == 1) {
      in_list_ = key == "ExitMemberList";
      is_type_ = key == "ExitType";
    }
    is_account_ = depth_ == 3 && in_list_ && key == "Member_Account";
    return true;
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    const std::string_view value(text, length);
    if (depth_ == 1 && is_type_) quit = value == "Quit";
    if (depth_ == 3 && is_account_ && is_account(value) && accounts.size() < kMaxExits) accounts.emplace_back(value);
    return true;
  }
  bool StartObject() { return ++depth_ <= kMaxJsonDepth; }
  bool EndObject(rapidjson::SizeType) { return --depth_ >= 0; }
  bool StartArray() { return ++depth_ <= kMaxJsonDepth; }
  bool EndArray(rapidjson::SizeType) { return --depth_ >= 0; }

  bool quit = false;
  std::vector<std::string> accounts;

 private:
  int depth_ = 0;
  bool in_list_ = false;
  bool is_type_ = false;
  bool is_account_ = false;
};

}  // namespace

Exits read_exits(std::string_view body) {
  const std::string readable = readable_json(body);
  if (!readable.empty()) body = readable;
  if (body.find('\0') != std::string_view::npos) return {};
  ExitReader handler;
  rapidjson::MemoryStream stream(body.data(), body.size());
  rapidjson::Reader reader;
  if (reader.Parse<rapidjson::kParseIterativeFlag>(stream, handler).IsError()) return {};
  return {!handler.quit, std::move(handler.accounts)};
}

}  // namespace headroom
