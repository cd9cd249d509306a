#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace headroom {

// To carry what a node that is gone has in its spool to another node: lines of JSON, the first of which says whose
// events they are and how many. Both hold the spool, as a daemon does, and throw DatabaseProblem (kLocked when one
// runs). The events keep their intake ids: who forwards them twice stores them once.

// All that is in it, what was set aside first; nothing is removed. Returns how many. Whether `out` took it is for the
// caller to see.
std::int64_t export_spool(const std::string& path, std::ostream& out);

struct ImportReport {
  std::int64_t events = 0;
  std::int64_t known = 0;  // were there already
};
// Behind what is in it, which may be nothing, nor the file. All of `in` or none: kBadBackup names the first line that
// is wrong, behind `name`, kForeignApp says that it is another database's, kFull that there is no room for all.
ImportReport import_spool(const std::string& path, std::istream& in, const std::string& name, std::int64_t max);

}  // namespace headroom
