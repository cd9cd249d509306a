#include "postgres/address.h"

#include <gmock/gmock.h>

#include "stored/database_problem.h"

namespace headroom::postgres {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(PostgresAddressTest, SeveralHostsAreTriedOneByOne) {
  const Address address("postgresql://app@a:5433,b:5434,[::1]:5435/headroom?sslmode=require&connect_timeout=3",
                        "secret");
  ASSERT_EQ(address.hosts().size(), 3U);
  EXPECT_EQ(address.hosts()[0].at("host"), "a");
  EXPECT_EQ(address.hosts()[0].at("port"), "5433");
  EXPECT_EQ(address.hosts()[1].at("host"), "b");
  EXPECT_EQ(address.hosts()[2].at("host"), "::1");
  EXPECT_EQ(address.hosts()[2].at("port"), "5435");
  for (const auto& host : address.hosts()) {
    EXPECT_EQ(host.at("user"), "app");
    EXPECT_EQ(host.at("dbname"), "headroom");
    EXPECT_EQ(host.at("sslmode"), "require");
    EXPECT_EQ(host.at("password"), "secret");
  }
  EXPECT_EQ(address.connect_within(), std::chrono::seconds(3));
  EXPECT_EQ(address.name(), "postgresql://a:5433,b:5434,::1:5435/headroom");
}

TEST(PostgresAddressTest, OneHostAtSeveralPortsIsAHostEach) {
  EXPECT_THROW(Address("postgresql://a:1,b:2,c/x?port=4,5", ""), DatabaseProblem);
  const Address same("postgresql://a,b/x?port=77", "");
  EXPECT_EQ(same.hosts()[1].at("port"), "77");
}

TEST(PostgresAddressTest, OursAreDefaults) {
  const auto plain = Address("postgresql://a/x", "").hosts().at(0);
  EXPECT_EQ(plain.at("target_session_attrs"), "read-write");
  EXPECT_EQ(plain.at("tcp_user_timeout"), "2000");
  EXPECT_EQ(plain.at("client_encoding"), "UTF8");
  EXPECT_FALSE(plain.contains("password"));
  const auto given = Address("postgresql://a/x?target_session_attrs=any&tcp_user_timeout=9&client_encoding=LATIN1", "");
  EXPECT_EQ(given.hosts()[0].at("target_session_attrs"), "any");
  EXPECT_EQ(given.hosts()[0].at("tcp_user_timeout"), "9");
  EXPECT_EQ(given.hosts()[0].at("client_encoding"), "UTF8");
}

TEST(PostgresAddressTest, WhatIsRefusedIsNotShown) {
  for (const char* url :
       {"postgresql://app:hunter2@a/x", "postgresql://a/x?password=hunter2", "postgresql://app:hunter2%@a/x",
        "postgresql://app:hunter2@[a/x", "postgresql://a/x?passfile=hunter2", "postgresql://a/x?service=hunter2",
        "postgresql://a/x?hunter2=1", "mysql://app:hunter2@a/x", "host=a password=hunter2", "hunter2", "",
        "postgresql://a/x?connect_timeout=hunter2", "postgresql://a/x?connect_timeout=0"}) {
    try {
      const Address address(url, "");
      ADD_FAILURE() << url;
    } catch (const DatabaseProblem& problem) {
      EXPECT_EQ(problem.kind(), DatabaseProblem::Kind::kBadUrl) << url;
      EXPECT_THAT(problem.what(), Not(HasSubstr("hunter2")));
    }
  }
}

}  // namespace
}  // namespace headroom::postgres
