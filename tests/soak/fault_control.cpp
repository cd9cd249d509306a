#include "tests/soak/fault_control.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <sstream>
#include <stdexcept>

namespace headroom::soak {
namespace {

constexpr std::size_t kMaxLine = 200;
constexpr timeval kPatience{5, 0};

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) throw std::runtime_error("the socket's path is too long: " + path);
  path.copy(address.sun_path, path.size());
  return address;
}

std::string read_line(int fd) {
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  std::string line;
  for (char c = 0; line.size() < kMaxLine && ::read(fd, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

bool write_line(int fd, const std::string& line) {
  const std::string text = line + "\n";
  return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

}  // namespace

FaultControl::FaultControl(test::FaultVfs& faults, const std::string& socket_path) : faults_(faults) {
  ::unlink(socket_path.c_str());
  const sockaddr_un address = address_of(socket_path);
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener_ < 0 || ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 8) != 0) {
    throw std::runtime_error("no control socket at " + socket_path);
  }
  thread_ = std::thread([this] { loop(); });
}

FaultControl::~FaultControl() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

void FaultControl::loop() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);  // the daemon's signals are its own
  for (int fd = -1; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    write_line(fd, obey(read_line(fd)) ? "ok" : "not understood");
    ::close(fd);
  }
}

bool FaultControl::obey(const std::string& line) {
  std::istringstream words(line);
  std::string what;
  std::string how;
  words >> what >> how;
  if (what == "delay" || what == "database_delay") {
    (what == "delay" ? faults_.sync_delay_ms : faults_.database_sync_delay_ms) = std::stoi(how);
    return true;
  }
  if (what == "short") {
    faults_.short_writes = how == "on";
    return true;
  }
  if (what == "cut") {
    std::uint64_t seed = 0;
    words >> seed;
    using Cut = test::UnsyncedWrites::Cut;
    faults_.unsynced().cut(how == "some" ? Cut::kKeepsSome : Cut::kDropsAll, seed);
    ::kill(::getpid(), SIGKILL);
  }
  const auto set = [&how](std::atomic<int>& fault, int io_error) {
    fault = how == "full" ? SQLITE_FULL : how == "eio" ? io_error : SQLITE_OK;
    return true;
  };
  if (what == "write") return set(faults_.on_write, SQLITE_IOERR_WRITE);
  if (what == "growth") return set(faults_.on_growth, SQLITE_IOERR_WRITE);
  if (what == "sync") return set(faults_.on_sync, SQLITE_IOERR_FSYNC);
  if (what == "database_sync") return set(faults_.on_database_sync, SQLITE_IOERR_FSYNC);
  if (what == "read") return set(faults_.on_read, SQLITE_IOERR_READ);
  return false;
}

bool tell_faults(const std::string& socket_path, const std::string& line) {
  const sockaddr_un address = address_of(socket_path);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const bool obeyed = connected && write_line(fd, line) && read_line(fd) == "ok";
  ::close(fd);
  return obeyed;
}

}  // namespace headroom::soak
