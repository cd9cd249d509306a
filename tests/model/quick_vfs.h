#pragma once

#include <sqlite3.h>

namespace headroom::model {

// Registers, under this name, SQLite's own file access with the locks of one process, and with what the files hold in
// memory, where no sync is. A killed process loses nothing by that; power cuts are tested elsewhere.
inline constexpr char kQuickVfs[] = "headroom-model";
void register_quick_vfs();

}  // namespace headroom::model
