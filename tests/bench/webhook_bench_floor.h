#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace headroom::bench {

// What this disk and these cores allow with Pistache and SQLite: Pistache's own Http::Endpoint takes the webhooks, one
// thread commits them in batches (one insert and one upsert an event, no index, synchronous=FULL), and the I/O thread
// sends the answers after the commit. No repeat is noticed, nothing is counted, nothing is checked.
class Floor {
 public:
  // Makes the file. Throws std::runtime_error.
  explicit Floor(const std::string& path);
  ~Floor();
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;

  std::uint16_t port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace headroom::bench
