#pragma once

#include <string>
#include <thread>

#include "tests/support/fault_vfs.h"

namespace headroom::soak {

// Steers a FaultVfs from another process: one line a connection on a Unix socket, answered with `ok`.
//   write|growth|sync|database_sync|read ok|full|eio   what these calls return from now on; growth: writes behind the
//                                                 end of a file
//   short on|off                                  failing writes write their first half
//   delay MS                                      of each sync
//   database_delay MS                             of each sync of the database file, on top
//   cut all|some SEED                             the power goes: ends the process
// The files must have been opened with tracking for `cut`.
class FaultControl {
 public:
  FaultControl(test::FaultVfs& faults, const std::string& socket_path);
  ~FaultControl();
  FaultControl(const FaultControl&) = delete;
  FaultControl& operator=(const FaultControl&) = delete;

 private:
  void loop();
  bool obey(const std::string& line);

  test::FaultVfs& faults_;
  int listener_ = -1;
  std::thread thread_;
};

// Sends one line to the process that listens there; false when it was not obeyed.
bool tell_faults(const std::string& socket_path, const std::string& line);

}  // namespace headroom::soak
