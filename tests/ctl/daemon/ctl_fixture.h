#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/e2e/fixture.h"
#include "tests/support/command_run.h"

namespace headroom::ctl {

// headroomctl against a daemon of the test's own, without a terminal and on one.
class CtlTest : public e2e::E2e {
 protected:
  test::Variables environment() const;
  std::vector<std::string> line(const std::vector<std::string>& arguments) const;

  test::CommandRun run(const std::vector<std::string>& arguments, const std::string& input = "") const {
    return test::run_command(line(arguments), environment(), input);
  }
  // As a part of a shell's command line: what stands before the program, and its arguments with what follows.
  test::CommandRun in_shell(const std::string& before, const std::string& behind) const;
  // Its standard output; fails the test unless the exit status is 0.
  std::string output(const std::vector<std::string>& arguments) const;
  rapidjson::Document json(const std::vector<std::string>& arguments) const;
  test::TerminalProcess terminal(const std::vector<std::string>& arguments, unsigned short columns = 80) const {
    return {line(arguments), environment(), columns};
  }
  // The group's newest run once it is in that state.
  std::int64_t run_in(const std::string& group_id, const std::string& state);
  // A run that waits for an approval.
  std::int64_t waiting(const std::string& group_id);
  void expect_status(int status, const std::vector<std::string>& arguments, const std::string& error,
                     const std::string& input = "") const;

  std::string token_file_ = file("admin-token");
  std::string url_;  // of another server than the daemon
};

}  // namespace headroom::ctl
