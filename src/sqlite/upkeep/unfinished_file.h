#pragma once

#include <filesystem>
#include <string>

namespace headroom {

// A new empty file (mode 0600) called `prefix` and six random characters, which nobody takes for an abandoned one while
// its descriptor is open. Sets `path`; -1 and errno when it can not be made.
int make_unfinished_file(const std::string& prefix, std::string& path);

// Removes what make_unfinished_file has made with this prefix and whose maker is gone, with what SQLite has put beside
// it. What can not be looked at or removed stays.
void remove_abandoned_files(const std::filesystem::path& prefix);

}  // namespace headroom
