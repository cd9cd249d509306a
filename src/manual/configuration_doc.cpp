#include "config/keys.h"
#include "config/reload.h"
#include "manual/pages.h"

namespace headroom::manual {
namespace {

constexpr std::string_view kBegin = R"(# Configuration

<!-- Made from the table of keys by `headroom-manual configuration.md`; not to be changed by hand. -->

`/etc/headroom/headroomd.conf` is an INI file: sections in brackets, lines `key = value`. `#` begins a comment at the start of a line or
after white space; within a word it belongs to the value. Values stand without quotes. Only `chat.sdk_app_id` has to be set.

* Stronger than the file is the environment, `HEADROOM_SCHEDULER_MODE=plan`, and stronger than that the command line,
  `--scheduler.mode plan`.
* Durations are a whole number and its unit: `500ms 30s 10m 2h 7d`. Sizes are bytes, or have a unit: `64KiB 1MiB`. Shares have their percent
  sign: `5%`.
* Secrets stand in files of their own. Where a key that ends with `_file` is not set, the unit's credential is taken:
  `/etc/credstore/headroom.chat-secret-key`, `headroom.webhook-token`, `headroom.admin-token`, `headroom.database-password`.
* An unknown key, or a value that is not allowed, is an error. `headroomd check-config` says all of them at once, and warns of what is
  allowed but hardly meant. `headroomd check-config --json` has the values in force.
* *Takes effect* says what a change needs: `systemctl reload headroomd`, which a file with faults makes fail without a change, or
  `systemctl restart headroomd`. The log names each key that changed.

The same as a man page: `man headroom.conf`. How to choose the policy: [policy.md](policy.md).
)";

// Text in a cell of a table: nothing in it is a mark.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '*' || c == '<' || c == '`') out += '\\';
    out += c;
  }
  return out;
}

std::string code(std::string_view text) { return text.empty() ? "–" : "`" + std::string(text) + "`"; }

std::string row(const ConfigKey& key) {
  return "| " + code(key.name) + " | " + code(key.fallback) + " | " + cell(key.allowed) + " | " + cell(key.meaning) +
         " | " + (is_reloaded(key.name) ? "reload" : "restart") + " |\n";
}

}  // namespace

std::string configuration_doc() {
  std::string text(kBegin);
  std::string_view section;
  for (const ConfigKey& key : config_keys()) {
    const std::string_view own = key.name.substr(0, key.name.find('.'));
    if (own != section) {
      section = own;
      text += "\n## " + std::string(section) +
              "\n\n| key | default | allowed | meaning | takes effect |\n|---|---|---|---|---|\n";
    }
    text += row(key);
  }
  return text;
}

}  // namespace headroom::manual
