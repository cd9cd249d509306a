#pragma once

// How the log is written: what log.format and log.level may say.
namespace headroom {

enum class LogFormat { kText, kJson };
enum class LogLevel { kDebug, kInfo, kWarning, kError };

}  // namespace headroom
