// headroomd doctor, as it is typed: options, output, exit status.
#include <rapidjson/document.h>

#include <sstream>

#include "cli/cli.h"
#include "tests/doctor/examined.h"

namespace headroom::doctor {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class DoctorCommand : public Examined {
 protected:
  int run(std::vector<std::string> options) {
    options.insert(options.begin(), "doctor");
    options.insert(options.end(), {"--config", files.write("headroomd.conf", text)});
    for (const auto& [key, value] : settings) options.insert(options.end(), {"--" + key, value});
    return run_plain(options);
  }
  int run_plain(const std::vector<std::string>& arguments) {
    std::ostringstream out_stream, err_stream;
    const int status = run_cli(
        arguments, {{}, out_stream, err_stream, [](const ConfigResult&) { return 99; }, {files.path("credstore")}});
    out = out_stream.str();
    err = err_stream.str();
    EXPECT_THAT(out + err, testing::Not(HasSubstr(kKey)));
    return status;
  }
  rapidjson::Document json() const {
    rapidjson::Document document;
    document.Parse(out.c_str());
    EXPECT_FALSE(document.HasParseError()) << out;
    return document;
  }
  std::string text, out, err;
};

TEST_F(DoctorCommand, JsonHasTheContractsShape) {
  EXPECT_EQ(run({"--json"}), 0) << out << err;
  const auto document = json();
  EXPECT_TRUE(document["ok"].GetBool());
  const auto checks = document["checks"].GetArray();
  ASSERT_EQ(checks.Size(), check_names().size());
  for (rapidjson::SizeType i = 0; i < checks.Size(); ++i) {
    EXPECT_EQ(checks[i].MemberCount(), 4U);
    EXPECT_EQ(checks[i]["name"].GetString(), check_names()[i]);
    EXPECT_THAT(checks[i]["status"].GetString(),
                testing::AnyOf(std::string("ok"), std::string("skipped"), std::string("warning")));
    EXPECT_TRUE(checks[i]["detail"].IsString());
    EXPECT_TRUE(checks[i]["remedy"].IsString() || checks[i]["remedy"].IsNull());
  }
  EXPECT_THAT(err, IsEmpty());
}

TEST_F(DoctorCommand, FailedIsOneAndStrictTakesWarningsToo) {
  set("policy.inactive_for", "6m");
  EXPECT_EQ(run({"--only", "config", "--json"}), 0);
  EXPECT_TRUE(json()["ok"].GetBool());
  EXPECT_EQ(run({"--only", "config", "--json", "--strict"}), 1);
  EXPECT_FALSE(json()["ok"].GetBool());
  set("scheduler.tick", "1");
  EXPECT_EQ(run({"--only", "config", "--json"}), 1) << "a value that is not allowed";
  EXPECT_FALSE(json()["ok"].GetBool());
  unset("chat.secret_key_file");
  EXPECT_EQ(run({"--only", "secrets"}), 1) << "a missing secret";
}

TEST_F(DoctorCommand, SaysWhatToDo) {
  set("database.url", "sqlite:" + files.path("none.db"));
  EXPECT_EQ(run({"--only", "database", "--only", "disk"}), 1);
  EXPECT_THAT(out, HasSubstr("failed   database "));
  EXPECT_THAT(out, HasSubstr("-> "));
  EXPECT_THAT(out, HasSubstr("1 failed"));
}

TEST_F(DoctorCommand, ListNeedsNoConfiguration) {
  EXPECT_EQ(run_plain({"doctor", "--list", "--config", files.path("none.conf")}), 0);
  EXPECT_THAT(out, StartsWith("config\nsecrets\ndatabase\n"));
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 13);
}

TEST_F(DoctorCommand, UsageErrors) {
  EXPECT_EQ(run({"--only", "everything"}), 64);
  EXPECT_THAT(err, HasSubstr("everything"));
  EXPECT_EQ(run({"--only", ""}), 64);
  EXPECT_EQ(run({"--unknown"}), 64);
  EXPECT_EQ(run({"extra"}), 64);
  EXPECT_EQ(run({"--only", "config", "--callback-url", "https://host/"}), 64);
  EXPECT_EQ(run_plain({"check-config", "--only", "config"}), 64);
  EXPECT_EQ(run({"--callback-url", "host?token=hidden"}), 78);
  EXPECT_THAT(err, testing::Not(HasSubstr("hidden")));
}

TEST_F(DoctorCommand, AConfigurationThatCanNotBeReadIs78) {
  EXPECT_EQ(run_plain({"doctor", "--json", "--config", files.path("none.conf")}), 78);
  EXPECT_THAT(err, HasSubstr("none.conf"));
  const auto document = json();
  EXPECT_FALSE(document["ok"].GetBool());
  EXPECT_STREQ(document["checks"][0]["status"].GetString(), "failed");
  EXPECT_STREQ(document["checks"][1]["status"].GetString(), "skipped");
  text = "[chat]\nno key and no value\n";
  EXPECT_EQ(run({"--only", "disk"}), 78);
  text = "[chat]\nunknown = 1\n";
  EXPECT_EQ(run({"--only", "config"}), 1) << "it was read";
}

TEST_F(DoctorCommand, ShowsNothingThatATerminalObeys) {
  set("database.url", "sqlite:/tmp/\x1b[2Jx/none.db");
  run({"--only", "database", "--only", "disk"});
  EXPECT_EQ(out.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace headroom::doctor
