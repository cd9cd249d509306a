// config and secrets: what the loader has found, told apart.
#include <algorithm>

#include "doctor/checks/checks.h"
#include "headroom/names.h"

namespace headroom::doctor {
namespace {

constexpr const char* kConfigRemedy =
    "correct it, then `systemctl reload headroomd` (a restart for what a reload does not re-read)";
constexpr const char* kSecretRemedy =
    "put the secret into /etc/credstore/headroom.NAME (mode 0600, root), or name its file in the configuration";

}  // namespace

Finding check_config(Examination& examination) {
  Findings findings;
  for (const ConfigProblem& problem : examination.result.errors) {
    if (!is_about_secrets(problem)) findings.add(failed(problem.message, kConfigRemedy));
  }
  for (const ConfigProblem& problem : examination.result.warnings) {
    if (!is_about_secrets(problem)) {
      findings.add(warning(problem.message, "change it, or leave it so if it is meant"));
    }
  }
  const Config& config = examination.config();
  return findings.take(config.sources.file + ": mode " + std::string(name_of(config.scheduler.mode)) + ", app " +
                       std::to_string(config.chat.sdk_app_id));
}

Finding check_secrets(Examination& examination) {
  if (is_unreadable(examination.result)) return skipped("the configuration can not be read");
  Findings findings;
  for (const ConfigProblem& problem : examination.result.errors) {
    if (is_about_secrets(problem)) findings.add(failed(problem.message, kSecretRemedy));
  }
  for (const ConfigProblem& problem : examination.result.warnings) {
    if (!is_about_secrets(problem)) continue;
    if (problem.hidden) {
      findings.add(skipped(problem.message, "run it as root"));
    } else {
      findings.add(warning(problem.message, "correct it as it says; a secret's file has the mode 0600"));
    }
  }
  const Config& config = examination.config();
  const auto says = [&](const char* key) {
    const auto is_of = [&](const ConfigProblem& problem) { return problem.key == key; };
    return std::ranges::any_of(examination.result.errors, is_of) ||
           std::ranges::any_of(examination.result.warnings, is_of);
  };
  if (config.admin.tokens.empty() && !says("admin.token_file")) {
    findings.add(warning("there is no admin-token: the admin API answers 401 to everybody",
                         "`openssl rand -hex 32` into /etc/credstore/headroom.admin-token (mode 0600, root)"));
  }
  std::string set;
  for (const auto& [name, is_set] : {std::pair{"chat-secret-key", config.chat.secret_key.has_value()},
                                     std::pair{"webhook-token", !config.webhook.tokens.empty()},
                                     std::pair{"admin-token", !config.admin.tokens.empty()}}) {
    if (is_set) set += (set.empty() ? "" : ", ") + std::string(name);
  }
  return findings.take("set: " + (set.empty() ? std::string("none, none is needed") : set));
}

}  // namespace headroom::doctor
