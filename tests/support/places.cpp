#include "tests/support/places.h"

namespace headroom::test {

const char* source_folder() { return SOURCE_FOLDER; }
const char* manual_folder() { return MANUAL_FOLDER; }
const char* headroomctl_program() { return HEADROOMCTL_PROGRAM; }
const char* postgres_server_script() { return SOURCE_FOLDER "/tests/support/postgres_server.sh"; }

}  // namespace headroom::test
