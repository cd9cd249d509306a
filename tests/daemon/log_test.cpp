#include "daemon/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <sstream>
#include <thread>
#include <vector>

namespace headroom {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;

std::string text(LogFields fields) { return format_log_text(LogLevel::kInfo, "event", fields, 0, Log::Journal::kYes); }

TEST(LogText, Fields) {
  EXPECT_EQ(text({{"run", 12}, {"group", "@TGS#2J4"}, {"ok", true}, {"s", 0.5}}),
            "<6>event run=12 group=@TGS#2J4 ok=true s=0.5");
  EXPECT_EQ(text({{"a", ""}, {"b", "x y"}, {"c", "a=b"}}), "<6>event a=\"\" b=\"x y\" c=\"a=b\"");
  EXPECT_EQ(text({{"n", std::int64_t{-9223372036854775807}}, {"u", std::uint16_t{65535}}}),
            "<6>event n=-9223372036854775807 u=65535");
}

TEST(LogText, NothingBreaksOutOfItsLine) {
  EXPECT_EQ(text({{"a", "x\n<0>fake y=1"}}), R"(<6>event a="x\n<0>fake y=1")");
  EXPECT_EQ(text({{"a", "quote\" back\\"}}), R"(<6>event a="quote\" back\\")");
  EXPECT_EQ(text({{"a", "\x1b[31m\r\x7f\t"}}), R"(<6>event a="\x1b[31m\x0d\x7f\t")");
  EXPECT_EQ(text({{"a", "\xff\xc3"}}), R"(<6>event a="\xff\xc3")");
  EXPECT_EQ(text({{"a", "\xc2\x85\xe2\x80\xa8\xe2\x80\xae"}}), R"(<6>event a="\xc2\x85\xe2\x80\xa8\xe2\x80\xae")");
  EXPECT_EQ(text({{"a", "\xe4\xbd\xa0"}}), "<6>event a=\"\xe4\xbd\xa0\"");
  EXPECT_EQ(text({{"a", std::string("a\0b", 3)}}), R"(<6>event a="a\x00b")");
  EXPECT_EQ(format_log_text(LogLevel::kInfo, "two\nlines", {}, 0, Log::Journal::kYes), "<6>two\\nlines");
}

TEST(LogText, LongValuesAreCut) {
  const std::string line = text({{"a", std::string(100000, 'x')}});
  EXPECT_LT(line.size(), 1100u);
  EXPECT_THAT(line, EndsWith("...\""));
}

TEST(LogText, TimeAndLevelOutsideTheJournal) {
  EXPECT_EQ(format_log_text(LogLevel::kWarning, "e", {{"a", 1}}, 0, Log::Journal::kNo),
            "1970-01-01T00:00:00.000Z warning e a=1");
  EXPECT_EQ(format_log_text(LogLevel::kError, "e", {}, 0, Log::Journal::kYes), "<3>e");
  EXPECT_EQ(format_log_text(LogLevel::kWarning, "e", {}, 0, Log::Journal::kYes), "<4>e");
  EXPECT_EQ(format_log_text(LogLevel::kDebug, "e", {}, 0, Log::Journal::kYes), "<7>e");
}

TEST(LogJson, IsAlwaysOneLineOfJson) {
  for (const std::string& value : {std::string("x\n\"y\""), std::string("\xff\x00", 2), std::string("\xed\xa0\x80"),
                                   std::string(100000, '\x01'), std::string("\xe4\xbd\xa0")}) {
    const std::string line =
        format_log_json(LogLevel::kInfo, value, {{"a", value}, {"n", 5}, {"b", false}, {"d", std::nan("")}}, 0);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    rapidjson::Document json;
    json.Parse<rapidjson::kParseValidateEncodingFlag>(line.c_str(), line.size());
    ASSERT_FALSE(json.HasParseError()) << line;
    EXPECT_TRUE(json["a"].IsString());
    EXPECT_EQ(json["n"].GetInt(), 5);
    EXPECT_FALSE(json["b"].GetBool());
    EXPECT_STREQ(json["d"].GetString(), "nan");
    EXPECT_STREQ(json["level"].GetString(), "info");
    EXPECT_STREQ(json["time"].GetString(), "1970-01-01T00:00:00.000Z");
  }
}

TEST(Log, LevelsAndReconfiguration) {
  std::ostringstream out;
  Log log(out, LogFormat::kText, LogLevel::kWarning, Log::Journal::kYes);
  log.debug("d");
  log.info("i");
  log.warning("w");
  log.error("e");
  log.always("listening", {{"name", "webhook"}, {"address", "127.0.0.1:41234"}});
  EXPECT_EQ(out.str(), "<4>w\n<3>e\n<6>listening name=webhook address=127.0.0.1:41234\n");
  out.str("");
  log.configure(LogFormat::kJson, LogLevel::kDebug);
  log.debug("d");
  EXPECT_THAT(out.str(), MatchesRegex("\\{\"time\":\"[^\"]*\",\"level\":\"debug\",\"message\":\"d\"\\}\n"));
}

TEST(Log, ThreadsDoNotMixTheirLines) {
  std::ostringstream out;
  Log log(out, LogFormat::kText, LogLevel::kInfo, Log::Journal::kYes);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log, t] {
      for (int i = 0; i < 250; ++i) log.info("line", {{"thread", t}, {"text", std::string(100, 'x')}});
      log.configure(LogFormat::kText, LogLevel::kInfo);
    });
  }
  for (auto& thread : threads) thread.join();
  std::istringstream lines(out.str());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_THAT(line, MatchesRegex("<6>line thread=[0-3] text=x*"));
    EXPECT_EQ(line.size(), std::string("<6>line thread=0 text=").size() + 100);
  }
  EXPECT_EQ(count, 1000);
}

TEST(Log, GoesToStandardErrorWithAPrefixForTheJournal) {
  testing::internal::CaptureStderr();
  struct stat status {};
  ::fstat(STDERR_FILENO, &status);
  const std::string journal = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
  ::setenv("JOURNAL_STREAM", journal.c_str(), 1);
  Log(LogFormat::kText, LogLevel::kInfo).info("hello");
  ::setenv("JOURNAL_STREAM", "8:1", 1);  // inherited, while standard error goes elsewhere
  Log(LogFormat::kText, LogLevel::kInfo).info("hello");
  ::unsetenv("JOURNAL_STREAM");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), MatchesRegex("<6>hello\n[0-9TZ:.-]* info hello\n"));
}

}  // namespace
}  // namespace headroom
