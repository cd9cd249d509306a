#pragma once

#include <string>
#include <vector>

#include "text/addresses.h"

namespace headroom::webhook {

// Whose request it is: the peer, or, when the peer is a trusted proxy, the rightmost address of X-Forwarded-For that is
// none. An entry that is no address ends the search: what stands left of it can not be believed.
std::string client_address(const std::string& peer, const std::vector<std::string>& forwarded_for,
                           const CidrList& trusted);

}  // namespace headroom::webhook
