#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "chat/rate_limiter.h"
#include "chat/rest_client.h"
#include "chat/user_sig_cache.h"
#include "config/config.h"
#include "doctor/limits.h"
#include "doctor/surroundings.h"
#include "headroom/chat_call.h"

namespace headroom::doctor {

// What came of asking Chat.
struct ChatAnswer {
  ChatContact contact = ChatContact::kNothingSent;
  ChatOutcome outcome = ChatOutcome::kNotSent;
  int code = 0;
  std::string cause;  // why there was no answer of Chat's
  double seconds = 0;
  bool is_signed = false;
  bool answered() const { return contact == ChatContact::kAnswered; }
};

// Chat as several checks see it: each question is asked once, by the first that needs its answer, and only ones that
// change nothing.
class ChatProbe {
 public:
  ChatProbe(const Config& config, const Surroundings& surroundings, const TimeLeft& time);

  const std::string& host() const { return host_; }
  const std::string& base_url() const { return config_.chat.base_url; }
  bool is_local() const { return is_loopback(host_); }
  bool is_secure() const;
  // Of the host's name; a loopback address stands for itself.
  const Resolution& resolution();
  // Asks for a group that does not exist: signed where there is a key, otherwise unsigned, which Chat refuses in its
  // own words.
  const ChatAnswer& first();
  // Chat's clock minus ours; nullopt until an answer said it.
  std::optional<DurationMs> clock_offset() const { return clock_offset_; }

  // Signed, after first() was answered.
  ChatAnswer list_groups();
  ChatAnswer online_status();

 private:
  ChatAnswer ask_signed();
  ChatAnswer ask_unsigned();
  RestClient& client();

  const Config& config_;
  const Surroundings& surroundings_;
  const TimeLeft& time_;
  const std::string host_;
  std::optional<Resolution> resolution_;
  std::optional<ChatAnswer> first_;
  std::optional<DurationMs> clock_offset_;
  std::unique_ptr<UserSigCache> sigs_;
  std::unique_ptr<RateLimiter> limiter_;
  std::unique_ptr<RestClient> client_;
  ChatCall last_call_;  // what the client has reported
};

}  // namespace headroom::doctor
