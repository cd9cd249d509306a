#include "config/signing.h"

#include "headroom/names.h"

namespace headroom {

std::string unsigned_webhooks(const Config& config) {
  if (!config.webhook.tokens.empty() || !config.webhook.allow_from.empty()) return {};
  const std::string what =
      "anybody may send webhooks: there is neither a token (webhook.token_file, or the credential "
      "webhook-token) nor webhook.allow_from";
  if (!must_be_signed(config)) return what;
  return what + "; scheduler.mode=" + std::string(name_of(config.scheduler.mode)) +
         " needs one of them, or webhook.allow_unsigned=true";
}

bool must_be_signed(const Config& config) {
  const SchedulerMode mode = config.scheduler.mode;
  const bool removes = mode == SchedulerMode::kApprove || mode == SchedulerMode::kPrune;
  return removes && !config.webhook.allow_unsigned;
}

}  // namespace headroom
