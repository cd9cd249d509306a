#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "headroom/types.h"

namespace headroom::model {

// The story of a world, for a person; silent unless asked for.
class Trace {
 public:
  explicit Trace(bool on) : on_(on) {}
  bool on() const { return on_; }
  void set_start(TimeMs start) { start_ = start; }

  template <typename... Parts>
  void say(TimeMs now, const std::string& who, const Parts&... parts) const {
    if (!on_) return;
    std::string line;
    (append(line, parts), ...);
    const DurationMs at = now - start_;
    std::printf("%3lldd %02lld:%02lld:%02lld.%03lld  %-10s %s\n", ll(at / kDayMs), ll(at / kHourMs % 24),
                ll(at / kMinuteMs % 60), ll(at / kSecondMs % 60), ll(at % kSecondMs), who.c_str(), line.c_str());
  }

 private:
  static long long ll(std::int64_t value) { return static_cast<long long>(value); }
  static void append(std::string& line, const std::string& text) { line += text; }
  static void append(std::string& line, const char* text) { line += text; }
  static void append(std::string& line, const std::vector<std::string>& names) {
    for (const std::string& name : names) line += " " + name;
  }
  template <typename Number>
  static void append(std::string& line, Number number) requires std::is_arithmetic_v<Number> {
    line += std::to_string(number);
  }

  const bool on_;
  TimeMs start_ = 0;
};

}  // namespace headroom::model
