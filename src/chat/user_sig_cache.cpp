#include "chat/user_sig_cache.h"

#include <cstdlib>
#include <utility>

#include "chat/user_sig.h"
#include "headroom/chat_api.h"

namespace headroom {

std::string UserSigCache::get() {
  const std::lock_guard lock(mutex_);
  // After a rejection, whoever asks whether it still holds does so with a new one.
  if (std::exchange(rejection_, std::nullopt) || !is_fresh(kValidity - kRenewBefore)) sign();
  return user_sig_;
}

std::optional<std::string> UserSigCache::renew(const std::string& rejected, int code) {
  const std::lock_guard lock(mutex_);
  // After too many failures Chat counts on: every further call makes it worse.
  if (code == chat_code::kTooManySignatureFailures || (user_sig_ == rejected && is_fresh(kFresh))) {
    rejection_ = Rejection{code, clock_.steady_now()};
    return std::nullopt;
  }
  if (user_sig_.empty() || user_sig_ == rejected) sign();
  return user_sig_;
}

std::optional<int> UserSigCache::rejection() {
  const std::lock_guard lock(mutex_);
  const bool holds = rejection_ && clock_.steady_now() - rejection_->at < kFresh;
  return holds ? std::optional(rejection_->code) : std::nullopt;
}

void UserSigCache::forget_rejection() {
  const std::lock_guard lock(mutex_);
  if (rejection_) rejection_->at = {clock_.steady_now().ms - kFresh};
}

void UserSigCache::heard(TimeMs chat_time) {
  const std::lock_guard lock(mutex_);
  chat_ = Moment{chat_time, clock_.steady_now()};
}

TimeMs UserSigCache::signing_time() const {
  const TimeMs ours = clock_.now();
  if (!chat_) return ours;
  const TimeMs chats = chat_->time + (clock_.steady_now() - chat_->at);
  return std::abs(chats - ours) > kMostSkew ? chats : ours;
}

// Younger than that, and signed as at a time that still goes on from there: not by a clock that was set since.
bool UserSigCache::is_fresh(DurationMs age) const {
  if (user_sig_.empty()) return false;
  const DurationMs passed = clock_.steady_now() - signed_.at;
  return passed < age && std::abs(signing_time() - signed_.time - passed) <= kMostSkew;
}

void UserSigCache::sign() {
  signed_ = {signing_time(), clock_.steady_now()};
  user_sig_ = sign_user_sig(sdk_app_id_, identifier_, secret_key_, signed_.time / kSecondMs, kValidity / kSecondMs);
}

}  // namespace headroom
