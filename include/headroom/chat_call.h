#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "headroom/chat_errors.h"

namespace headroom {

// How far one HTTP request to Chat came.
enum class ChatContact {
  kAnswered,     // Chat itself answered, whatever it said
  kNothingSent,  // not a byte of the request went out: no address, no connection, no TLS
  kNoAnswer,     // sent, and no whole answer came
  kNotChat,      // something else answered: 404, HTML
  kInterrupted   // the daemon ended it: nothing is known of Chat
};

// One HTTP request to Chat, as it went.
struct ChatCall {
  std::string_view api;  // the command's name
  ChatOutcome outcome = ChatOutcome::kOutcomeUnknown;
  int code = 0;
  ChatContact contact = ChatContact::kNoAnswer;
  std::string detail;  // what was wrong, in words; never a secret
  double seconds = 0;
};

// Called on the thread that asks. Either may be empty.
struct ChatObserver {
  std::function<void()> began;  // a request is about to be sent
  std::function<void(const ChatCall&)> ended;
};

}  // namespace headroom
