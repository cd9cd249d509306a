#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "cli/cli.h"
#include "cli/commands/spool.h"
#include "spool/spool.h"
#include "tests/spool/spool_samples.h"
#include "tests/support/temp_dir.h"

namespace headroom {
namespace {

using testing::HasSubstr;

class SpoolCommand : public testing::Test {
 protected:
  std::string spool(const std::string& node) const { return folder_.file(node + ".db"); }
  int run(const std::string& node, const std::string& action, const std::string& file, const std::string& input = "",
          const std::string& max = "100") {
    std::ostringstream out, err;
    std::istringstream in(input);
    std::ofstream(folder_.file("conf"));
    CliWorld world{{}, out, ErrorLines(err), {}, {}, in};
    const int status = run_cli(
        {"spool", action, file, "--config", folder_.file("conf"), "--spool.path", spool(node), "--spool.max", max},
        world);
    out_ = out.str();
    err_ = err.str();
    return status;
  }
  void fill(const std::string& node, std::size_t events) {
    Spool(SpoolOptions{.path = spool(node), .identity = "A"}).append(test::numbered_from(0, events));
  }
  std::int64_t depth(const std::string& node) const { return Spool(SpoolOptions{.path = spool(node)}).depth(); }

  const test::TempDir folder_{"spool-command"};
  std::string out_, err_;
};

TEST_F(SpoolCommand, CarriesEventsOverInAFile) {
  fill("a", 3);
  const std::string file = folder_.file("lines");
  EXPECT_EQ(run("a", "export", file), 0) << err_;
  EXPECT_EQ(out_, "exported " + file + ": 3 events\n");
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(run("b", "import", file), 0) << err_;
  EXPECT_EQ(out_, "imported " + file + ": 3 events\n");
  EXPECT_EQ(run("b", "import", file), 0);
  EXPECT_EQ(out_, "imported " + file + ": 0 events, 3 were there already\n");
  EXPECT_EQ(depth("a"), 3);
  EXPECT_EQ(depth("b"), 3);
}

TEST_F(SpoolCommand, CarriesEventsOverInAPipe) {
  fill("a", 2);
  EXPECT_EQ(run("a", "export", "-"), 0);
  EXPECT_THAT(out_, testing::StartsWith("{\"headroom_spool\":1,"));
  EXPECT_EQ(err_, "");
  EXPECT_EQ(run("b", "import", "-", out_), 0);
  EXPECT_EQ(depth("b"), 2);
}

TEST_F(SpoolCommand, SaysWhyItDoesNot) {
  fill("a", 2);
  const std::string file = folder_.file("lines");
  EXPECT_EQ(run("a", "export", folder_.file("none/lines")), 78);
  std::ofstream(file) << "kept";
  EXPECT_EQ(run("a", "export", file), 1);  // it exists
  EXPECT_EQ(std::filesystem::file_size(file), 4U);
  EXPECT_EQ(run("none", "export", folder_.file("new")), 78);
  EXPECT_FALSE(std::filesystem::exists(folder_.file("new")));
  EXPECT_EQ(run("b", "import", folder_.file("none")), 78);
  EXPECT_EQ(run("b", "import", file), 78);
  EXPECT_THAT(err_, HasSubstr("line 1: no JSON"));
  EXPECT_EQ(run("a", "export", "-"), 0);
  EXPECT_EQ(run("b", "import", "-", out_, "1"), 1);
  EXPECT_THAT(err_, HasSubstr("spool.max"));
  const Spool held(SpoolOptions{.path = spool("a")});
  EXPECT_EQ(run("a", "export", "-"), 75);
  EXPECT_EQ(run("a", "import", "-", "{\"headroom_spool\":1,\"database\":\"A\",\"events\":0}\n"), 75);
}

}  // namespace
}  // namespace headroom
