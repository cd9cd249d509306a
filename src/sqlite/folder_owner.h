#pragma once

#include <string>

namespace headroom {

// Root's hand (a migration, a restore, an import) must not keep the service's user out: the file is the folder's
// owner's. Returns 0 or the errno.
int give_to_owner_of_folder(int file, const std::string& path);

}  // namespace headroom
