// What the daemon hears of its calls of Chat.
#include <memory>
#include <string>

#include "daemon/app.h"
#include "daemon/operator_log.h"
#include "headroom/names.h"

namespace headroom {
namespace {

// "host:port" of "https://host:port/…".
std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t start = scheme == std::string::npos ? 0 : scheme + 3;
  return url.substr(start, url.find('/', start) - start);
}

}  // namespace

ChatWatch::Hooks App::watch_hooks() {
  ChatWatch::Hooks hooks;
  const std::string host = host_of(config_.chat.base_url);
  hooks.outage_began = [this, host](const std::string& cause) { operator_log::chat_unreachable(log_, host, cause); };
  hooks.outage_ended = [this, host](DurationMs lasted) { operator_log::chat_reachable_again(log_, host, lasted); };
  return hooks;
}

// Of one client, which belongs to one thread: one request at a time.
ChatObserver App::observe_chat(Progress::Pulse* pulse) {
  const auto sent_at = std::make_shared<DurationMs>(0);
  ChatObserver observer;
  observer.began = [this, sent_at] {
    *sent_at = clock_.steady_now().ms;
    chat_watch_.began(*sent_at);
  };
  observer.ended = [this, sent_at, pulse](const ChatCall& call) {
    if (pulse != nullptr) pulse->beat();
    metrics_.chat_request(call);
    chat_watch_.ended(call, *sent_at, clock_.steady_now().ms, clock_.now());
    if (call.outcome == ChatOutcome::kDone) return;
    log_.debug("chat call", {{"api", call.api}, {"outcome", name_of(call.outcome)}, {"detail", call.detail}});
  };
  return observer;
}

}  // namespace headroom
