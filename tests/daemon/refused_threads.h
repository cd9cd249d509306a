#pragma once

namespace headroom::test {

// While it lives, the system starts `granted` more threads of this process, and none after them, as under TasksMax= or
// `ulimit -u`. One at a time.
class RefusedThreads {
 public:
  explicit RefusedThreads(int granted);
  ~RefusedThreads();
  RefusedThreads(const RefusedThreads&) = delete;
  RefusedThreads& operator=(const RefusedThreads&) = delete;
};

}  // namespace headroom::test
