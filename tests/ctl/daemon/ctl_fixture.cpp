#include "tests/ctl/daemon/ctl_fixture.h"

#include "tests/support/places.h"

namespace headroom::ctl {

using testing::HasSubstr;

test::Variables CtlTest::environment() const {
  return {{"HEADROOMCTL_URL", url_.empty() ? admin_url_ : url_},
          {"HEADROOMCTL_TOKEN_FILE", token_file_},
          {"PATH", "/usr/bin:/bin"},
          {"HOME", folder_.string()},
          {"TZ", "Asia/Shanghai"}};
}

std::vector<std::string> CtlTest::line(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all = {test::headroomctl_program()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

test::CommandRun CtlTest::in_shell(const std::string& before, const std::string& behind) const {
  return test::run_command({"/bin/bash", "-c", before + " '" + test::headroomctl_program() + "' " + behind}, environment());
}

std::string CtlTest::output(const std::vector<std::string>& arguments) const {
  const auto done = run(arguments);
  EXPECT_EQ(done.status, 0) << testing::PrintToString(arguments) << done.err;
  return done.out;
}

rapidjson::Document CtlTest::json(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all = {"--json"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const std::string text = output(all);
  rapidjson::Document document;
  document.Parse(text.c_str());
  EXPECT_FALSE(document.HasParseError()) << text;
  return document;
}

std::int64_t CtlTest::run_in(const std::string& group_id, const std::string& state) {
  std::int64_t id = 0;
  EXPECT_TRUE(eventually([&] {
    const rapidjson::Document last = last_run(group_id);
    if (!last.IsObject() || last["state"].GetString() != state) return false;
    id = last["id"].GetInt64();
    return true;
  })) << daemon_->stderr_text();
  return id;
}

std::int64_t CtlTest::waiting(const std::string& group_id) {
  create(full_group(group_id, 100));
  knock(group_id);
  return run_in(group_id, "awaiting_approval");
}

void CtlTest::expect_status(int status, const std::vector<std::string>& arguments, const std::string& error,
                            const std::string& input) const {
  const auto done = run(arguments, input);
  EXPECT_EQ(done.status, status) << testing::PrintToString(arguments) << done.out << done.err;
  EXPECT_THAT(done.err, HasSubstr(error)) << testing::PrintToString(arguments);
  EXPECT_EQ(done.out, "") << testing::PrintToString(arguments);
}

}  // namespace headroom::ctl
