#include "daemon/chat_clients.h"

#include <chrono>
#include <string>
#include <system_error>
#include <utility>

#include "chat/rest_client.h"

namespace headroom {
namespace {

constexpr DurationMs kCallsInFlight = 4 * kSecondMs;

std::string key_of(const Config& config) { return config.chat.secret_key ? config.chat.secret_key->expose() : ""; }

}  // namespace

ChatClients::ChatClients(const Ground& ground)
    : ground_(ground),
      sigs_(ground.clock, ground.config.chat.sdk_app_id, ground.config.chat.admin_identifier, key_of(ground.config)),
      question_sigs_(ground.clock, ground.config.chat.sdk_app_id, ground.config.chat.admin_identifier,
                     key_of(ground.config)),
      limiter_(ground.clock, ground.config.chat.calls_per_second) {}

ChatClients::~ChatClients() { end_stop(); }

std::unique_ptr<ChatApi> ChatClients::make(UserSigCache& sigs, CallPriority priority, const LeadersWriter* writer,
                                           Progress::Pulse* pulse) {
  const ChatConfig& chat = ground_.config.chat;
  RestClientOptions options;
  options.sdk_app_id = chat.sdk_app_id;
  options.identifier = chat.admin_identifier;
  options.base_url = chat.base_url;
  options.request_timeout_ms = chat.request_timeout;
  options.priority = priority;
  if (writer != nullptr) options.before_request = [writer] { writer->require_lead(); };
  options.clock_seen = clock_seen_;
  return std::make_unique<RestClient>(options, sigs, limiter_, ground_.clock, ground_.observer.of_calls(pulse),
                                      &cancelled_);
}

void ChatClients::forget_rejections() {
  sigs_.forget_rejection();
  question_sigs_.forget_rejection();
}

void ChatClients::begin_stop() {
  if (impatience_.joinable()) return;
  try {
    impatience_ = std::thread([this] {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, std::chrono::milliseconds(kCallsInFlight), [this] { return ended_; });
      cancelled_ = true;
    });
  } catch (const std::system_error&) {
    cancelled_ = true;  // nobody else would end them, and a stop has its time
  }
}

void ChatClients::end_stop() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  if (impatience_.joinable()) impatience_.join();
}

}  // namespace headroom
