#include "tests/support/command_run.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>

namespace headroom::test {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kPatience{20};

// What exec takes, pointing into itself.
struct Arguments {
  Arguments(std::vector<std::string> program, const Variables& environment) : words(std::move(program)) {
    for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
    for (auto& word : words) argv.push_back(word.data());
    for (auto& variable : variables) envp.push_back(variable.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
  }
  std::vector<std::string> words, variables;
  std::vector<char*> argv, envp;
};

std::array<int, 2> make_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  return fds;
}

int file_with(const std::string& text) {
  const int fd = ::memfd_create("input", MFD_CLOEXEC);
  if (fd < 0 || ::pwrite(fd, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("memfd failed");
  }
  return fd;
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 65536> buffer{};
  for (ssize_t n = 0; (n = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
  ::close(fd);
  return text;
}

int status_of(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

}  // namespace

CommandRun run_command(const std::vector<std::string>& program, const Variables& environment,
                       const std::string& input) {
  const Arguments arguments(program, environment);
  const int in = file_with(input);
  const auto out = make_pipe(), err = make_pipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  pid_t pid = -1;
  const int error =
      ::posix_spawnp(&pid, arguments.argv[0], &actions, nullptr, arguments.argv.data(), arguments.envp.data());
  posix_spawn_file_actions_destroy(&actions);
  for (const int fd : {in, out[1], err[1]}) ::close(fd);
  if (error != 0) throw std::runtime_error(program.front() + " can not be started");
  CommandRun run;
  std::thread reader([&] { run.err = read_all(err[0]); });
  run.out = read_all(out[0]);
  reader.join();
  int wait_status = 0;
  if (::waitpid(pid, &wait_status, 0) == pid) run.status = status_of(wait_status);
  return run;
}

TerminalProcess::TerminalProcess(const std::vector<std::string>& program, const Variables& environment,
                                 unsigned short columns) {
  const Arguments arguments(program, environment);
  winsize size{24, columns, 0, 0};
  pid_ = ::forkpty(&fd_, nullptr, nullptr, &size);
  if (pid_ < 0) throw std::runtime_error("forkpty failed");
  if (pid_ == 0) {
    ::execvpe(arguments.argv[0], arguments.argv.data(), arguments.envp.data());
    ::_exit(127);
  }
  ::fcntl(fd_, F_SETFD, FD_CLOEXEC);
}

TerminalProcess::~TerminalProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(fd_);
}

// False when nothing came, or nothing comes any more.
bool TerminalProcess::read_some(int timeout_ms) {
  pollfd readable{fd_, POLLIN, 0};
  if (::poll(&readable, 1, timeout_ms) <= 0) return false;
  std::array<char, 65536> buffer{};
  const ssize_t n = ::read(fd_, buffer.data(), buffer.size());
  if (n <= 0) return false;  // EIO: the other side is closed
  output_.append(buffer.data(), static_cast<std::size_t>(n));
  return true;
}

bool TerminalProcess::shows(const std::string& text) {
  for (const auto until = Clock::now() + kPatience; Clock::now() < until;) {
    if (const auto at = output_.find(text, found_); at != std::string::npos) {
      found_ = at + text.size();
      return true;
    }
    read_some(100);
  }
  return false;
}

void TerminalProcess::type(const std::string& text) const {
  if (::write(fd_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("write failed");
}

void TerminalProcess::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

int TerminalProcess::wait() {
  for (const auto until = Clock::now() + kPatience; Clock::now() < until && pid_ > 0;) {
    read_some(20);
    int wait_status = 0;
    if (::waitpid(pid_, &wait_status, WNOHANG) == pid_) {
      pid_ = -1;
      while (read_some(20)) continue;
      return status_of(wait_status);
    }
  }
  return -1;
}

std::string TerminalProcess::screen() const {
  std::string text;
  for (std::size_t i = 0; i < output_.size(); ++i) {
    if (output_[i] != '\r' || output_.substr(i + 1, 1) != "\n") text += output_[i];
  }
  return text;
}

}  // namespace headroom::test
