#include "tests/support/daemon_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <stdexcept>

extern char** environ;

#include "tests/support/places.h"

namespace headroom::e2e {
namespace {

using Clock = std::chrono::steady_clock;

std::array<int, 2> make_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  return fds;
}

pid_t spawn(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& env, int out,
            int err) {
  std::vector<std::string> strings = {test::daemon_program()};
  strings.insert(strings.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& argument : strings) argv.push_back(argument.data());
  argv.push_back(nullptr);

  std::vector<std::string> variables;
  for (const auto& [name, value] : env) variables.push_back(name + "=" + value);
  std::vector<char*> envp;
  for (char** variable = environ; *variable != nullptr; ++variable) envp.push_back(*variable);
  for (auto& variable : variables) envp.push_back(variable.data());
  envp.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (out >= 0) posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, test::daemon_program(), &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("headroomd can not be started");
  return pid;
}

int status_of(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (ssize_t n = 0; (n = ::read(fd, buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(n));
  ::close(fd);
  return text;
}

}  // namespace

DaemonProcess::DaemonProcess(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& env) {
  const auto err = make_pipe();
  pid_ = spawn(arguments, env, -1, err[1]);
  ::close(err[1]);
  reader_ = std::thread([this, fd = err[0]] { read_stderr(fd); });
}

DaemonProcess::~DaemonProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    wait();
  }
  reader_.join();
}

void DaemonProcess::read_stderr(int fd) {
  std::array<char, 4096> buffer{};
  for (ssize_t n = 0; (n = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    const std::lock_guard lock(mutex_);
    stderr_.append(buffer.data(), static_cast<std::size_t>(n));
  }
  ::close(fd);
  const std::lock_guard lock(mutex_);
  ended_ = true;
}

std::string DaemonProcess::listening(const std::string& name) {
  const std::string mark = "listening name=" + name + " address=";
  for (const auto until = Clock::now() + std::chrono::seconds(20); Clock::now() < until;) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto at = stderr_.find(mark); at != std::string::npos) {
        const auto from = at + mark.size();
        const auto end = stderr_.find_first_of(" \n", from);
        if (end != std::string::npos) return stderr_.substr(from, end - from);
      }
      if (ended_) return "";
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return "";
}

void DaemonProcess::signal(int number) const {
  const pid_t pid = pid_;  // -1 the next moment, perhaps, which kill takes for everybody
  if (pid > 0) ::kill(pid, number);
}

int DaemonProcess::wait() {
  for (const auto until = Clock::now() + std::chrono::seconds(30); Clock::now() < until;) {
    int wait_status = 0;
    if (::waitpid(pid_, &wait_status, WNOHANG) == pid_) {
      pid_ = -1;
      return status_of(wait_status);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return -1;
}

std::string DaemonProcess::stderr_text() const {
  const std::lock_guard lock(mutex_);
  return stderr_;
}

Finished run_headroomd(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& env) {
  const auto out = make_pipe();
  const auto err = make_pipe();
  const pid_t pid = spawn(arguments, env, out[1], err[1]);
  ::close(out[1]);
  ::close(err[1]);
  Finished finished;
  std::thread reader([&] { finished.err = read_all(err[0]); });
  finished.out = read_all(out[0]);
  reader.join();
  int wait_status = 0;
  if (::waitpid(pid, &wait_status, 0) == pid) finished.status = status_of(wait_status);
  return finished;
}

}  // namespace headroom::e2e
