#include "sqlite/file_place.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_dir.h"

namespace headroom::test {
namespace {

TEST(FilePlace, ARemovedOrReplacedFileIsNoticed) {
  const TempDir dir;
  const std::string path = dir.file("db");
  std::ofstream(path) << "a";
  const FilePlace place(path);
  EXPECT_EQ(place.problem(), "");
  std::ofstream(path) << "what is written to it does not matter";
  EXPECT_EQ(place.problem(), "");
  std::filesystem::rename(path, dir.file("aside"));
  EXPECT_THAT(place.problem(), testing::HasSubstr("removed"));
  std::ofstream(path) << "b";
  EXPECT_THAT(place.problem(), testing::HasSubstr("another file"));
  std::filesystem::rename(dir.file("aside"), path);
  EXPECT_EQ(place.problem(), "");
}

}  // namespace
}  // namespace headroom::test
