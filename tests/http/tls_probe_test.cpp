#include "http/tls_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/http/tls_server.h"
#include "tests/support/scripted_server.h"

namespace headroom::http {
namespace {

constexpr DurationMs kMost = 2000;

// The server, by a name that no resolver knows.
class TlsProbeTest : public testing::Test {
 protected:
  TlsProbe probe(const TlsServer& server, const std::string& ca_file) {
    const std::string address = server.url().substr(8);
    return probe_tls("https://chat.test.invalid", kMost, {"chat.test.invalid:443:" + address, ca_file});
  }
};

TEST_F(TlsProbeTest, SeesUntilWhenATrustedCertificateIsGood) {
  const TlsServer server("DNS:chat.test.invalid");
  const TlsProbe found = probe(server, server.certificate_file());
  EXPECT_EQ(found.error, "");
  ASSERT_TRUE(found.expires_at);
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  EXPECT_GT(*found.expires_at, now);
  EXPECT_LT(*found.expires_at, now + 3660 * kDayMs);
  EXPECT_EQ(server.requests(), 0) << "nothing is asked";
}

TEST_F(TlsProbeTest, SaysWhenItIsNotTrustedOrOfAnotherHost) {
  const TlsServer server("DNS:other.test.invalid");
  for (const std::string& trusted : {std::string(), server.certificate_file()}) {
    const TlsProbe found = probe(server, trusted);
    EXPECT_THAT(found.error, testing::HasSubstr("not trusted, or not for this host"));
    EXPECT_TRUE(found.connected);
  }
}

TEST_F(TlsProbeTest, WhoIsNotThereHasNoCertificate) {
  int port = 0;
  {
    const ScriptedServer gone;
    port = gone.port();
  }
  const TlsProbe found = probe_tls("https://127.0.0.1:" + std::to_string(port), kMost);
  EXPECT_FALSE(found.connected);
  EXPECT_NE(found.error, "");
}

TEST_F(TlsProbeTest, WhoSaysNothingIsNotWaitedForForEver) {
  ScriptedServer silent;  // speaks when it is spoken to in HTTP
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_NE(probe_tls("https://127.0.0.1:" + std::to_string(silent.port()), 300).error, "");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

}  // namespace
}  // namespace headroom::http
