#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/hostile/honest_client.h"
#include "tests/support/daemon_process.h"
#include "tests/support/raw_client.h"

namespace headroom::hostile {

// What a sanitizer's shadow and its quarantine of freed memory may add to the daemon's: of their size the tests say
// nothing, only that there is an end to it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::int64_t kSanitizerRssKib = 1024 * 1024;
#else
inline constexpr std::int64_t kSanitizerRssKib = 0;
#endif

// A daemon that only records, with an own database in a temporary folder, and what the kernel says about it.
class AttackedDaemon : public testing::Test {
 protected:
  AttackedDaemon();
  ~AttackedDaemon() override;

  void set(const std::string& key, const std::string& value) { settings_[key] = value; }
  void start(const std::map<std::string, std::string>& env = {});
  std::string write_file(const std::string& name, const std::string& text) const;

  std::uint16_t port() const { return port_; }
  std::uint16_t admin_port() const { return admin_port_; }
  std::int64_t rss_kib() const;
  std::int64_t cpu_ms() const;
  std::int64_t metric(const std::string& series) const;
  // So many connections; fewer only when this process may not have them.
  std::vector<std::unique_ptr<http::RawClient>> connect(int count, int receive_buffer = 0) const;
  std::vector<std::unique_ptr<http::RawClient>> connect_to(std::uint16_t port, int count, int receive_buffer = 0) const;

  // What every attack has to leave: honest webhooks were answered in time all along and are now, on old connections and
  // new ones; the daemon is ready, and ends with 0.
  void expect_unharmed(HonestClient& honest);
  static bool eventually(const std::function<bool()>& condition);

  std::filesystem::path folder_;
  std::map<std::string, std::string> settings_;
  std::unique_ptr<e2e::DaemonProcess> daemon_;

 private:
  std::uint16_t port_ = 0;
  std::uint16_t admin_port_ = 0;
};

}  // namespace headroom::hostile
