// The surroundings as they are.
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <future>
#include <memory>
#include <system_error>
#include <thread>

#include "doctor/surroundings.h"
#include "doctor/systemd_unit.h"
#include "http/tls_probe.h"

namespace headroom::doctor {
namespace {

constexpr std::array<long, 4> kRemoteFileSystems = {0x6969, 0x517b, static_cast<long>(0xff534d42),
                                                    0x65735546};  // NFS, SMB, CIFS, FUSE

DiskSpace read_disk_space(const std::string& folder) {
  DiskSpace space;
  struct statvfs status {};
  if (::statvfs(folder.c_str(), &status) != 0) {
    space.error = folder + ": " + std::generic_category().message(errno);
    return space;
  }
  const auto block = static_cast<std::int64_t>(status.f_frsize);
  space.total_bytes = static_cast<std::int64_t>(status.f_blocks) * block;
  space.free_bytes = static_cast<std::int64_t>(status.f_bavail) * block;
  space.total_files = static_cast<std::int64_t>(status.f_files);
  space.free_files = static_cast<std::int64_t>(status.f_favail);
  space.read_only = (status.f_flag & ST_RDONLY) != 0;
  struct statfs kind {};
  if (::statfs(folder.c_str(), &kind) == 0) {
    space.remote = std::ranges::find(kRemoteFileSystems, static_cast<long>(kind.f_type)) != kRemoteFileSystems.end();
  }
  return space;
}

std::string text_of(const addrinfo& entry) {
  std::array<char, NI_MAXHOST> text{};
  const int code = ::getnameinfo(entry.ai_addr, entry.ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
  return code == 0 ? text.data() : "";
}

Resolution resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (code != 0) return {{}, ::gai_strerror(code)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  Resolution resolution;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    std::string text = text_of(*entry);
    if (!text.empty()) resolution.addresses.push_back(std::move(text));
  }
  return resolution;
}

// getaddrinfo has no limit of its own: a thread that nobody waits for any longer asks, and ends with the process.
Resolution resolve_within(const std::string& host, DurationMs most) {
  const auto answer = std::make_shared<std::promise<Resolution>>();
  auto future = answer->get_future();
  std::thread([answer, host] { answer->set_value(resolve(host)); }).detach();
  if (future.wait_for(std::chrono::milliseconds(most)) == std::future_status::ready) return future.get();
  return {{}, "no answer within " + std::to_string(most / kSecondMs) + " s"};
}

TlsLook look_at_tls(const std::string& base_url, DurationMs most) {
  const http::TlsProbe probe = http::probe_tls(base_url, most);
  return {probe.error, probe.connected, probe.expires_at};
}

}  // namespace

Surroundings machine(Clock& clock) { return {clock, read_disk_space, resolve_within, look_at_tls, ask_systemd}; }

}  // namespace headroom::doctor
