#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace headroom::hostile {

// A real nginx with the shipped config/nginx.conf, on free ports of 127.0.0.1, with a certificate of its own. It is
// asked over TLS, and over a second, plain port of the same server block, for bytes that no TLS client would send.
class NginxProcess {
 public:
  static bool installed();

  // `folder` exists and is the caller's to remove. Empty error() and nginx answers.
  NginxProcess(const std::string& folder, std::uint16_t headroomd_port);
  ~NginxProcess();
  NginxProcess(const NginxProcess&) = delete;
  NginxProcess& operator=(const NginxProcess&) = delete;

  const std::string& error() const { return error_; }
  std::uint16_t tls_port() const { return tls_port_; }
  std::uint16_t plain_port() const { return plain_port_; }
  std::string certificate() const { return folder_ + "/cert.pem"; }
  bool running() const;
  // What the app's own back end (nginx itself) has been asked, one "METHOD URI" a line.
  std::string app_log() const;
  std::string error_log() const;

 private:
  void write_configuration(std::uint16_t headroomd_port) const;
  bool answers() const;

  const std::string folder_;
  std::string error_;
  std::uint16_t tls_port_ = 0;
  std::uint16_t plain_port_ = 0;
  std::uint16_t app_port_ = 0;
  mutable pid_t pid_ = -1;
};

inline constexpr char kServerName[] = "chat-callback.example.com";

}  // namespace headroom::hostile
