// Where the tests find what is no part of them. Functions, compiled once: GCC 12 warns of an overflow in
// `std::string(MACRO) + "…"` for literals of some lengths (its bug 105651), so a folder's name would decide what compiles.
#pragma once

namespace headroom::test {

// The source tree, without a slash behind it.
const char* source_folder();
// Completions and manual pages, as the build makes them for installation.
const char* manual_folder();
const char* headroomctl_program();
const char* postgres_server_script();
// The daemon that this test program drives: see headroom_driven() in CMakeLists.txt.
const char* daemon_program();

}  // namespace headroom::test
