#include "tests/support/unsynced_writes.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace headroom::test {
namespace {

constexpr std::size_t kSector = 512;

std::string image_of(const std::string& file) { return file + ".durable"; }

[[noreturn]] void fail(const std::string& file) { throw std::system_error(errno, std::generic_category(), file); }

void write_at(const std::string& file, std::string_view bytes, std::int64_t at) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) fail(file);
  const auto written = ::pwrite(fd, bytes.data(), bytes.size(), at);
  ::close(fd);
  if (written != static_cast<ssize_t>(bytes.size())) fail(file);
}

}  // namespace

void UnsyncedWrites::opened(const std::string& file) {
  const std::lock_guard lock(mutex_);
  pending_.try_emplace(file);
  if (std::filesystem::exists(image_of(file))) return;
  // Under a temporary name first: half an image would be taken for the disk.
  const std::string temporary = image_of(file) + ".new";
  std::filesystem::copy_file(file, temporary, std::filesystem::copy_options::overwrite_existing);
  std::filesystem::rename(temporary, image_of(file));
}

void UnsyncedWrites::wrote(const std::string& file, std::string_view bytes, std::int64_t at) {
  const std::lock_guard lock(mutex_);
  pending_[file].push_back({std::string(bytes), at, false});
}

void UnsyncedWrites::truncated(const std::string& file, std::int64_t size) {
  const std::lock_guard lock(mutex_);
  pending_[file].push_back({{}, size, true});
}

void UnsyncedWrites::synced(const std::string& file) {
  const std::lock_guard lock(mutex_);
  for (const Change& change : pending_[file]) apply(image_of(file), change);
  pending_[file].clear();
}

void UnsyncedWrites::sync_failed(const std::string& file) {
  const std::lock_guard lock(mutex_);
  pending_[file].clear();
}

void UnsyncedWrites::removed(const std::string& file) {
  const std::lock_guard lock(mutex_);
  pending_.erase(file);
  std::filesystem::remove(image_of(file));
}

void UnsyncedWrites::cut(Cut how, std::uint64_t seed) {
  hold().release();
  std::mt19937_64 random(seed);
  for (const auto& [file, changes] : pending_) {
    for (const Change& change : changes) {
      if (how == Cut::kKeepsSome) apply_some(image_of(file), change, random);
    }
    lose(file);
  }
}

void UnsyncedWrites::lose(const std::string& file) {
  if (!std::filesystem::exists(image_of(file))) return;
  std::filesystem::copy_file(image_of(file), file, std::filesystem::copy_options::overwrite_existing);
  std::filesystem::remove(file + "-shm");
}

void UnsyncedWrites::apply(const std::string& image, const Change& change) {
  if (change.truncates) {
    if (::truncate(image.c_str(), change.at) != 0) fail(image);
  } else {
    write_at(image, change.bytes, change.at);
  }
}

void UnsyncedWrites::apply_some(const std::string& image, const Change& change, std::mt19937_64& random) {
  if (change.truncates) {
    if (random() % 2 == 0) apply(image, change);
    return;
  }
  const std::string_view bytes = change.bytes;
  for (std::size_t from = 0; from < bytes.size();) {
    // To the next sector's begin on the disk, which is where a write can be torn.
    const std::size_t into = (static_cast<std::size_t>(change.at) + from) % kSector;
    const auto piece = bytes.substr(from, kSector - into);
    if (random() % 2 == 0) write_at(image, piece, change.at + static_cast<std::int64_t>(from));
    from += piece.size();
  }
}

}  // namespace headroom::test
