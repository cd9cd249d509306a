#pragma once

#include <string>

// What a relay between a port of 127.0.0.1 and a Unix socket stands on. Both throw std::runtime_error.
namespace headroom::test {

struct LoopbackListener {
  int fd = -1;
  int port = 0;
};
// On a free port; does not block.
LoopbackListener listen_on_loopback();
// Of a listener; -1: nobody is there any more. Small messages go at once.
int accept_from(const LoopbackListener& listener);
// -1 where nobody listens.
int dial_unix(const std::string& path);

}  // namespace headroom::test
