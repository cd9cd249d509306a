#pragma once

#include <setjmp.h>
#include <ucontext.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace headroom::model {

// A function with a stack of its own that can pause in the middle, so that blocking code (a worker, the scheduler)
// takes turns with others in one thread, in an order that the caller decides. Must not be paused inside a catch block.
class Fiber {
 public:
  // `body` must not throw.
  explicit Fiber(std::function<void()> body);
  ~Fiber();  // of one that is done, or was never resumed
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs it until it pauses or ends.
  void resume();
  // From inside: back to who resumed it.
  void pause();
  bool started() const { return started_; }
  bool done() const { return done_; }

  // Where one goes on after a switch.
  struct Place {
    ucontext_t context{};
    jmp_buf jump{};
    bool is_new = false;  // nobody has jumped from there
  };

 private:
  static void enter(unsigned high, unsigned low);

  struct Stack;
  const std::function<void()> body_;
  std::unique_ptr<Stack> stack_;
  Place inside_;
  Place outside_;
  void* fake_stack_inside_ = nullptr;  // of AddressSanitizer
  const void* outside_bottom_ = nullptr;
  std::size_t outside_size_ = 0;
  bool started_ = false;
  bool done_ = false;
};

}  // namespace headroom::model
