// glibc's checked longjmp takes a jump to another stack for one into a frame that is gone.
#undef _FORTIFY_SOURCE

#include "tests/model/fiber.h"

#include <sys/mman.h>

#include <cstdint>
#include <new>
#include <utility>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#elif defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace headroom::model {
namespace {

constexpr std::size_t kStackBytes = 1024 * 1024;  // of address space; what is not touched costs nothing

void* map_stack() {
  void* at = ::mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) throw std::bad_alloc();
  return at;
}

// Stacks are used again by the next world.
std::vector<void*>& spare_stacks() {
  static std::vector<void*> stacks;
  return stacks;
}

// AddressSanitizer has to know which stack is in use.
void before_switch([[maybe_unused]] void** fake_stack, [[maybe_unused]] const void* bottom,
                   [[maybe_unused]] std::size_t size) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(fake_stack, bottom, size);
#endif
}
void after_switch([[maybe_unused]] void* fake_stack, [[maybe_unused]] const void** bottom,
                  [[maybe_unused]] std::size_t* size) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake_stack, bottom, size);
#endif
}

// swapcontext() saves the signal mask, too: two system calls a switch. The sanitizers know it, and not the jumps.
void switch_over([[maybe_unused]] Fiber::Place& from, [[maybe_unused]] Fiber::Place& to) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  ::swapcontext(&from.context, &to.context);
#else
  if (::_setjmp(from.jump) != 0) return;
  if (std::exchange(to.is_new, false)) ::setcontext(&to.context);
  ::_longjmp(to.jump, 1);
#endif
}

}  // namespace

struct Fiber::Stack {
  Stack() {
    if (spare_stacks().empty()) {
      bottom = map_stack();
    } else {
      bottom = spare_stacks().back();
      spare_stacks().pop_back();
    }
  }
  ~Stack() {
    spare_stacks().push_back(bottom);
#if defined(__SANITIZE_THREAD__)
    __tsan_destroy_fiber(inside);
#endif
  }
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  // Right before the switch; ThreadSanitizer has to know whose calls it sees.
#if defined(__SANITIZE_THREAD__)
  void enter() {
    outside = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(inside, 0);
  }
  void leave() const { __tsan_switch_to_fiber(outside, 0); }
  void* const inside = __tsan_create_fiber(0);
  void* outside = nullptr;
#else
  void enter() {}
  void leave() const {}
#endif

  void* bottom = nullptr;
};

Fiber::Fiber(std::function<void()> body) : body_(std::move(body)), stack_(std::make_unique<Stack>()) {
  ::getcontext(&inside_.context);
  inside_.context.uc_stack.ss_sp = stack_->bottom;
  inside_.context.uc_stack.ss_size = kStackBytes;
  inside_.context.uc_link = nullptr;
  inside_.is_new = true;
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  ::makecontext(&inside_.context, reinterpret_cast<void (*)()>(&Fiber::enter), 2, static_cast<unsigned>(self >> 32U),
                static_cast<unsigned>(self));
}

Fiber::~Fiber() = default;

void Fiber::enter(unsigned high, unsigned low) {
  auto* self = reinterpret_cast<Fiber*>((static_cast<std::uintptr_t>(high) << 32U) | low);
  after_switch(nullptr, &self->outside_bottom_, &self->outside_size_);
  self->body_();
  self->done_ = true;
  before_switch(nullptr, self->outside_bottom_, self->outside_size_);
  self->stack_->leave();
  switch_over(self->inside_, self->outside_);
}

void Fiber::resume() {
  started_ = true;
  void* fake_stack = nullptr;
  before_switch(&fake_stack, stack_->bottom, kStackBytes);
  stack_->enter();
  switch_over(outside_, inside_);
  after_switch(fake_stack, nullptr, nullptr);
}

void Fiber::pause() {
  before_switch(&fake_stack_inside_, outside_bottom_, outside_size_);
  stack_->leave();
  switch_over(inside_, outside_);
  after_switch(fake_stack_inside_, &outside_bottom_, &outside_size_);
}

}  // namespace headroom::model
