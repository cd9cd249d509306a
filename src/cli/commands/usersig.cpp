#include "cli/commands/usersig.h"

#include <chrono>
#include <ostream>

#include "chat/user_sig.h"
#include "cli/exit.h"
#include "config/file.h"
#include "config/keys.h"

namespace headroom {
namespace {

constexpr DurationMs kMostExpire = 365 * kDayMs;

}  // namespace

int run_usersig(const CommandContext& context) {
  const Config& config = context.config;
  DurationMs expire = kHourMs;
  if (const auto& text = context.invocation.expire) {
    const auto parsed = parse_duration(*text);
    if (!parsed || *parsed < kSecondMs || *parsed > kMostExpire) {
      context.err.error("--expire = " + quote_value(*text) + " is not allowed; allowed: 1s..365d");
      return exit_status::kConfiguration;
    }
    expire = *parsed;
  }
  std::string identifier = config.chat.admin_identifier;
  if (const auto& text = context.invocation.identifier) {
    Config checked;
    const ConfigKey* key = find_config_key("chat.admin_identifier");
    if (!key->assign(checked, *text)) {
      context.err.error("--identifier = " + quote_value(*text) +
                        " is not allowed; allowed: " + std::string(key->allowed));
      return exit_status::kConfiguration;
    }
    identifier = *text;
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  context.out << sign_user_sig(config.chat.sdk_app_id, identifier, config.chat.secret_key->expose(),
                               std::chrono::duration_cast<std::chrono::seconds>(now).count(), expire / kSecondMs)
              << '\n';
  return exit_status::kOk;
}

}  // namespace headroom
