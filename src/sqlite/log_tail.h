#pragma once

#include <string>

namespace headroom {

// Whether a write-ahead log is damaged in front of commits that had been synced. SQLite reads a log up to the first
// frame whose checksum is wrong, and takes what stands behind it for the torn end of the last commit. A commit is
// written only once the one before it is on the disk: two of them behind such a frame are no torn end. `log`: the path
// of the log; false when it can not be read or is none. Format: https://www.sqlite.org/fileformat2.html#walformat
bool hides_commits(const std::string& log);

}  // namespace headroom
