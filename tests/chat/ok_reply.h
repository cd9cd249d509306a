#pragma once

#include <string>

namespace headroom {

// How Chat's replies begin that are no error; what follows ends with a brace.
inline const std::string kOk = R"({"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0)";

}  // namespace headroom
