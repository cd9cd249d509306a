#include "tests/hostile/nginx_process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/places.h"
#include "tests/support/raw_client.h"

extern char** environ;

namespace headroom::hostile {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLookAgain{10};

// nginx can not be given port 0: somebody else may take it in between, and then the test says so.
std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(fd);
  return bound ? ntohs(address.sin_port) : std::uint16_t{0};
}

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

pid_t spawn(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  return ::posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ) == 0 ? pid : -1;
}

int run(const std::vector<std::string>& arguments) {
  int status = -1;
  const pid_t pid = spawn(arguments);
  if (pid > 0) ::waitpid(pid, &status, 0);
  return status;
}

std::string nginx_path() {
  for (const char* path : {"/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return {};
}

std::string replaced(std::string text, std::initializer_list<std::pair<std::string, std::string>> changes,
                     std::string& missing) {
  for (const auto& [from, to] : changes) {
    const auto at = text.find(from);
    if (at == text.npos) {
      missing = from;
    } else {
      text.replace(at, from.size(), to);
    }
  }
  return text;
}

}  // namespace

bool NginxProcess::installed() { return !nginx_path().empty(); }

NginxProcess::NginxProcess(const std::string& folder, std::uint16_t headroomd_port)
    : folder_(folder), tls_port_(free_port()), plain_port_(free_port()), app_port_(free_port()) {
  if (run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
           "1", "-subj", std::string("/CN=") + kServerName, "-addext", std::string("subjectAltName=DNS:") + kServerName,
           "-keyout", folder_ + "/key.pem", "-out", certificate(), "-batch"}) != 0) {
    error_ = "no certificate";
    return;
  }
  write_configuration(headroomd_port);
  pid_ = spawn({nginx_path(), "-p", folder_, "-c", folder_ + "/nginx.conf", "-e", folder_ + "/error.log"});
  for (const auto until = Clock::now() + http::RawClient::kPatience; !answers();) {
    if (!running() || Clock::now() > until) {
      error_ = "nginx does not answer: " + error_log();
      return;
    }
    std::this_thread::sleep_for(kLookAgain);
  }
}

NginxProcess::~NginxProcess() {
  if (!running()) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

void NginxProcess::write_configuration(std::uint16_t headroomd_port) const {
  const std::string local = "127.0.0.1:";
  std::string missing;
  const std::string shipped =
      replaced(read_file(std::string(test::source_folder()) + "/config/nginx.conf"),
               {{"listen 443 ssl", "listen " + local + std::to_string(plain_port_) + ";\n  listen " + local +
                                       std::to_string(tls_port_) + " ssl"},
                {"  listen [::]:443 ssl;\n", ""},
                {"/etc/nginx/chat-callback.crt", certificate()},
                {"/etc/nginx/chat-callback.key", folder_ + "/key.pem"},
                {"server 127.0.0.1:8080;", "server " + local + std::to_string(headroomd_port) + ";"},
                {"server 127.0.0.1:9000;", "server " + local + std::to_string(app_port_) + ";"}},
               missing);
  std::ofstream(folder_ + "/shipped.conf") << (missing.empty() ? shipped : "no longer there: " + missing);
  std::ofstream(folder_ + "/nginx.conf")
      << "daemon off; master_process off; pid nginx.pid; error_log error.log info;\n"
      << "events { worker_connections 4096; }\nhttp {\n  access_log off;\n"
      << "  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;\n"
      << "  scgi_temp_path scgi;\n  include shipped.conf;\n  log_format seen '$request_method $request_uri';\n"
      << "  server { listen " << local << app_port_
      << "; access_log app.log seen; location / { return 200 app; } }\n}\n";
}

bool NginxProcess::answers() const { return http::RawClient(plain_port_).ask(http::get("/")).has_value(); }

bool NginxProcess::running() const {
  if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
  return pid_ > 0;
}

std::string NginxProcess::app_log() const { return read_file(folder_ + "/app.log"); }

std::string NginxProcess::error_log() const { return read_file(folder_ + "/error.log"); }

}  // namespace headroom::hostile
