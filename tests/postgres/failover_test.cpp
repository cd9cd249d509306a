#include <gtest/gtest.h>

#include <memory>

#include "postgres/availability.h"
#include "postgres/postgres_storage.h"
#include "postgres/upkeep/migrator.h"
#include "tests/storage/backend.h"
#include "tests/support/kind_of.h"
#include "tests/support/postgres_server.h"

// Another server answers than before: what the former one said last may be lost.
namespace headroom::test {
namespace {

using namespace std::chrono_literals;
using Kind = StorageError::Kind;

class FailoverTest : public testing::Test {
 protected:
  FailoverTest() { postgres::Migrator({.url = database_.url()}).up({}); }
  ~FailoverTest() override {
    if (stopped_) server_.start();
  }

  postgres::Connection::Options options(bool probes = false, const std::string& user = "headroom") const {
    postgres::Connection::Options options{.url = database_.url(user)};
    options.at_once = false;
    options.availability = availability_;
    options.probes = probes;
    return options;
  }
  void restart() {
    server_.stop();
    server_.start();
  }
  static LeaseClaim claim(const std::string& holder, DurationMs lasts = kHourMs) {
    LeaseClaim claim;
    claim.holder = holder;
    claim.lasts = lasts;
    return claim;
  }
  template <typename Work>
  static auto write(PostgresStorage& store, Work&& work) {
    store.begin();
    auto result = work(store);
    store.commit();
    return result;
  }

  PostgresServer& server_ = PostgresServer::shared();
  const PostgresDatabase database_;
  const std::shared_ptr<postgres::Availability> availability_ = std::make_shared<postgres::Availability>();
  bool stopped_ = false;
};

TEST_F(FailoverTest, NobodyLeadsByWhatTheFormerServerSaid) {
  PostgresStorage own(options(true));
  const auto fence = write(own, [&](PostgresStorage& s) {
    EXPECT_FALSE(s.see_server(claim("a"))) << "the first one takes nothing away";
    return s.take_lease(claim("a"));
  });
  ASSERT_TRUE(fence);
  EXPECT_FALSE(write(own, [&](PostgresStorage& s) { return s.see_server(claim("a")); }));
  restart();
  EXPECT_TRUE(write(own, [&](PostgresStorage& s) { return s.see_server(claim("b", kHourMs)); }));
  EXPECT_FALSE(write(own, [&](PostgresStorage& s) { return s.holds_lease(*fence); }));
  EXPECT_FALSE(write(own, [&](PostgresStorage& s) { return s.renew_lease(claim("a"), *fence); }));
  EXPECT_EQ(write(own, [&](PostgresStorage& s) { return s.take_lease(claim("a")); }), std::nullopt)
      << "not before it is over";
  EXPECT_FALSE(write(own, [&](PostgresStorage& s) { return s.see_server(claim("b")); })) << "once for each server";
}

// Whoever led may have a call out for longer than who sees the new server would wait for one of its own.
TEST_F(FailoverTest, TheCallsOfWhoeverLedAreWaitedFor) {
  PostgresStorage own(options(true));
  const auto fence = write(own, [&](PostgresStorage& s) {
    s.see_server(claim("a"));
    LeaseClaim slow = claim("a");
    slow.drain = kHourMs;
    return s.take_lease(slow);
  });
  ASSERT_TRUE(fence);
  restart();
  EXPECT_TRUE(write(own, [&](PostgresStorage& s) { return s.see_server(claim("b", 0)); }));
  EXPECT_EQ(write(own, [&](PostgresStorage& s) { return s.take_lease(claim("b")); }), std::nullopt);
}

TEST_F(FailoverTest, FencesGoOnBehindThoseThatMayBeLost) {
  PostgresStorage own(options(true));
  const auto before = write(own, [&](PostgresStorage& s) {
    s.see_server(claim("a"));
    return s.take_lease(claim("a"));
  });
  restart();
  write(own, [&](PostgresStorage& s) { return s.see_server(claim("b", -kHourMs)); });
  const auto after = write(own, [&](PostgresStorage& s) { return s.take_lease(claim("a")); });
  ASSERT_TRUE(before && after);
  EXPECT_GT(*after, *before + 1000);
}

TEST_F(FailoverTest, OthersKeepAwayFromAServerThatNobodyHasAgreedOn) {
  PostgresStorage other(options());
  EXPECT_EQ(kind_of([&] { other.begin(); }), Kind::kUnavailable);
  PostgresStorage own(options(true));
  own.begin();
  own.rollback();
  EXPECT_NE(own.server(), "");
  availability_->agree_on(own.server());
  other.begin();
  other.put_setting("a", "b");
  other.commit();
  restart();
  EXPECT_EQ(kind_of([&] {
              other.begin();
              other.put_setting("a", "c");
            }),
            Kind::kUnavailable);
  other.rollback();
  own.begin();
  own.rollback();
  availability_->agree_on(own.server());
  other.begin();
  EXPECT_EQ(other.setting("a"), "b");
  other.rollback();
}

TEST_F(FailoverTest, WhileOneFindsNobodyTheOthersDoNotWait) {
  PostgresStorage own(options(true));
  own.begin();
  own.rollback();
  availability_->agree_on(own.server());
  availability_->set_away("the host: password authentication failed");
  PostgresStorage other(options());
  EXPECT_EQ(kind_of([&] { other.begin(); }), Kind::kUnavailable);
  try {
    other.begin();
  } catch (const StorageError& error) {
    EXPECT_STREQ(error.what(), "the host: password authentication failed") << "what is known is said";
  }
  availability_->set_back();
  other.begin();
  other.rollback();
  server_.stop();
  stopped_ = true;
  EXPECT_EQ(kind_of([&] {
              other.begin();
              other.find_group("g");
            }),
            Kind::kUnavailable);
  EXPECT_TRUE(availability_->away());
}

TEST_F(FailoverTest, ATransactionEndsInTimeWhateverItWaitsFor) {
  availability_->agree_on([&] {
    PostgresStorage own(options(true));
    own.begin();
    own.rollback();
    return own.server();
  }());
  PostgresStorage first(options());
  first.begin();
  first.save_group(full_group("g"));
  postgres::Connection::Options hasty = options();
  hasty.transaction_within = 300ms;
  PostgresStorage second(hasty);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_NE(kind_of([&] {
              second.begin();
              second.save_group(full_group("g"));
              second.commit();
            }),
            std::nullopt);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 900ms) << "a lock would be waited for for a second";
  second.rollback();
  first.rollback();
}

TEST_F(FailoverTest, WithoutAStandbyNothingIsSynchronous) {
  PostgresStorage own(options(true));
  EXPECT_FALSE(own.standbys().confirm);
}

TEST_F(FailoverTest, WhoMayDoLittleCanTellServersApart) {
  server_.execute("CREATE ROLE little LOGIN", database_.name());
  PostgresStorage own(options(true, "little"));
  own.begin();
  EXPECT_NE(own.server().find(' '), std::string::npos) << own.server();
  own.rollback();
  server_.execute("DROP ROLE little", database_.name());
}

}  // namespace
}  // namespace headroom::test
