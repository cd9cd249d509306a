#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "config/log_kind.h"
#include "headroom/types.h"

namespace spdlog {
class logger;
}

namespace headroom {

class LogQueue;

// A value with a name. Any text may be given: it is cut at 1 KiB and can not break out of its line.
class LogField {
 public:
  LogField(std::string_view key, std::string_view value) : key_(key), text_(value) {}
  LogField(std::string_view key, const std::string& value) : key_(key), text_(value) {}
  LogField(std::string_view key, const char* value) : key_(key), text_(value) {}
  LogField(std::string_view key, bool value) : key_(key), text_(value ? "true" : "false"), bare_(true) {}
  LogField(std::string_view key, double value);
  template <typename Integer,
            typename = std::enable_if_t<std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>>>
  LogField(std::string_view key, Integer value) : key_(key), text_(std::to_string(value)), bare_(true) {}

  const std::string& key() const { return key_; }
  const std::string& text() const { return text_; }
  bool bare() const { return bare_; }  // a number or a bool: no quotes in JSON

 private:
  std::string key_;
  std::string text_;
  bool bare_ = false;
};
using LogFields = std::initializer_list<LogField>;

// The daemon's log: an event and its fields, one line each. All calls are thread-safe, never throw, and never wait for
// whoever reads it: see LogQueue.
//   text  2026-11-23T06:45:00.000Z info run finished run=12 group="@TGS#2J4 SZ"
//         or, for the journal, <6>run finished run=12 group="@TGS#2J4 SZ"
//   json  {"time":"…","level":"info","message":"run finished","run":12,"group":"@TGS#2J4 SZ"}
class Log {
 public:
  enum class Journal { kNo, kYes };  // whether lines of text start with the journal's priority

  // To standard error, or another descriptor. Journal: kYes when that is the journal.
  Log(LogFormat format, LogLevel level);
  Log(int fd, LogFormat format, LogLevel level);
  // For tests; `out` has to outlive the log.
  Log(std::ostream& out, LogFormat format, LogLevel level, Journal journal);
  ~Log();

  void configure(LogFormat format, LogLevel level);  // while others log

  void debug(std::string_view event, LogFields fields = {}) { write(LogLevel::kDebug, event, fields); }
  void info(std::string_view event, LogFields fields = {}) { write(LogLevel::kInfo, event, fields); }
  void warning(std::string_view event, LogFields fields = {}) { write(LogLevel::kWarning, event, fields); }
  void error(std::string_view event, LogFields fields = {}) { write(LogLevel::kError, event, fields); }
  // At the level info, but printed whatever the configured level is.
  void always(std::string_view event, LogFields fields = {}) { emit(LogLevel::kInfo, event, fields); }

  // Lines that nobody read in time.
  std::uint64_t dropped() const;

 private:
  void write(LogLevel level, std::string_view event, LogFields fields);
  void emit(LogLevel level, std::string_view event, LogFields fields) noexcept;
  void put(LogLevel level, std::string_view event, LogFields fields);

  const std::shared_ptr<LogQueue> queue_;  // none when it goes to a stream
  const std::shared_ptr<spdlog::logger> sink_;
  const Journal journal_;
  std::atomic<LogFormat> format_;
  std::atomic<LogLevel> level_;
};

// One line without the line break.
std::string format_log_text(LogLevel level, std::string_view event, LogFields fields, TimeMs now, Log::Journal journal);
std::string format_log_json(LogLevel level, std::string_view event, LogFields fields, TimeMs now);

}  // namespace headroom
