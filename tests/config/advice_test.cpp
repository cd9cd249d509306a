#include "config/advice.h"

#include <gmock/gmock.h>

#include "config/key_names.h"
#include "tests/config/advice_fixture.h"

// What a configuration that is allowed, or nearly, is told.
namespace headroom {
namespace {

using test::ConfigAdvice;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(ConfigAdvice, NothingToSayOfTheDefaults) { EXPECT_THAT(warnings_of(""), IsEmpty()); }

TEST_F(ConfigAdvice, ADayIsNamedInWords) {
  EXPECT_THAT(
      warnings_of("[policy]\ninactive_for = 6m\n"),
      ElementsAre(AllOf(HasSubstr("headroomd.conf:6"), HasSubstr("policy.inactive_for"), HasSubstr("6 minutes"))));
  EXPECT_THAT(warnings_of("[policy]\ninactive_for = 24h\n"), IsEmpty());
  EXPECT_EQ(duration_in_words(kHourMs), "1 hour");
  EXPECT_EQ(duration_in_words(90 * kMinuteMs), "90 minutes");
  EXPECT_EQ(duration_in_words(90 * kSecondMs), "90 seconds");
}

TEST_F(ConfigAdvice, RaisingWithoutACeilingRaisesNothing) {
  EXPECT_THAT(warnings_of("[capacity]\nmode = raise\n"), ElementsAre(HasSubstr("no type has a ceiling")));
  EXPECT_THAT(warnings_of("[capacity]\nmode = raise\nceiling = Public:2000\n"), IsEmpty());
  EXPECT_THAT(errors_of("[capacity]\nceiling = 2000\n"), ElementsAre(HasSubstr("Public:2000")));
  EXPECT_THAT(errors_of("[capacity]\nonly_from = 20%\nstep = 0%\nmode = rise\n"), testing::SizeIs(3));
}

TEST_F(ConfigAdvice, ACeilingOfWhatIsLeftAloneIsNone) {
  EXPECT_THAT(warnings_of("[capacity]\nceiling = Public:2000, Meeting:100\n"),
              ElementsAre(HasSubstr("policy.types does not name ChatRoom")));
  EXPECT_THAT(warnings_of("[capacity]\nceiling = Meeting:100\n[policy]\ntypes = ChatRoom\n"), IsEmpty());
  EXPECT_THAT(warnings_of("[capacity]\nceiling = Meeting:100\nmode = off\n"), IsEmpty());
}

TEST_F(ConfigAdvice, WhatIsWrongWithACeilingIsNamed) {
  const std::pair<const char*, const char*> rows[] = {{"Work:100, Private:200", "Private is named twice"},
                                                      {"Private:100, Work:200", "Work is its other name"},
                                                      {"AVChatRoom:100", "is called \"AVChatRoom\""},
                                                      {"public:100", "(Private, Public, ChatRoom, Community)"},
                                                      {"Public:2k", "limit of Public"},
                                                      {"Public:0", "from 1 to 1000000"},
                                                      {"Public:-5", "limit of Public"},
                                                      {"Public:99999999999999999999", "limit of Public"},
                                                      {"Public:100,", "behind the last"},
                                                      {"Public", "has no limit"},
                                                      {"2000", "Public:2000"},
                                                      {":7", "is called \"\""}};
  for (const auto& [value, hint] : rows) {
    EXPECT_THAT(errors_of(std::string("[capacity]\nceiling = ") + value + "\n"),
                ElementsAre(AllOf(HasSubstr("capacity.ceiling"), HasSubstr(hint))))
        << value;
  }
}

TEST_F(ConfigAdvice, AFreezeOfAYearIsHardlyMeant) {
  EXPECT_THAT(warnings_of("[calendar]\nfreeze = 2026-12-20..2028-01-03 Holidays, 2027-02-05\n"),
              ElementsAre(AllOf(HasSubstr("calendar.freeze"), HasSubstr("380 days (Holidays)"))));
  EXPECT_THAT(warnings_of("[calendar]\nfreeze = 2026-12-20..2027-01-03 Holidays\n"), IsEmpty());
}

TEST_F(ConfigAdvice, AllBeltsOff) {
  EXPECT_THAT(warnings_of("[policy]\nmax_removals_per_day = 0\nmax_removed_share = 51%\n"),
              ElementsAre(HasSubstr("policy.max_removals_per_day")));
  EXPECT_THAT(warnings_of("[policy]\nmax_removals_per_group_day = 0\nmax_removed_share = 100%\n"),
              ElementsAre(HasSubstr("policy.max_removals_per_group_day")));
  EXPECT_THAT(warnings_of("[policy]\nmax_removals_per_day = 0\nmax_removed_share = 50%\n"), IsEmpty());
}

TEST_F(ConfigAdvice, AListenerThatOthersReach) {
  EXPECT_THAT(warnings_of("[webhook]\nlisten = 0.0.0.0:8080\n"), ElementsAre(HasSubstr("webhook.listen")));
  EXPECT_THAT(warnings_of("[admin]\nlisten = [::]:8081\n"), ElementsAre(HasSubstr("admin.listen")));
  EXPECT_THAT(warnings_of("[admin]\nlisten = [::1]:8081\n[webhook]\nlisten = 127.0.0.2:80\n"), IsEmpty());
}

TEST_F(ConfigAdvice, TheSamePortTwice) {
  EXPECT_THAT(errors_of("[webhook]\nlisten = 127.0.0.1:8081\n"),
              ElementsAre(AllOf(HasSubstr(":6: webhook.listen"), HasSubstr("admin.listen"))));
  EXPECT_THAT(errors_of("[admin]\nlisten = 0.0.0.0:8080\n"), ElementsAre(HasSubstr("admin.listen")));
  EXPECT_THAT(errors_of("[admin]\nlisten = localhost:8080\n"), ElementsAre(HasSubstr("admin.listen")));
  EXPECT_THAT(errors_of("[admin]\nlisten = 127.0.0.1:0\n[webhook]\nlisten = 127.0.0.1:0\n"), IsEmpty());
  EXPECT_THAT(errors_of("[admin]\nlisten = 127.0.0.2:8080\n"), IsEmpty());
}

TEST_F(ConfigAdvice, ABaseUrlWithAPath) {
  EXPECT_THAT(errors_of("[chat]\nbase_url = https://adminapi.example/v4\n"),
              ElementsAre(AllOf(HasSubstr("chat.base_url"), HasSubstr("no path"))));
  EXPECT_THAT(errors_of("[chat]\nbase_url = https://adminapi.example/\n"), IsEmpty());
}

TEST_F(ConfigAdvice, QuotesAndHashes) {
  EXPECT_THAT(warnings_of("[policy]\nreason = \"inactive\"\n"),
              ElementsAre(AllOf(HasSubstr(":6: policy.reason"), HasSubstr("quotes"))));
  EXPECT_THAT(warnings_of("[policy]\nreason = \"see FAQ #3\"\n"),
              ElementsAre(HasSubstr("quotes"), HasSubstr("ends before the #")));
  EXPECT_THAT(warnings_of("[policy]\nreason = see FAQ #3\n"), ElementsAre(HasSubstr("ends before the #")));
  EXPECT_THAT(warnings_of("[policy]\nreason = see#3\n"), ElementsAre(HasSubstr("# is part of the value")));
  EXPECT_THAT(warnings_of("[policy]\nreason = quiet # as the others\ninactive_for = 3d #days\n"), IsEmpty());
  EXPECT_THAT(errors_of("[policy]\ninactive_for = \"30d\"\n"), ElementsAre(HasSubstr("without quotes")));
}

TEST_F(ConfigAdvice, AHashWithinAWordIsPartOfIt) {
  const ConfigResult result = load(std::string(kSmallest) +
                                   "# a comment\n\t# another\n[policy] # a section\nreason = @TGS#2*# and # so on\n"
                                   "[webhook]\npath = /x # \x1a\n[chat]\nadmin_identifier =#\x1a#\n");
  EXPECT_THAT(messages(result.errors), ElementsAre(HasSubstr("chat.admin_identifier")));  // a control character
  EXPECT_EQ(result.config.policy.reason, "@TGS#2*# and");
  EXPECT_EQ(result.config.webhook.path, "/x");
}

TEST_F(ConfigAdvice, ARelativeDatabase) {
  EXPECT_THAT(warnings_of("[database]\nurl = sqlite:headroom.db\n"), ElementsAre(HasSubstr("relative")));
}

TEST_F(ConfigAdvice, AWeakAdminToken) {
  files.write("admin-token", "ann:operator:0123456789abcde\nbob:viewer:0123456789abcdef\n");
  EXPECT_THAT(warnings_of(""), ElementsAre(AllOf(HasSubstr("ann"), HasSubstr("16"), Not(HasSubstr("0123456789")))));
  files.write("admin-token", "\"0123456789abcdef\"\n");
  EXPECT_THAT(warnings_of(""), Contains(AllOf(HasSubstr("quotes"), Not(HasSubstr("0123456789")))));
}

TEST_F(ConfigAdvice, ATokenInQuotes) {
  files.write("webhook-token", "\"0123456789abcdef0123456789abcdef\"\n");
  EXPECT_THAT(warnings_of(""), ElementsAre(AllOf(HasSubstr("webhook-token"), HasSubstr("quotes"))));
}

TEST_F(ConfigAdvice, ANumberWithoutItsUnit) {
  EXPECT_THAT(errors_of("[scheduler]\nstale_after = 600\n"),
              ElementsAre(AllOf(HasSubstr(":6: scheduler.stale_after"), HasSubstr("a duration needs a unit: 600s"))));
  EXPECT_THAT(errors_of("[scheduler]\nstale_after = ten minutes\n"), ElementsAre(HasSubstr("10m")));
  EXPECT_THAT(errors_of("[scheduler]\nstale_after = 400d\n"), ElementsAre(HasSubstr("not allowed; allowed: 0..365d")));
  EXPECT_THAT(errors_of("[policy]\nmax_removed_share = 10\n"), ElementsAre(HasSubstr("10%")));
  EXPECT_THAT(errors_of("[webhook]\nmax_body = 64k\n"), ElementsAre(HasSubstr("64KiB")));
  EXPECT_THAT(errors_of("[webhook]\nlisten = 8080\n"), ElementsAre(HasSubstr("127.0.0.1:8080")));
}

TEST_F(ConfigAdvice, TheNearestWord) {
  for (const char* level : {"warn", "WARNING", "warnign"}) {
    EXPECT_THAT(errors_of(std::string("[log]\nlevel = ") + level + "\n"),
                ElementsAre(HasSubstr("did you mean warning?; allowed: debug info warning error")));
  }
  EXPECT_THAT(errors_of("[log]\nlevel = loud\n"), ElementsAre(Not(HasSubstr("did you mean"))));
  EXPECT_THAT(errors_of("[log]\nlevel =\n"), ElementsAre(Not(HasSubstr("did you mean"))));
}

TEST_F(ConfigAdvice, TheNearestName) {
  const std::vector<std::pair<std::string, std::string>> kRows{
      {"policy.tarqet_headroom", "policy.target_headroom"},
      {"policy.stale_after", "scheduler.stale_after"},
      {"stale_after", "scheduler.stale_after"},
      {"webhook.token", "webhook.token_file"},
      {"chat.regoin", "chat.region"},
      {"policy.inactive", "policy.inactive_for"},
      {"chats.region", "chat.region"},
      {"policy.INACTIVE_FOR", "policy.inactive_for"},
      {"policy.colour", ""},
      {"", ""},
      {std::string(5000, 'x'), ""},
  };
  for (const auto& [given, meant] : kRows) EXPECT_EQ(nearest_key(given), meant) << given;
  EXPECT_EQ(nearest_variable("HEADROOM_LOG_LEVLE"), "HEADROOM_LOG_LEVEL");
  EXPECT_THAT(errors_of("[policy]\nstale_after = s3cret\n"),
              ElementsAre(AllOf(HasSubstr("did you mean scheduler.stale_after?"), Not(HasSubstr("s3cret")))));
}

TEST_F(ConfigAdvice, OthersVariablesAreIgnored) {
  sources.environment = {{"HEADROOM_PORT", "tcp://10.0.0.1:80"},
                         {"HEADROOM_SERVICE_HOST", "10.0.0.1"},
                         {"HEADROOM_LOGS_LEVEL", "x"},
                         {"HEADROOM_", "x"}};
  EXPECT_THAT(errors_of(""), IsEmpty());
  sources.environment = {{"HEADROOM_LOG_LEVLE", "x"}, {"HEADROOM_CHAT", "x"}};
  EXPECT_THAT(errors_of(""),
              testing::UnorderedElementsAre(HasSubstr("HEADROOM_LOG_LEVEL?"), HasSubstr("HEADROOM_CHAT")));
}

TEST_F(ConfigAdvice, AByteOrderMarkIsIgnored) {
  files.write("chat-secret-key", "\xEF\xBB\xBFkey\r\n");
  sources.file =
      files.write("bom.conf", "\xEF\xBB\xBF[chat]\nsdk_app_id = 1400000000\n\n[scheduler]\nmode = observe\n");
  const ConfigResult result = load_config(sources);
  EXPECT_THAT(messages(result.errors), IsEmpty());
  EXPECT_EQ(result.config.chat.sdk_app_id, 1400000000u);
  sources.file = files.write("utf16.conf", std::string("\xFF\xFE[\0c\0", 6));
  EXPECT_THAT(messages(load_config(sources).errors), ElementsAre(HasSubstr("UTF-16")));
}

// Seven traps, each of which somebody fell into.
TEST_F(ConfigAdvice, Traps) {
  sources.credentials_directory.clear();
  sources.credential_stores = {files.path("credstore")};
  const ConfigResult result = load(
      "[policy]\ninactive_for = 6m\nreason = \"see FAQ #3\"\ntarqet_headroom = 5%\n\n[chat]\n"
      "base_url = https://adminapi.example/v4\n\n[webhook]\nlisten = 127.0.0.1:8081\n\n[scheduler]\nstale_after = "
      "600\n");
  EXPECT_THAT(messages(result.errors),
              testing::UnorderedElementsAre(HasSubstr("did you mean policy.target_headroom?"), HasSubstr("no path"),
                                            HasSubstr("admin.listen"), HasSubstr("600s"),
                                            HasSubstr("chat.sdk_app_id is required")));
  const auto warnings = messages(result.warnings);
  for (const char* said :
       {"6 minutes", "quotes", "ends before the #", "chat-secret-key", "anybody may send webhooks"}) {
    EXPECT_THAT(warnings, Contains(HasSubstr(said)));
  }
}

}  // namespace
}  // namespace headroom
