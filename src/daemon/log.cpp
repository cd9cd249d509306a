#include "daemon/log.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/ostream_sink.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "daemon/journal_stream.h"
#include "daemon/log_queue.h"
#include "text/json_object.h"
#include "text/time_text.h"
#include "text/utf8.h"

namespace headroom {
namespace {

constexpr std::size_t kMaxValueBytes = 1024;

TimeMs wall_clock() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string_view name_of_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

// syslog(3).
std::string_view priority_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "<7>";
    case LogLevel::kInfo:
      return "<6>";
    case LogLevel::kWarning:
      return "<4>";
    case LogLevel::kError:
      return "<3>";
  }
  return "<3>";
}

// Would move the cursor, break the line (of the separators) or turn the direction of the text.
bool is_unfit(char32_t point) {
  return is_control(point) || point == 0x2028 || point == 0x2029 || (point >= 0x202a && point <= 0x202e) ||
         (point >= 0x2066 && point <= 0x2069);
}

// Printable UTF-8: what is not becomes \n, \t or \xNN per byte; long text is cut. `quoted` escapes " and \ as well.
std::string escape(std::string_view text, bool quoted) {
  std::string out;
  const bool cut = text.size() > kMaxValueBytes;
  for (std::size_t at = 0; at < std::min(text.size(), kMaxValueBytes);) {
    const Utf8Character c = character_at(text, at);
    const std::size_t length = std::max<std::size_t>(c.length, 1);
    if (c.length > 0 && !is_unfit(c.point)) {
      if (quoted && (text[at] == '"' || text[at] == '\\')) out += '\\';
      out += text.substr(at, length);
    } else if (text[at] == '\n') {
      out += "\\n";
    } else if (text[at] == '\t') {
      out += "\\t";
    } else {
      for (const char b : text.substr(at, length)) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(b));
    }
    at += length;
  }
  return cut ? out + "..." : out;
}

bool needs_quotes(std::string_view text) {
  return text.empty() || !std::all_of(text.begin(), text.end(),
                                      [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '='; });
}

// RapidJSON escapes control characters below 0x20 itself; the rest is made printable first.
std::string printable(std::string_view text) {
  const bool plain = text.size() <= kMaxValueBytes && std::all_of(text.begin(), text.end(), [](char c) {
                       return (c >= ' ' && c < 0x7f) || c == '\n' || c == '\t';
                     });
  return plain ? std::string(text) : escape(text, false);
}

// The queue has a mutex of its own.
class QueueSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit QueueSink(std::shared_ptr<LogQueue> queue) : queue_(std::move(queue)) {}

 private:
  // The line is whole already: no formatter, which would be shared.
  void sink_it_(const spdlog::details::log_msg& message) override {
    queue_->push(std::string(message.payload.data(), message.payload.size()) + '\n');
  }
  void flush_() override {}

  const std::shared_ptr<LogQueue> queue_;
};

std::shared_ptr<spdlog::logger> make_logger(spdlog::sink_ptr sink) {
  // An object of its own, in no registry: two daemons in one process share nothing.
  auto logger = std::make_shared<spdlog::logger>("headroomd", std::move(sink));
  logger->set_pattern("%v");
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::trace);
  logger->set_error_handler([](const std::string&) {});  // nowhere left to report it
  return logger;
}

}  // namespace

LogField::LogField(std::string_view key, double value)
    : key_(key), text_(fmt::format("{}", value)), bare_(std::isfinite(value)) {}

std::string format_log_text(LogLevel level, std::string_view event, LogFields fields, TimeMs now,
                            Log::Journal journal) {
  // The journal has its own time and level.
  std::string line = journal == Log::Journal::kYes ? std::string(priority_of(level))
                                                   : format_time(now) + " " + std::string(name_of_level(level)) + " ";
  line += escape(event, false);
  for (const LogField& field : fields) {
    line += ' ';
    line += field.key();
    line += '=';
    line += needs_quotes(field.text()) || field.text().size() > kMaxValueBytes ? '"' + escape(field.text(), true) + '"'
                                                                               : field.text();
  }
  return line;
}

std::string format_log_json(LogLevel level, std::string_view event, LogFields fields, TimeMs now) {
  JsonObject json;
  json.text("time", format_time(now));
  json.text("level", name_of_level(level));
  json.text("message", printable(event));
  for (const LogField& field : fields) {
    if (field.bare()) {
      json.bare(field.key(), field.text());
    } else {
      json.text(field.key(), printable(field.text()));
    }
  }
  return json.finish();
}

Log::Log(LogFormat format, LogLevel level) : Log(STDERR_FILENO, format, level) {}

Log::Log(int fd, LogFormat format, LogLevel level)
    : queue_(std::make_shared<LogQueue>(fd, LogQueue::Options{})),
      sink_(make_logger(std::make_shared<QueueSink>(queue_))),
      journal_(goes_to_journal(fd) ? Journal::kYes : Journal::kNo),
      format_(format),
      level_(level) {}

Log::Log(std::ostream& out, LogFormat format, LogLevel level, Journal journal)
    : sink_(make_logger(std::make_shared<spdlog::sinks::ostream_sink_mt>(out))),
      journal_(journal),
      format_(format),
      level_(level) {}

Log::~Log() = default;

void Log::configure(LogFormat format, LogLevel level) {
  format_ = format;
  level_ = level;
}

void Log::write(LogLevel level, std::string_view event, LogFields fields) {
  if (level >= level_.load()) emit(level, event, fields);
}

void Log::emit(LogLevel level, std::string_view event, LogFields fields) noexcept {
  try {
    put(level, event, fields);
    const std::uint64_t lost = queue_ ? queue_->take_unreported() : 0;
    if (lost > 0) put(LogLevel::kWarning, "log lines were dropped: nobody read them", {{"lines", lost}});
  } catch (...) {  // out of memory: a lost line is better than a lost daemon
  }
}

void Log::put(LogLevel level, std::string_view event, LogFields fields) {
  const TimeMs now = wall_clock();
  const std::string line = format_.load() == LogFormat::kJson ? format_log_json(level, event, fields, now)
                                                              : format_log_text(level, event, fields, now, journal_);
  sink_->log(spdlog::level::critical, spdlog::string_view_t(line));
}

std::uint64_t Log::dropped() const { return queue_ ? queue_->dropped() : 0; }

}  // namespace headroom
