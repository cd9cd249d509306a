#pragma once

namespace headroom::postgres {

// A database that has a table of this name is being filled, and not yet what it will be.
inline constexpr char kCopyTable[] = "copy_progress";

}  // namespace headroom::postgres
