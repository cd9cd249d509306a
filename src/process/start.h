#pragma once

#include <map>
#include <string>

// What a program sees to before anything else.
namespace headroom {

// A closed standard stream is the next descriptor's number: what is printed would go into a file or to a peer. Output
// stays one that fails: an answer that is lost is no success. False when a stream can not be opened.
bool open_standard_streams();

// A core file or a debugger of the same user would show the secrets.
void keep_memory_private();

// By name. `variables` ends with a null pointer, as `environ` does; may be null.
std::map<std::string, std::string> environment_of(char** variables);

}  // namespace headroom
