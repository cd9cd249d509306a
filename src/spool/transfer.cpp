#include "spool/transfer.h"

#include <istream>
#include <optional>
#include <ostream>
#include <utility>
#include <variant>

#include "headroom/storage_error.h"
#include "spool/event_line.h"
#include "spool/spool.h"
#include "stored/database_problem.h"

namespace headroom {
namespace {

using Kind = DatabaseProblem::Kind;

constexpr std::size_t kPage = 256;

// The spool's own errors, for a command.
template <typename Call>
auto as_problem(const std::string& path, Call&& call) {
  try {
    return call();
  } catch (const StorageError& error) {
    const Kind kind = error.kind() == StorageError::Kind::kFull ? Kind::kFull : Kind::kIo;
    throw DatabaseProblem(kind, path + ": " + error.what());
  }
}

template <typename Page>
void write_all(std::ostream& out, const Page& page_after) {
  std::int64_t id = 0;
  for (Spool::Batch page = page_after(id); !page.ids.empty() && out; page = page_after(id)) {
    for (std::size_t i = 0; i < page.events.size(); ++i) {
      out << spool::line_of(page.events[i], page.whys.empty() ? std::string() : page.whys[i]) << '\n';
    }
    id = page.ids.back();
  }
}

// The lines of a file, one by one.
class Lines {
 public:
  Lines(std::istream& in, std::string name) : in_(in), name_(std::move(name)) {}

  bool next() {
    if (!std::getline(in_, line_)) return false;
    ++number_;
    return true;
  }
  template <typename Value>
  Value read(std::variant<Value, spool::BadLine> parsed) const {
    if (const auto* bad = std::get_if<spool::BadLine>(&parsed)) refuse(bad->what);
    return std::move(std::get<Value>(parsed));
  }
  [[noreturn]] void refuse(const std::string& what) const {
    throw DatabaseProblem(Kind::kBadBackup,
                          name_ + ": line " + std::to_string(number_) + ": " + what + "; nothing was taken from it");
  }
  const std::string& line() const { return line_; }

 private:
  std::istream& in_;
  const std::string name_;
  std::string line_;
  std::int64_t number_ = 0;
};

}  // namespace

std::int64_t export_spool(const std::string& path, std::ostream& out) {
  return as_problem(path, [&] {
    Spool spool(SpoolOptions{.path = path, .create = false});
    const std::int64_t events = spool.depth() + spool.refused();
    out << spool::line_of(spool::Head{spool.identity(), events}) << '\n';
    write_all(out, [&](std::int64_t id) { return spool.refused_after(id, kPage); });
    write_all(out, [&](std::int64_t id) { return spool.after(id, kPage); });
    return events;
  });
}

ImportReport import_spool(const std::string& path, std::istream& in, const std::string& name, std::int64_t max) {
  return as_problem(path, [&] {
    Lines lines(in, name);
    if (!lines.next()) throw DatabaseProblem(Kind::kBadBackup, name + ": is empty");
    const auto head = lines.read(spool::head_of(lines.line()));
    Spool spool(SpoolOptions{.path = path, .identity = head.database, .max = max});
    std::int64_t events = 0;
    const auto added = spool.append_all([&]() -> std::optional<Event> {
      if (lines.next()) {
        ++events;
        return lines.read(spool::event_of(lines.line()));
      }
      if (events == head.events) return std::nullopt;
      lines.refuse("ends with " + std::to_string(events) + " events of " + std::to_string(head.events));
    });
    if (!added) {
      throw DatabaseProblem(Kind::kFull, path + ": holds " + std::to_string(spool.depth() + spool.refused()) +
                                             " events, and has no room for the " + std::to_string(head.events) +
                                             " of " + name + " below spool.max, which is " + std::to_string(max));
    }
    return ImportReport{added->events, added->known};
  });
}

}  // namespace headroom
