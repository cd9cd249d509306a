#pragma once

#include <sqlite3.h>

namespace headroom::model {

// Registers SQLite's own file access without syncs and with the locks of one process, under this name. A killed process
// loses nothing by that; power cuts are tested elsewhere.
inline constexpr char kQuickVfs[] = "headroom-model";
void register_quick_vfs();

}  // namespace headroom::model
