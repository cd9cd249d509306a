#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::test {

// Knows for each file what a power cut would leave of it: `FILE.durable` is its content as of the last sync that
// worked. It stands in a file so that it outlives a killed process, as a disk's content does. A failed sync is taken
// for the worst that kernels do: what it should have written is never written, though everybody goes on seeing it.
class UnsyncedWrites {
 public:
  enum class Cut {
    kDropsAll,   // everything since each file's last sync is gone
    kKeepsSome,  // of this process's writes since then, any sectors may have made it to the disk
  };

  // Held around a change and its note.
  std::unique_lock<std::recursive_mutex> hold() { return std::unique_lock(mutex_); }

  void opened(const std::string& file);
  void wrote(const std::string& file, std::string_view bytes, std::int64_t at);
  void truncated(const std::string& file, std::int64_t size);
  void synced(const std::string& file);
  void sync_failed(const std::string& file);
  void removed(const std::string& file);

  // Makes every file what the disk would hold after a power cut now. Keeps hold() for ever: the caller ends the
  // process.
  void cut(Cut how, std::uint64_t seed);
  // The same for one file that no process has open, and that has an image.
  static void lose(const std::string& file);

 private:
  struct Change {
    std::string bytes;
    std::int64_t at = 0;
    bool truncates = false;  // to `at`
  };
  static void apply(const std::string& image, const Change& change);
  static void apply_some(const std::string& image, const Change& change, std::mt19937_64& random);

  std::recursive_mutex mutex_;
  std::map<std::string, std::vector<Change>> pending_;  // by file, since its last sync
};

}  // namespace headroom::test
