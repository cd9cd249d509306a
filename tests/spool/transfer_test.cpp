#include "spool/transfer.h"

#include <gmock/gmock.h>

#include <sstream>

#include "spool/spool.h"
#include "stored/database_problem.h"
#include "tests/spool/spool_samples.h"
#include "tests/support/temp_dir.h"

namespace headroom {
namespace {

using Kind = DatabaseProblem::Kind;
using test::groups_of;
using test::numbered_from;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class TransferTest : public testing::Test {
 protected:
  std::string path(const std::string& node) const { return folder_.file(node + ".db"); }
  std::unique_ptr<Spool> open(const std::string& node, const std::string& database = "A") const {
    return std::make_unique<Spool>(SpoolOptions{.path = path(node), .identity = database});
  }
  std::string exported(const std::string& node) const {
    std::ostringstream out;
    export_spool(path(node), out);
    return out.str();
  }
  ImportReport import(const std::string& node, const std::string& text, std::int64_t max = 1000) const {
    std::istringstream in(text);
    return import_spool(path(node), in, "FILE", max);
  }
  // Kind and text of what it is refused with.
  std::pair<std::optional<Kind>, std::string> refused(const std::string& node, const std::string& text,
                                                      std::int64_t max = 1000) const {
    try {
      import(node, text, max);
    } catch (const DatabaseProblem& problem) {
      return {problem.kind(), problem.what()};
    }
    return {};
  }
  static std::vector<std::string> all(Spool& spool) { return groups_of(spool.oldest(1000).events); }

  const test::TempDir folder_{"transfer"};
};

TEST_F(TransferTest, CarriesEveryFieldAsItIs) {
  Event most;
  most.command = Command::kMemberExit;
  most.group_id = "@TGS#\xe5\xbe\xae\xe4\xbf\xa1";
  most.source = EventSource::kSweep;
  most.event_time = 1;
  most.received_at = -5;
  most.client_ip = "192.0.2.1";
  most.platform = std::string("\0\n\"", 3);
  most.topic_id = "\xff";
  most.exits = {true, {"a", "\xfe\xff", ""}};
  most.body = std::string("{\0\xc0}", 4);
  most.fingerprint = test::intake_id(0x1234);
  most.intake_id = test::intake_id(0xffee);
  Event least;
  least.command = Command::kGroupDestroyed;
  least.intake_id = test::intake_id(1);
  open("a")->append(std::vector{most, least});
  const std::string text = exported("a");
  EXPECT_EQ(import("b", text).events, 2);
  EXPECT_EQ(exported("b"), text);
  const std::vector<Event> events = open("b")->oldest(2).events;
  EXPECT_EQ(events[0].group_id, most.group_id);
  EXPECT_EQ(events[0].source, most.source);
  EXPECT_EQ(events[0].event_time, most.event_time);
  EXPECT_EQ(events[0].received_at, most.received_at);
  EXPECT_EQ(events[0].platform, most.platform);
  EXPECT_EQ(events[0].topic_id, most.topic_id);
  EXPECT_EQ(events[0].exits.kicked, true);
  EXPECT_EQ(events[0].exits.accounts, most.exits.accounts);
  EXPECT_EQ(events[0].body, most.body);
  EXPECT_EQ(events[0].fingerprint, most.fingerprint);
  EXPECT_EQ(events[0].intake_id, most.intake_id);
  EXPECT_EQ(events[1].command, Command::kGroupDestroyed);
  EXPECT_EQ(events[1].event_time, std::nullopt);
  EXPECT_EQ(events[1].topic_id, std::nullopt);
  EXPECT_EQ(events[1].fingerprint, std::nullopt);
}

TEST_F(TransferTest, ALineReadsLikeThis) {
  open("a")->append(numbered_from(7, 1));
  EXPECT_EQ(exported("a"),
            "{\"headroom_spool\":1,\"database\":\"A\",\"events\":1}\n"
            "{\"intake_id\":\"07000000000000000000000000000001\",\"command\":\"Group.CallbackAfterGroupFull\","
            "\"group_id\":\"g7\",\"source\":\"webhook\",\"event_time\":1790000000002,\"received_at\":1790000000007,"
            "\"client_ip\":\"\",\"platform\":\"\",\"topic_id\":null,\"kicked\":false,\"exits\":[],"
            "\"fingerprint\":null,\"body\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}\n");
}

TEST_F(TransferTest, GoesBehindWhatIsThere) {
  open("a")->append(numbered_from(0, 600));
  open("b")->append(numbered_from(1000, 2));
  EXPECT_EQ(import("b", exported("a")).events, 600);
  const auto spool = open("b");
  EXPECT_EQ(spool->depth(), 602);
  EXPECT_EQ(all(*spool)[1], "g1001");
  EXPECT_EQ(all(*spool)[2], "g0");
  EXPECT_EQ(all(*spool)[601], "g599");
  EXPECT_EQ(open("a")->depth(), 600);  // nothing was removed
}

TEST_F(TransferTest, WhatIsThereIsNotDoubled) {
  open("a")->append(numbered_from(0, 3));
  const std::string text = exported("a");
  const std::vector<Spool::Refused> refused = {{1, "no"}};
  open("a")->remove_through(1, refused);
  ImportReport report = import("a", text);
  EXPECT_EQ(report.events, 0);
  EXPECT_EQ(report.known, 3);
  report = import("b", text);
  EXPECT_EQ(report.events, 3);
}

TEST_F(TransferTest, WhatWasSetAsideIsCarriedToo) {
  open("a")->append(numbered_from(0, 3));
  const std::vector<Spool::Refused> refused = {{2, "no"}};
  {
    const auto spool = open("a");
    spool->remove_through(1);
    spool->remove_through(2, refused);
  }
  const std::string text = exported("a");
  EXPECT_THAT(text, HasSubstr("\"refused\":\"no\"}\n"));
  EXPECT_EQ(open("a")->refused(), 1);
  import("b", text);
  EXPECT_THAT(all(*open("b")), ElementsAre("g1", "g2"));
}

TEST_F(TransferTest, OfABadFileNothingIsTaken) {
  open("a")->append(numbered_from(0, 3));
  const std::string good = exported("a");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.rfind(from), from.size(), to);
  };
  const std::pair<std::string, std::string> rows[] = {
      {"", "FILE: is empty"},
      {"{}\n", "FILE: line 1: headroom_spool is missing"},
      {with("\"headroom_spool\":1", "\"headroom_spool\":2"), "line 1: headroom_spool is of another version"},
      {good.substr(0, good.size() - 10), "line 4: no JSON"},
      {good.substr(0, good.rfind("{\"intake_id\"")), "line 3: ends with 2 events of 3"},
      {good + good.substr(good.rfind("{\"intake_id\"")), "line 5: ends with 4 events of 3"},
      {with("\"intake_id\":\"02", "\"intake_id\":\"0g"), "line 4: intake_id is no hexadecimal number"},
      {with("\"intake_id\":\"02", "\"intake_id\":\""), "line 4: intake_id is not of 16 bytes"},
      {with("\"source\":\"webhook\"", "\"source\":\"me\""), "line 4: source is none that headroom knows"},
      {with("\"received_at\":17", "\"received_at\":\"17"), "line 4: no JSON"},
      {with("\"received_at\":1790000000002", "\"received_at\":null"), "line 4: received_at is no whole number"},
      {with("\"exits\":[]", "\"exits\":[1]"), "line 4: exits is no text"},
      {with("\"kicked\":false", "\"kicked\":0"), "line 4: kicked is neither true nor false"},
      {with("\"group_id\":\"g2\"", "\"group_id\":\"\xff\""), "line 4: no JSON"},
      {with("\"platform\":\"\",", ""), "line 4: platform is missing"},
      {with("{\"intake_id\":\"02", "\n{\"intake_id\":\"02"), "line 4: no JSON"},
  };
  for (const auto& [text, why] : rows) {
    const auto [kind, what] = refused("b", text);
    EXPECT_EQ(kind, Kind::kBadBackup) << why;
    EXPECT_THAT(what, HasSubstr(why));
    EXPECT_EQ(open("b")->depth(), 0) << why;
  }
}

TEST_F(TransferTest, TheBoundHolds) {
  open("a")->append(numbered_from(0, 5));
  open("b")->append(numbered_from(4, 3));
  const auto [kind, what] = refused("b", exported("a"), 6);
  EXPECT_EQ(kind, Kind::kFull);
  EXPECT_THAT(what, HasSubstr("spool.max, which is 6"));
  EXPECT_EQ(open("b")->depth(), 3);
  EXPECT_EQ(import("b", exported("a"), 7).events, 4);  // one is there
}

TEST_F(TransferTest, AnotherDatabasesEventsDoNotMix) {
  open("a", "A")->append(numbered_from(0, 1));
  open("b", "B")->append(numbered_from(1, 1));
  EXPECT_EQ(refused("b", exported("a")).first, Kind::kForeignApp);
  EXPECT_THAT(all(*open("b", "B")), ElementsAre("g1"));
  open("c", "C");  // empty
  import("c", exported("a"));
  EXPECT_EQ(open("c", "A")->depth(), 1);
}

TEST_F(TransferTest, NotWhileADaemonHoldsIt) {
  const auto held = open("a");
  held->append(numbered_from(0, 1));
  std::ostringstream out;
  try {
    export_spool(path("a"), out);
    FAIL();
  } catch (const DatabaseProblem& problem) {
    EXPECT_EQ(problem.kind(), Kind::kLocked);
  }
  EXPECT_EQ(refused("a", "{\"headroom_spool\":1,\"database\":\"A\",\"events\":0}\n").first, Kind::kLocked);
  EXPECT_THAT(all(*held), SizeIs(1));
}

TEST_F(TransferTest, ASpoolThatIsNotThereIsNotMade) {
  std::ostringstream out;
  EXPECT_THROW(export_spool(path("a"), out), DatabaseProblem);
  EXPECT_TRUE(folder_.listing().empty());
}

}  // namespace
}  // namespace headroom
