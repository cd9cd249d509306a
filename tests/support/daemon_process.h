#pragma once

#include <sys/types.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace headroom::e2e {

// One headroomd as a child process. Its standard error is read as it comes.
class DaemonProcess {
 public:
  explicit DaemonProcess(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& env = {});
  ~DaemonProcess();  // kills it
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  // The address of a `listening name=… address=…` line; empty when the process ended or 20 s passed without one.
  std::string listening(const std::string& name);
  void signal(int number) const;
  // Waits for the end, 30 s at most; the exit status, 128 + the signal that ended it, or -1.
  int wait();
  std::string stderr_text() const;
  bool running() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }  // -1 after wait()

 private:
  void read_stderr(int fd);

  std::atomic<pid_t> pid_ = -1;  // signalled by the simulator's threads, too
  std::thread reader_;
  mutable std::mutex mutex_;
  std::string stderr_;
  bool ended_ = false;
};

struct Finished {
  int status = -1;
  std::string out;
  std::string err;
};
// Runs headroomd to its end.
Finished run_headroomd(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& env = {});

}  // namespace headroom::e2e
