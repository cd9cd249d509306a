#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace headroom::http {

// What the bodies of all connections of a server may hold together. Thread-safe; outlives its shares.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t limit) : limit_(limit) {}

  std::size_t used() const { return used_; }

 private:
  friend class BodyShare;

  bool take(std::size_t bytes) {
    if (used_.fetch_add(bytes) + bytes <= limit_) return true;
    used_ -= bytes;
    return false;
  }

  const std::size_t limit_;
  std::atomic<std::size_t> used_ = 0;
};

// One connection's part of it.
class BodyShare {
 public:
  explicit BodyShare(BodyBudget& budget) : budget_(&budget) {}
  BodyShare(BodyShare&& other) noexcept : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)) {}
  BodyShare& operator=(BodyShare&&) = delete;
  ~BodyShare() { budget_->used_ -= bytes_; }

  // False when there is not so much left: then it stays as it was.
  bool grow_to(std::size_t bytes) {
    if (bytes <= bytes_) return true;
    if (!budget_->take(bytes - bytes_)) return false;
    bytes_ = bytes;
    return true;
  }
  void give_back() { budget_->used_ -= std::exchange(bytes_, 0); }

 private:
  BodyBudget* budget_;
  std::size_t bytes_ = 0;
};

}  // namespace headroom::http
