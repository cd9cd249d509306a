#include "cli/help.h"
#include "config/keys.h"
#include "manual/pages.h"
#include "manual/scdoc.h"

namespace headroom::manual {
namespace {

std::string section_of(const ConfigKey& key) { return std::string(key.name.substr(0, key.name.find('.'))); }

std::string key_text(const ConfigKey& key) {
  std::string meaning(key.meaning);
  if (!meaning.ends_with('.')) meaning += '.';
  meaning += " Allowed: " + std::string(key.allowed) + ". ";
  meaning += key.fallback.empty() ? "No default." : "Default: " + std::string(key.fallback) + ".";
  return definition(bold(key.name.substr(key.name.find('.') + 1)), meaning);
}

}  // namespace

std::string conf_page() {
  std::string text = page("headroom.conf", 5, version());
  text += heading("NAME") + "headroom.conf - configuration of headroomd\n\n";
  text += heading("SYNOPSIS") + "/etc/headroom/headroomd.conf\n\n";
  text +=
      heading("DESCRIPTION") +
      wrapped(
          "An INI file: sections in brackets, and lines *key = value*. *\\#* starts a comment at the start of a line "
          "or "
          "behind white space; within a word it belongs to the value. An unknown key, or a value that is not allowed, "
          "is "
          "an error, and all errors are said at once: *headroomd check-config*.",
          "") +
      "\n" +
      wrapped(
          "Durations are a whole number and its unit: 500ms 30s 10m 2h 7d. Sizes are bytes, or have a unit: 64KiB "
          "1MiB. "
          "Shares have their percent sign: 5%.",
          "") +
      "\n" +
      wrapped(
          "Each key may also stand on the command line, *--scheduler.mode* plan, or in the environment, "
          "HEADROOM\\_SCHEDULER\\_MODE; the command line is stronger than the environment, which is stronger than the "
          "file. Secrets stand in files of their own. Where a key that ends with \\_file is not set, the credential of "
          "the "
          "service is taken.",
          "") +
      "\n";
  std::string section;
  for (const ConfigKey& key : config_keys()) {
    if (section_of(key) != section) {
      section = section_of(key);
      text += heading("[" + section + "]");
    }
    text += key_text(key);
  }
  text += heading("EXAMPLE") +
          literal("[chat]\nsdk_app_id = 1400000000\nregion = singapore\n\n[scheduler]\nmode = approve\n");
  return text + heading("SEE ALSO") + "*headroomd*(8), *headroomctl*(1)\n";
}

}  // namespace headroom::manual
