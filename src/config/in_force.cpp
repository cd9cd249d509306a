#include "config/in_force.h"

#include "config/keys.h"
#include "config/reload.h"

namespace headroom {

Configuration configuration_in_force(const Config& started, const Config& running) {
  Configuration shown;
  shown.file = started.sources.file;
  for (const ConfigKey& key : config_keys()) {
    const bool reloadable = is_reloaded(key.name);
    shown.keys.push_back(
        {std::string(key.name), key.show(reloadable ? running : started), std::string(key.fallback), reloadable});
  }
  // Tokens may be changed while it runs, the key for UserSig may not.
  shown.secrets = {{"chat-secret-key", started.chat.secret_key.has_value()},
                   {"webhook-token", !running.webhook.tokens.empty()},
                   {"admin-token", !running.admin.tokens.empty()}};
  shown.needs_restart = keys_that_need_a_restart(started, running);
  return shown;
}

}  // namespace headroom
