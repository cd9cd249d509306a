#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "config/load.h"
#include "tests/config/config_files.h"

namespace headroom::test {

class ConfigTest : public testing::Test {
 protected:
  static constexpr char kSmallest[] = "[chat]\nsdk_app_id = 1400000000\n[scheduler]\nmode = observe\n";

  ConfigResult load(const std::string& text) {
    sources.file = files.write("headroomd.conf", text);
    return load_config(sources);
  }
  // The configuration with one value; its errors.
  std::vector<std::string> errors_of(const std::string& key, const std::string& value) {
    sources.command_line = {{key, value}};
    return messages(load(kSmallest).errors);
  }

  ConfigFiles files;
  ConfigSources sources;
};

}  // namespace headroom::test
