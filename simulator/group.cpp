#include "simulator/group.h"

#include <algorithm>
#include <array>

namespace chatsim {

bool is_group_type(std::string_view type) {
  static constexpr std::array<std::string_view, 5> kTypes = {"Private", "Public", "ChatRoom", "AVChatRoom",
                                                             "Community"};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

bool is_group_id(std::string_view id) {
  const std::size_t longest = id.starts_with("@TGS#") ? 64 : 48;
  const bool printable = std::all_of(id.begin(), id.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
  return !id.empty() && id.size() <= longest && printable && id.find("@TOPIC#_") == std::string_view::npos;
}

}  // namespace chatsim
