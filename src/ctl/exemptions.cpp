#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

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

int import_exemptions(Session& session, const std::string& path) {
  const auto exemptions = parse_exemptions(read_file(path), Session::now(), session.zone());
  std::size_t made = 0;
  std::string items;
  try {
    for (const std::string& body : import_bodies(exemptions)) {
      const AnswerPage answer =
          parse_page(session.client().change({"POST", "/api/v1/exemptions", body, session.reason()}));
      made += answer.texts.size();
      for (const std::string& item : answer.texts) items.append(items.empty() ? "" : ",").append(item);
    }
  } catch (const Failure& failure) {
    if (made == 0) throw;
    throw Failure(failure.status(), std::string(failure.what()) + " (the first " + std::to_string(made) +
                                        " of the file are exempt, the others are not)");
  }
  if (session.json()) {
    session.print("{\"items\":[" + items + "]}\n");
  } else {
    session.say(counted(static_cast<std::int64_t>(made), "exemption", "exemptions") + " made or renewed.");
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
