#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "config/keys.h"
#include "config/load.h"
#include "tests/config/config_files.h"
#include "tests/support/places.h"

// The files in config/.
namespace headroom {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::string kFolder = std::string(test::source_folder()) + "/config/";

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The part of one key: from the end of the last one's line to its own.
std::string part_of(const std::string& text, const ConfigKey& key) {
  const std::string section(key.name.substr(0, key.name.find('.')));
  const std::string name(key.name.substr(section.size() + 1));
  const auto start = text.find("\n[" + section + "]\n");
  const auto line = text.find("\n#" + name + " =", start);
  if (start == std::string::npos || line == std::string::npos) return {};
  const auto before = text.rfind("\n\n", line);
  return text.substr(before + 2, text.find('\n', line + 1) - before - 2);
}

TEST(ShippedConfig, ListsEveryKeyWithDefaultAndRange) {
  const std::string text = read(kFolder + "headroomd.conf");
  for (const ConfigKey& key : config_keys()) {
    const std::string part = part_of(text, key);
    EXPECT_THAT(part, HasSubstr("# Allowed: " + std::string(key.allowed) + ".")) << key.name;
    const std::string fallback(key.fallback);
    EXPECT_TRUE(part.ends_with(fallback.empty() ? " =" : " = " + fallback)) << key.name << ": " << part;
    std::istringstream words{std::string(key.meaning)};
    for (std::string word; words >> word;) EXPECT_THAT(part, HasSubstr(word)) << key.name;
  }
}

// Uncommented, each line is what the key allows.
TEST(ShippedConfig, LoadsAsItIsAndWithEveryDefaultWrittenOut) {
  const ConfigFiles files;
  const std::string text = read(kFolder + "headroomd.conf");
  std::string written_out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool is_default =
        line.starts_with('#') && !line.starts_with("# ") && !line.ends_with(" =") && line.size() > 1;
    written_out += (is_default ? line.substr(1) : line) + "\n";
  }
  ConfigSources sources;
  sources.command_line = {{"chat.sdk_app_id", "1400000000"}, {"scheduler.mode", "observe"}};
  for (const auto& content : {text, written_out}) {
    sources.file = files.write("headroomd.conf", content);
    ConfigResult result = load_config(sources);
    EXPECT_THAT(messages(result.errors), IsEmpty());
    result.config.sources = {};
    result.config.chat.base_url.clear();
    Config expected;
    expected.chat.sdk_app_id = 1400000000;
    expected.scheduler.mode = SchedulerMode::kObserve;
    EXPECT_EQ(result.config, expected);
  }
}

TEST(ShippedConfig, DevelopmentFileLoads) {
  const ConfigFiles files;
  ConfigSources sources;
  sources.file = kFolder + "dev.conf";
  sources.command_line = {{"chat.secret_key_file", files.write("key", "k")},
                          {"webhook.token_file", files.write("token", "t")}};
  EXPECT_THAT(messages(load_config(sources).errors), IsEmpty());
}

}  // namespace
}  // namespace headroom
