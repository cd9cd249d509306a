#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace headroom {

// One HTTP request as it arrived.
struct SeenRequest {
  std::string method;
  std::string path;  // without the query
  std::string raw_query;
  std::map<std::string, std::string> query;    // decoded
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  int connection = 0;  // 1 for the first that was accepted
};

// What the server does with one request.
struct ScriptedReply {
  enum class Way {
    kWhole,
    kTruncated,   // closes after half of the body
    kHeaderOnly,  // closes after half of the header
    kClose,       // closes without a byte
    kReset,       // the same by RST
    kStall,       // says nothing until the client gives up
    kDrip         // the body byte by byte, slowly, until the client gives up
  };
  // With the lists of every call, all empty.
  std::string body =
      R"({"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,"GroupInfo":[],"MemberList":[],"UserIdList":[],)"
      R"("QueryResult":[],"GroupIdList":[]})";
  int status = 200;
  std::vector<std::string> headers = {};  // whole lines, without CRLF
  Way way = Way::kWhole;
  bool close_after = false;
};

// An HTTP/1.1 server on a free loopback port that answers by script; when that has run out, with success. A thread per
// connection; all end with the object.
class ScriptedServer {
 public:
  ScriptedServer();
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string url() const;  // http://127.0.0.1:PORT
  int port() const { return port_; }
  void answer(ScriptedReply reply);
  void answer_body(std::string body);
  std::vector<SeenRequest> requests() const;
  // Returns when so many requests have arrived, false when they do not.
  bool wait_for_requests(std::size_t count) const;

 private:
  void accept_loop();
  void serve(int fd, int connection);
  bool read_request(int fd, std::string& buffer, SeenRequest& request) const;
  ScriptedReply next_reply(const SeenRequest& request);
  bool send_reply(int fd, const ScriptedReply& reply) const;

  int listener_ = -1;
  int port_ = 0;

  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  bool stopping_ = false;  // guarded by mutex_, as is what follows
  std::deque<ScriptedReply> script_;
  std::vector<SeenRequest> requests_;
  std::vector<int> open_;
  std::vector<std::thread> connections_;

  std::thread acceptor_;
};

}  // namespace headroom
