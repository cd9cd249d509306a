#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "ctl/details.h"
#include "ctl/exit.h"
#include "ctl/import.h"
#include "ctl/list.h"
#include "ctl/views.h"

namespace headroom::ctl {
namespace {

constexpr std::size_t kMaxFile = 256 << 20;

// Of a descriptor that is closed at the end, unless it is standard input.
std::string read_file(const std::string& path) {
  const auto fail = [&](const std::string& why) -> Failure {
    return {exit_status::kUsage, "the file to import, " + path + ", can not be read: " + why};
  };
  const int fd = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) throw fail(std::strerror(errno));
  std::string text;
  std::vector<char> buffer(64 * 1024);
  ssize_t count = 1;
  while (count != 0 && text.size() <= kMaxFile) {
    count = ::read(fd, buffer.data(), buffer.size());
    if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
    if (count < 0 && errno != EINTR) break;
  }
  const int error = count < 0 ? errno : 0;
  if (fd != STDIN_FILENO) ::close(fd);
  if (error != 0) throw fail(std::strerror(error));
  if (text.size() > kMaxFile) throw fail("it is larger than 256 MiB");
  return text;
}

// An export holds what has been over since, too.
struct Importable {
  std::vector<NewExemption> exemptions;
  std::vector<std::size_t> places;  // in the file, from 1 on
  std::size_t over = 0;
};
Importable importable(std::vector<NewExemption> all, TimeMs now) {
  Importable result;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].expires_at && *all[i].expires_at <= now) {
      ++result.over;
      continue;
    }
    result.exemptions.push_back(std::move(all[i]));
    result.places.push_back(i + 1);
  }
  return result;
}

// The API counts within one request, and whoever reads it has the file before them.
std::string with_place(std::string text, const std::vector<std::size_t>& places, std::size_t made) {
  static const std::string kItem = "items[";
  const std::size_t begin = text.find(kItem);
  const std::size_t end = begin == std::string::npos ? begin : text.find(']', begin);
  if (end == std::string::npos) return text;
  std::size_t index = 0;
  const char* first = text.data() + begin + kItem.size();
  const auto parsed = std::from_chars(first, text.data() + end, index);
  if (parsed.ec != std::errc() || index + made >= places.size()) return text;
  return text.replace(begin, end + 1 - begin, "exemption " + std::to_string(places[index + made]) + " of the file");
}

int import_exemptions(Session& session, const std::string& path) {
  const Importable file = importable(parse_exemptions(read_file(path), Session::now(), session.zone()), Session::now());
  std::size_t made = 0;
  std::string items;
  try {
    for (const std::string& body : import_bodies(file.exemptions)) {
      const AnswerPage answer =
          parse_page(session.client().change({"POST", "/api/v1/exemptions", body, session.reason()}));
      made += answer.texts.size();
      for (const std::string& item : answer.texts) items.append(items.empty() ? "" : ",").append(item);
    }
  } catch (const Failure& failure) {
    const std::string what = with_place(failure.what(), file.places, made);
    if (made == 0) throw Failure(failure.status(), what);
    throw Failure(failure.status(), what + " (the first " + std::to_string(file.places[made - 1]) +
                                        " of the file are exempt, the others are not)");
  }
  if (session.json()) {
    session.print("{\"items\":[" + items + "]}\n");
  } else {
    session.say(counted(static_cast<std::int64_t>(made), "exemption", "exemptions") + " made or renewed.");
    if (file.over > 0) session.say(std::to_string(file.over) + " of the file are over, and were left out.");
  }
  return exit_status::kOk;
}

}  // namespace

int list_exemptions(Session& session) {
  if (const auto path = session.line().value("import")) return import_exemptions(session, *path);
  const auto row = [&](const Json& exemption) -> Row {
    return {text_of(exemption, "kind"), text_of(exemption, "id"), session.moment(time_of(exemption, "created_at")),
            session.moment(time_of(exemption, "expires_at")), text_of(exemption, "reason")};
  };
  return print_list(session, {"/api/v1/exemptions",
                              {{"KIND"}, {"ID"}, {"SINCE"}, {"UNTIL"}, {"REASON", false, false, true}},
                              row,
                              "No exemptions."});
}

}  // namespace headroom::ctl
