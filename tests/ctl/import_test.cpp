#include "ctl/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "ctl/csv.h"
#include "ctl/exit.h"
#include "text/time_text.h"

namespace headroom::ctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const TimeMs kNow = *parse_time("2026-11-29T00:00:00Z");

std::vector<std::vector<std::string>> fields_of(std::string_view text) {
  std::vector<std::vector<std::string>> all;
  for (const CsvRecord& record : parse_csv(text).records) all.push_back(record.fields);
  return all;
}

TEST(Csv, FieldsAreQuotedWhereTheyHaveTo) {
  EXPECT_THAT(fields_of("a,b\r\n\"c,d\",\"say \"\"hi\"\"\"\n,\n"),
              ElementsAre(ElementsAre("a", "b"), ElementsAre("c,d", "say \"hi\""), ElementsAre("", "")));
  EXPECT_THAT(fields_of("\"two\nlines\",x"), ElementsAre(ElementsAre("two\nlines", "x")));
  EXPECT_THAT(fields_of("a,\n\n\r\nb"), ElementsAre(ElementsAre("a", ""), ElementsAre("b")));
  EXPECT_EQ(parse_csv("a\n\"b\nc\"\nd").records.at(2).line, 4U);
  EXPECT_THAT(parse_csv("a\n\"b").error, HasSubstr("line 2: a quote is not closed"));
  EXPECT_THAT(parse_csv("\"a\"b").error, HasSubstr("behind a closing quote"));
  EXPECT_THAT(parse_csv("a\"b").error, HasSubstr("line 1: a quote within a field"));
}

std::string first_of(const std::vector<NewExemption>& all) {
  const NewExemption& item = all.at(0);
  return item.kind + "|" + item.id + "|" + item.reason + "|" +
         (item.expires_at ? format_time(*item.expires_at) : "never");
}

TEST(Import, TakesCsvWithAndWithoutItsFirstLine) {
  const auto import = [](std::string_view text) { return parse_exemptions(text, kNow, Zone::kUtc); };
  EXPECT_EQ(first_of(import("group,@TGS#1,\"a, b\",2027-01-01\n")), "group|@TGS#1|a, b|2027-01-01T00:00:00.000Z");
  EXPECT_EQ(first_of(import("\xEF\xBB\xBFkind,id,reason,expires_at\r\nmember, a b ,,\r\n")), "member| a b ||never");
  EXPECT_EQ(first_of(import("kind,expires_at,id\ngroup,2h,x\n")), "group|x||2026-11-29T02:00:00.000Z");
  EXPECT_EQ(first_of(import("member,u1")), "member|u1||never");
  EXPECT_EQ(import("kind,id,reason,expires_at\n").size(), 0U);
}

TEST(Import, TakesWhatTheListPrints) {
  const std::string list =
      R"({"items":[{"kind":"group","id":"a\"b","reason":null,"created_at":"2026-01-01T00:00:00.000Z","expires_at":null},)"
      R"({"kind":"member","id":"u","reason":"r","created_at":"2026-01-01T00:00:00.000Z","expires_at":"2027-01-01T00:00:00.000Z"}],"next_cursor":null})";
  const auto all = parse_exemptions(list, kNow, Zone::kUtc);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(first_of(all), "group|a\"b||never");
  EXPECT_EQ(first_of(parse_exemptions(R"([{"kind":"member","id":"u"}])", kNow, Zone::kUtc)), "member|u||never");
  rapidjson::Document body;
  body.Parse(import_bodies(all).at(0).c_str());
  EXPECT_STREQ(body["items"][1]["expires_at"].GetString(), "2027-01-01T00:00:00.000Z");
  EXPECT_TRUE(body["items"][0]["reason"].IsNull());
  EXPECT_EQ(body["items"][0].MemberCount(), 4U);
}

void expect_refused(std::string_view text, const std::string& what) {
  try {
    parse_exemptions(text, kNow, Zone::kUtc);
    ADD_FAILURE() << "taken: " << text;
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.status(), exit_status::kUsage);
    EXPECT_THAT(failure.what(), HasSubstr(what)) << text;
  }
}

TEST(Import, SaysWhereAFileIsWrong) {
  expect_refused("", "nothing in it");
  expect_refused("group,a\nteam,b\n", "line 2: kind is group or member, not 'team'");
  expect_refused("group,\n", "line 1: there is no id");
  expect_refused("group,a,b,soon\n", "line 1: expires_at is no");
  expect_refused("group,a,b,,c\n", "line 1: it has more fields");
  expect_refused("kind,id,why\n", "there is no field 'why'");
  expect_refused("kind,id,id\n", "'id' stands there twice");
  expect_refused("group,\"a\nb\"\n", "line 1: there is a control character");
  expect_refused("{\"items\":{}}", "no list");
  expect_refused("{\"items\":[1]}", "item 1: that is no object");
  expect_refused("[{\"kind\":1,\"id\":\"x\"}]", "item 1: kind, id");
  expect_refused("[{\"kind\":\"group\"}]", "item 1: there is no id");
  expect_refused("{\"items\":[", "that is no JSON");
}

TEST(Import, IsSentInPiecesThatTheApiTakes) {
  std::vector<NewExemption> many(2500, {"member", "u", "", {}});
  EXPECT_EQ(import_bodies(many).size(), 3U);
  std::vector<NewExemption> large(1000, {"member", std::string(128, 'u'), std::string(1024, '\\'), {}});
  for (const std::string& body : import_bodies(large)) EXPECT_LT(body.size(), std::size_t{1} << 20);
}

}  // namespace
}  // namespace headroom::ctl
