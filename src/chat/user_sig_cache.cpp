#include "chat/user_sig_cache.h"

#include <utility>

#include "chat/user_sig.h"

namespace headroom {

UserSigCache::UserSigCache(std::uint64_t sdk_app_id, std::string identifier, std::string secret_key)
    : sdk_app_id_(sdk_app_id), identifier_(std::move(identifier)), secret_key_(std::move(secret_key)) {}

std::string UserSigCache::get(TimeMs now) {
  const std::lock_guard lock(mutex_);
  // One that was signed "later" was signed by a clock that has been set back since.
  const bool fresh = !user_sig_.empty() && signed_at_ <= now && now < signed_at_ + kValidity - kRenewBefore;
  if (!fresh) sign(now);
  return user_sig_;
}

std::string UserSigCache::renew(TimeMs now, const std::string& rejected) {
  const std::lock_guard lock(mutex_);
  if (user_sig_.empty() || user_sig_ == rejected) sign(now);
  return user_sig_;
}

void UserSigCache::sign(TimeMs now) {
  user_sig_ = sign_user_sig(sdk_app_id_, identifier_, secret_key_, now / kSecondMs, kValidity / kSecondMs);
  signed_at_ = now;
}

}  // namespace headroom
