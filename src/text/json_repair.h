#pragma once

#include <string>
#include <string_view>

// JSON as others write it: cut inside a character, or with half a surrogate pair. A strict reader takes none of it, and
// a text that nobody looks at must not decide.
namespace headroom {

// For a reader that does not check encodings (RapidJSON without kParseValidateEncodingFlag) but stumbles over "\ud83d"
// alone: each such escape becomes one that is read, and decodes to bytes that are no UTF-8. So the values that matter
// can be checked with is_utf8, and the others need not be. Empty when there is nothing to change.
std::string readable_json(std::string_view json);

// For keeping: the same JSON, but what no reader would take is U+FFFD, be it escaped or not.
std::string repaired_json(std::string json);

}  // namespace headroom
