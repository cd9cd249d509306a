#include "webhook/refusal.h"

#include "webhook/answer.h"

namespace headroom::webhook {

int status_of(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kPath:
      return 404;
    case RefusalReason::kMethod:
      return 405;
    case RefusalReason::kTooLarge:
      return 413;
    case RefusalReason::kPeer:
    case RefusalReason::kSdkAppId:
    case RefusalReason::kSign:
    case RefusalReason::kRequestTime:
      return 403;
    case RefusalReason::kMalformed:
    case RefusalReason::kCommand:
    case RefusalReason::kGroupId:
    case RefusalReason::kEventTime:
      return 400;
    case RefusalReason::kBusy:
    case RefusalReason::kStopping:
      return 503;
    case RefusalReason::kStorage:
      return 500;
  }
  return 500;
}

std::string hint_of(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kPath:
      return "the console's callback URL has another path than webhook.path";
    case RefusalReason::kMethod:
      return "Chat sends POST: this was somebody else";
    case RefusalReason::kTooLarge:
      return "raise webhook.max_body, and client_max_body_size of the nginx in front";
    case RefusalReason::kPeer:
      return "if this is Chat, add the address to webhook.allow_from; if it is a proxy, to webhook.trusted_proxies";
    case RefusalReason::kSdkAppId:
      return "the webhook is another app's: compare chat.sdk_app_id with the console's SDKAppID";
    case RefusalReason::kSign:
      return "the token differs from the console's";
    case RefusalReason::kRequestTime:
      return "compare this machine's clock with the true time; webhook.request_time_window is what may lie between";
    case RefusalReason::kMalformed:
    case RefusalReason::kCommand:
    case RefusalReason::kGroupId:
    case RefusalReason::kEventTime:
      return "no webhook of Chat looks like this: somebody else sends it, or a proxy changes it";
    case RefusalReason::kBusy:
      return "more webhooks came than the disk takes in time: look at headroom_commit_seconds and webhook.queue";
    case RefusalReason::kStopping:
      return "the daemon is stopping; a sweep finds the groups whose webhook is lost";
    case RefusalReason::kStorage:
      return "look for the disk's or the database's error in this log";
  }
  return {};
}

Response answer_of(const Refusal& refusal) {
  Response response = webhook_fail(status_of(refusal.reason), refusal.text);
  if (refusal.reason == RefusalReason::kMethod) response.headers.emplace_back("Allow", "POST");
  return response;
}

}  // namespace headroom::webhook
