#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chatsim {

// What a UserSig is checked against; `key` is used as raw bytes.
struct ExpectedSignature {
  std::uint64_t sdk_app_id = 0;
  std::string identifier;
  std::string key;
  std::int64_t now_s = 0;
};

// 0, or Chat's code of the first check that fails: 70003 unreadable, 70013 another identifier, 70014 another app,
// 70001 expired, 70009 signed with another key [34385]. A signing time ahead of `now_s` passes, as in Tencent's
// verifier.
int check_user_sig(std::string_view user_sig, const ExpectedSignature& expected);

}  // namespace chatsim
