#include "tests/storage/backend.h"

// Exemptions and settings.
namespace headroom::test {
namespace {

using ExemptionStorageTest = StorageTest;
HEADROOM_ALL_BACKENDS(ExemptionStorageTest);

Exemption exempt(ExemptionKind kind, const std::string& subject, std::optional<TimeMs> expires_at = std::nullopt) {
  return {.kind = kind, .subject = subject, .reason = "it's ours", .created_at = kNow, .expires_at = expires_at};
}

TEST_P(ExemptionStorageTest, PutsAndFinds) {
  const auto put =
      write([&](Transaction& s) { return s.put_exemption(exempt(ExemptionKind::kGroup, "g'", kNow + 5)); });
  EXPECT_GT(put.id, 0);
  EXPECT_EQ(put.subject, "g'");
  const auto found = storage().find_exemption(ExemptionKind::kGroup, "g'", kNow);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, put.id);
  EXPECT_EQ(found->kind, ExemptionKind::kGroup);
  EXPECT_EQ(found->reason, "it's ours");
  EXPECT_EQ(found->created_at, kNow);
  EXPECT_EQ(found->expires_at, kNow + 5);
  EXPECT_TRUE(storage().find_exemption(ExemptionKind::kGroup, "g'", kNow + 4));
  EXPECT_FALSE(storage().find_exemption(ExemptionKind::kGroup, "g'", kNow + 5));
  EXPECT_FALSE(storage().find_exemption(ExemptionKind::kMember, "g'", kNow));
}

TEST_P(ExemptionStorageTest, PutAgainKeepsIdAndCreation) {
  const auto first =
      write([&](Transaction& s) { return s.put_exemption(exempt(ExemptionKind::kMember, "u", kNow + 5)); });
  Exemption changed = exempt(ExemptionKind::kMember, "u");
  changed.reason = "other";
  changed.created_at = kNow + 4;
  const auto second = write([&](Transaction& s) { return s.put_exemption(changed); });
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(second.created_at, kNow);
  EXPECT_EQ(second.reason, "other");
  EXPECT_EQ(second.expires_at, std::nullopt);
}

TEST_P(ExemptionStorageTest, DeletesOnce) {
  write([&](Transaction& s) { return s.put_exemption(exempt(ExemptionKind::kMember, "u")); });
  EXPECT_FALSE(write([&](Transaction& s) { return s.delete_exemption(ExemptionKind::kGroup, "u"); }));
  EXPECT_TRUE(write([&](Transaction& s) { return s.delete_exemption(ExemptionKind::kMember, "u"); }));
  EXPECT_FALSE(write([&](Transaction& s) { return s.delete_exemption(ExemptionKind::kMember, "u"); }));
}

TEST_P(ExemptionStorageTest, NamesTheExemptOfManyAccounts) {
  write([&](Transaction& s) {
    s.put_exemption(exempt(ExemptionKind::kMember, "a"));
    s.put_exemption(exempt(ExemptionKind::kMember, "b", kNow));
    s.put_exemption(exempt(ExemptionKind::kMember, "c", kNow + 1));
    s.put_exemption(exempt(ExemptionKind::kGroup, "d"));
  });
  const std::map<std::string, std::optional<TimeMs>> expected{{"a", std::nullopt}, {"c", kNow + 1}};
  EXPECT_EQ(storage().exempt_members({"a", "b", "c", "d", "e", "a"}, kNow), expected);
  EXPECT_TRUE(storage().exempt_members({}, kNow).empty());
}

TEST_P(ExemptionStorageTest, PagesNewestFirst) {
  write([&](Transaction& s) {
    for (int i = 0; i < 7; ++i) s.put_exemption(exempt(ExemptionKind::kMember, "u" + std::to_string(i)));
  });
  for (const int limit : {1, 3, 7, 8}) {
    EXPECT_EQ(all_ids(limit, [&](const PageRequest& page) { return storage().exemptions(page, kNow); }).size(), 7u);
  }
  EXPECT_EQ(storage().exemptions({.limit = 1}, kNow).items.at(0).subject, "u6");
}

TEST_P(ExemptionStorageTest, WalksThroughTheExpiredAndForgetsThemLater) {
  write([&](Transaction& s) {
    s.put_exemption(exempt(ExemptionKind::kMember, "never"));
    s.put_exemption(exempt(ExemptionKind::kMember, "later", kNow + 1));
    s.put_exemption(exempt(ExemptionKind::kGroup, "now", kNow));
    s.put_exemption(exempt(ExemptionKind::kMember, "now too", kNow));
    s.put_exemption(exempt(ExemptionKind::kMember, "before", kNow - 1));
  });
  std::vector<std::string> walked;
  TimePosition after;
  for (auto next = storage().expired_exemptions(after, kNow, 1); !next.empty();
       next = storage().expired_exemptions(after, kNow, 1)) {
    ASSERT_EQ(next.size(), 1u);
    walked.push_back(next[0].subject);
    after = {*next[0].expires_at, next[0].id};
  }
  EXPECT_EQ(walked, (std::vector<std::string>{"before", "now", "now too"}));
  EXPECT_EQ(storage().exemptions({}, kNow).items.size(), 2u) << "those that hold";
  EXPECT_EQ(storage().exemptions({}, kNow - 1).items.size(), 4u) << "none is lost by a look at the clock";
  EXPECT_EQ(write([&](Transaction& s) { return s.delete_exemptions_before(kNow, 10); }), 1);
  EXPECT_EQ(storage().exemptions({}, 0).items.size(), 4u);
  EXPECT_EQ(write([&](Transaction& s) { return s.delete_exemptions_before(kMaxTimeMs, 2); }), 2);
  EXPECT_EQ(write([&](Transaction& s) { return s.delete_exemptions_before(kMaxTimeMs, 2); }), 1);
}

TEST_P(ExemptionStorageTest, OneThatIsOverIsReplacedByANewOne) {
  const auto put = [this](TimeMs created_at, std::optional<TimeMs> expires_at) {
    Exemption exemption = exempt(ExemptionKind::kMember, "u", expires_at);
    exemption.created_at = created_at;
    return write([&](Transaction& s) { return s.put_exemption(exemption); });
  };
  const Exemption first = put(kNow, kNow + 10);
  EXPECT_EQ(put(kNow + 9, kNow + 20).id, first.id);
  EXPECT_EQ(put(kNow + 19, kNow + 30).created_at, kNow);
  const Exemption anew = put(kNow + 30, std::nullopt);
  EXPECT_GT(anew.id, first.id);
  EXPECT_EQ(anew.created_at, kNow + 30);
}

TEST_P(ExemptionStorageTest, SettingsArePutReplacedAndRemoved) {
  EXPECT_FALSE(storage().setting("paused"));
  write([&](Transaction& s) { s.put_setting("paused", "it's\nme"); });
  EXPECT_EQ(storage().setting("paused"), "it's\nme");
  write([&](Transaction& s) { s.put_setting("paused", ""); });
  EXPECT_EQ(storage().setting("paused"), "");
  write([&](Transaction& s) { s.put_setting("paused", std::nullopt); });
  EXPECT_FALSE(storage().setting("paused"));
  write([&](Transaction& s) { s.put_setting("paused", std::nullopt); });
}

}  // namespace
}  // namespace headroom::test
