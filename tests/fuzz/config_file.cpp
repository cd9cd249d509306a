#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "config/file.h"
#include "config/keys.h"
#include "config/load.h"
#include "tests/fuzz/input_text.h"
#include "tests/fuzz/require.h"

// The text of the configuration file. It is read by name, so that it is put into a file in memory.
namespace headroom {
namespace {

class MemoryFile {
 public:
  explicit MemoryFile(std::string_view text) : fd_(::memfd_create("headroomd.conf", MFD_CLOEXEC)) {
    REQUIRE(fd_ >= 0);
    REQUIRE(::write(fd_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  ~MemoryFile() { ::close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  const int fd_;
};

ConfigResult load(const std::string& path) {
  ConfigSources sources;
  sources.file = path;
  sources.needs.secrets = false;
  return load_config(sources);
}

std::string_view line_of(std::string_view text, std::size_t number) {
  std::string_view line;
  for (std::size_t i = 0; i < number; ++i) line = take_line(text);
  return line;
}

// Each value stands on the line that is given for it.
void require_entries(const ConfigFile& file, std::string_view text) {
  const bool utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  REQUIRE(file.readable != utf16);
  if (utf16) {
    REQUIRE(file.entries.empty() && file.errors.size() == 1);
    return;
  }
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  REQUIRE(file.entries.size() + file.errors.size() <= lines);
  for (const ConfigEntry& entry : file.entries) {
    const std::size_t number = entry.place.line.value();
    REQUIRE(entry.where.ends_with(':' + std::to_string(number)));
    REQUIRE(number >= 1 && number <= lines);
    const std::string_view line = line_of(text, number);
    REQUIRE(line.find(entry.value) != line.npos && line.find('=') != line.npos);
    for (std::size_t at = entry.value.find('#'); at != entry.value.npos; at = entry.value.find('#', at + 1)) {
      REQUIRE(at == 0 || (entry.value[at - 1] != ' ' && entry.value[at - 1] != '\t'));  // within a word
    }
    REQUIRE(entry.comment.empty() || entry.comment.front() == '#');
    const std::size_t dot = entry.key.rfind('.');
    REQUIRE(line.find(dot == entry.key.npos ? entry.key : entry.key.substr(dot + 1)) != line.npos);
  }
}

void require_errors(const std::vector<ConfigProblem>& errors) {
  for (const ConfigProblem& error : errors) {
    REQUIRE(!error.message.empty() && error.message.size() <= 1000 && !has_control(error.message));
    REQUIRE(!has_control(error.key) && !has_control(error.value.value_or("")));
    REQUIRE(!error.place.source.empty() && error.place.line.value_or(1) >= 1);
  }
}

// A configuration that was accepted can be shown, written and read again, value by value and as a file.
void require_round_trip(const Config& config) {
  std::string written;
  for (const ConfigKey& key : config_keys()) {
    const std::string shown = key.show(config);
    if (shown.empty()) continue;
    Config again = config;
    REQUIRE(key.assign(again, shown));
    REQUIRE(again == config);
    const std::size_t dot = key.name.find('.');
    written += "[" + std::string(key.name.substr(0, dot)) + "]\n" + std::string(key.name.substr(dot + 1)) + " = " +
               shown + "\n";
  }
  const MemoryFile file(written);
  const ConfigResult again = load(file.path());
  REQUIRE(again.ok());
  for (const ConfigKey& key : config_keys()) {
    const std::string shown = key.show(config);
    if (!shown.empty()) REQUIRE(key.show(again.config) == shown);
  }
}

}  // namespace
}  // namespace headroom

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom;
  const std::string_view text = text_of(data, size);
  const MemoryFile file(text);
  const ConfigFile read = read_config_file(file.path());
  require_errors(read.errors);
  require_entries(read, text);
  const ConfigResult result = load(file.path());
  require_errors(result.errors);
  require_errors(result.warnings);
  REQUIRE(result.errors.size() >= read.errors.size());
  if (result.ok()) require_round_trip(result.config);
  return 0;
}
