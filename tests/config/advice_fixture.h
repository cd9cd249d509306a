#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/config/config_fixture.h"

namespace headroom::test {

class ConfigAdvice : public ConfigTest {
 protected:
  ConfigAdvice() {
    sources.credentials_directory = files.path("");
    files.write("webhook-token", "0123456789abcdef0123456789abcdef\n");
  }
  std::vector<std::string> warnings_of(const std::string& text) {
    const ConfigResult result = load(kSmallest + text);
    EXPECT_THAT(messages(result.errors), testing::IsEmpty());
    return messages(result.warnings);
  }
  std::vector<std::string> errors_of(const std::string& text) { return messages(load(kSmallest + text).errors); }
};

}  // namespace headroom::test
