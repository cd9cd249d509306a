#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace headroom::e2e {

// A real load balancer with the shipped configuration, in which only what belongs to a machine is changed.
class BalancerProcess {
 public:
  struct Place {
    std::string folder;               // exists, and is the caller's to remove
    std::string address;              // of its own, to listen on
    std::vector<std::string> nodes;   // three: HOST:PORT of their webhooks
    std::vector<std::string> admins;  // likewise
  };
  static bool has_haproxy();
  static bool has_nginx();
  static std::unique_ptr<BalancerProcess> haproxy(const Place& place);
  static std::unique_ptr<BalancerProcess> nginx(const Place& place);
  ~BalancerProcess();
  BalancerProcess(const BalancerProcess&) = delete;
  BalancerProcess& operator=(const BalancerProcess&) = delete;

  const std::string& url() const { return url_; }  // https, without a path
  bool running() const;
  std::string said() const;

 private:
  using Changes = std::vector<std::pair<std::string, std::string>>;
  BalancerProcess(std::string log, std::string url, std::vector<std::string> arguments);
  static void write_changed(const std::string& shipped, const std::string& to, const Changes& changes);

  const std::string log_;
  const std::string url_;
  mutable pid_t pid_ = -1;
};

}  // namespace headroom::e2e
