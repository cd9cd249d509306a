#pragma once

#include <filesystem>
#include <string>

namespace headroom {

// The absolute path that `path` leads to with all links followed. The file itself need not exist, its folder does.
// Throws DatabaseProblem: kMissing, kNoPermission, kIo.
std::filesystem::path real_database_path(const std::string& path);

}  // namespace headroom
