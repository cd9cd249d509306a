#include "cli/commands/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <istream>
#include <ostream>
#include <string>

#include "cli/exit.h"
#include "spool/transfer.h"
#include "sqlite/file_descriptor.h"
#include "sqlite/file_problem.h"

namespace headroom {
namespace {

// A new file that only its owner may read; it is gone again unless it was kept.
class NewFile {
 public:
  explicit NewFile(const std::string& path)
      : path_(path), file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (!file_.valid()) throw file_problem(path, errno);
    stream_.open(path, std::ios::binary);
  }
  ~NewFile() {
    if (!kept_) ::unlink(path_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  std::ostream& stream() { return stream_; }
  void keep() {
    errno = 0;
    if (!stream_.flush() || ::fsync(file_.get()) != 0) throw file_problem(path_, errno == 0 ? EIO : errno);
    kept_ = true;
  }

 private:
  const std::string path_;
  const FileDescriptor file_;
  std::ofstream stream_;
  bool kept_ = false;
};

int run_export(const CommandContext& context, const std::string& spool, const std::string& target) {
  if (target == "-") {
    export_spool(spool, context.out);  // whether it could be written is seen at the end
    return exit_status::kOk;
  }
  NewFile file(target);
  const std::int64_t events = export_spool(spool, file.stream());
  file.keep();
  context.out << "exported " << target << ": " << events << " events\n";
  return exit_status::kOk;
}

int run_import(const CommandContext& context, const std::string& source) {
  const SpoolConfig& config = context.config.spool;
  std::ifstream file;
  if (source != "-") {
    errno = 0;
    file.open(source, std::ios::binary);
    if (!file) throw file_problem(source, errno == 0 ? EIO : errno);
  }
  const ImportReport report = import_spool(config.path, source == "-" ? context.in : file, source, config.max);
  context.out << "imported " << source << ": " << report.events << " events";
  if (report.known > 0) context.out << ", " << report.known << " were there already";
  context.out << '\n';
  return exit_status::kOk;
}

}  // namespace

int run_spool(const CommandContext& context) {
  const std::string& file = context.invocation.words.back();
  if (context.invocation.words.front() == "import") return run_import(context, file);
  return run_export(context, context.config.spool.path, file);
}

}  // namespace headroom
