#pragma once

#include <string>
#include <vector>

#include "tests/support/raw_client.h"

namespace headroom::hostile {

struct Hazard {
  std::string name;
  std::string bytes;  // with a second request behind, where a server that loses its place would find it
  int status = 0;     // of the daemon itself
};

// What two readers could understand differently, or what a careless one would wait or allocate for.
inline std::vector<Hazard> hazards() {
  const std::string target = "/chat/webhook?SdkAppid=1400000000&CallbackCommand=Group.CallbackAfterGroupFull";
  const std::string post = "POST " + target + " HTTP/1.1\r\nHost: a\r\n";
  const std::string behind = http::get("/smuggled");
  return {
      {"no number", post + "Content-Length: abc\r\n\r\n" + behind, 400},
      {"number and more", post + "Content-Length: 123xyz\r\n\r\n" + behind, 400},
      {"negative length", post + "Content-Length: -1\r\n\r\n" + behind, 400},
      {"signed length", post + "Content-Length: +5\r\n\r\n" + behind, 400},
      {"list of lengths", post + "Content-Length: 5,5\r\n\r\n" + behind, 400},
      {"two lengths", post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n" + behind, 400},
      {"8 GiB", post + "Content-Length: 8589934592\r\n\r\n" + behind, 413},
      {"over 64 bits", post + "Content-Length: 99999999999999999999999\r\n\r\n" + behind, 413},
      {"length and chunks", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + behind, 400},
      {"other encoding", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + behind, 501},
      {"negative chunk", post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n" + behind, 400},
      {"4 GiB chunk", post + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n" + behind, 413},
      {"overflowing chunk", post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" + behind, 400},
      {"no version", "GET / H\r\n\r\n" + behind, 400},
      {"version 9", "GET / HTTP/9.1\r\nHost: a\r\n\r\n" + behind, 505},
      {"no Host", "POST " + target + " HTTP/1.1\r\n\r\n" + behind, 400},
      {"two Hosts", post + "Host: b\r\n\r\n" + behind, 400},
      {"space before the colon", post + "Content-Length : 5\r\n\r\n" + behind, 400},
      {"folded header", post + "X: a\r\n b\r\nContent-Length: 0\r\n\r\n" + behind, 400},
      {"NUL in a header", post + std::string("X: a\0b\r\n\r\n", 10) + behind, 400},
      {"NUL in the target", std::string("POST /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 30) + behind, 400},
      {"long line", "POST /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n" + behind, 414},
      {"long header", post + "X: " + std::string(9000, 'a') + "\r\n\r\n" + behind, 431},
      {"oversized body", http::post(target, std::string((1 << 20) + 1, 'x')) + behind, 413},
      {"TLS on a plain port", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), 400},
  };
}

}  // namespace headroom::hostile
