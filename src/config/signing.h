#pragma once

#include <string>

#include "config/config.h"

namespace headroom {

// Why anybody may send webhooks; empty when they are signed or come from allowed addresses.
std::string unsigned_webhooks(const Config& config);
// Whether that is an error, and not only a warning: the mode removes members, and webhook.allow_unsigned is false.
bool must_be_signed(const Config& config);

}  // namespace headroom
