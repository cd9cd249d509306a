#pragma once

namespace headroom {

// Whether what is written to the descriptor goes to systemd's journal: JOURNAL_STREAM names its device and inode. That
// the variable is there says nothing, whoever is started from a service inherits it.
bool goes_to_journal(int fd);

}  // namespace headroom
