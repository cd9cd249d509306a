#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "tests/config/config_files.h"

namespace headroom {

inline constexpr char kKey[] = "5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e";

class CliTest : public testing::Test {
 protected:
  CliTest() {
    database = files.path("headroom.db");
    config = files.write("headroomd.conf",
                         "[chat]\nsdk_app_id = 1400000000\nsecret_key_file = " + files.write("key", kKey) +
                             "\n[webhook]\nallow_from = 203.0.113.1\n[database]\nurl = sqlite:" + database + "\n");
  }

  // With the test's configuration file.
  int run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--config", config});
    return run_plain(arguments);
  }
  int run_plain(const std::vector<std::string>& arguments) {
    std::ostringstream out_stream, err_stream;
    const int status = run_cli(arguments, {environment, out_stream, err_stream, serve, {files.path("credstore")}});
    out = out_stream.str();
    err = err_stream.str();
    std::istringstream lines(err);
    for (std::string line; std::getline(lines, line);) EXPECT_THAT(line, testing::StartsWith("headroomd: "));
    EXPECT_THAT(out + err, testing::Not(testing::HasSubstr(kKey)));
    return status;
  }
  rapidjson::Document json() const {
    rapidjson::Document document;
    document.Parse(out.c_str());
    EXPECT_FALSE(document.HasParseError()) << out;
    EXPECT_EQ(out.find('\n'), out.size() - 1);
    return document;
  }

  ConfigFiles files;
  std::string database, config, out, err;
  std::map<std::string, std::string> environment;
  std::function<int(const ConfigResult&)> serve = [](const ConfigResult&) { return 0; };
};

}  // namespace headroom
