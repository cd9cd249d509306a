#include "tests/nodes/balancer_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

extern char** environ;

#include "tests/support/places.h"

namespace headroom::e2e {
namespace {

// Neither can be given port 0. Nobody else has this address, so that nobody takes the port in between.
std::string free_port(const std::string& host) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  socklen_t size = sizeof address;
  const bool bound = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(fd);
  if (!bound) throw std::runtime_error("no port on " + host);
  return std::to_string(ntohs(address.sin_port));
}

std::string port_of(const std::string& address) { return address.substr(address.rfind(':') + 1); }

std::string path_of(const std::string& program) {
  for (const char* folder : {"/usr/sbin/", "/usr/local/sbin/", "/usr/bin/"}) {
    if (::access((folder + program).c_str(), X_OK) == 0) return folder + program;
  }
  return {};
}

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

pid_t spawn(std::vector<std::string> arguments, const std::string& log) {
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files{};
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  pid_t pid = -1;
  const int failed = ::posix_spawnp(&pid, argv[0], &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) throw std::runtime_error(arguments[0] + " can not be started");
  return pid;
}

void make_certificate(const std::string& folder) {
  const std::string name = "chat-callback.example.com";
  const pid_t pid =
      spawn({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
             "1", "-subj", "/CN=" + name, "-keyout", folder + "/key.pem", "-out", folder + "/cert.pem", "-batch"},
            folder + "/openssl.log");
  int status = -1;
  ::waitpid(pid, &status, 0);
  if (status != 0) throw std::runtime_error("no certificate: " + read_file(folder + "/openssl.log"));
  std::ofstream(folder + "/both.pem") << read_file(folder + "/cert.pem") << read_file(folder + "/key.pem");
}

}  // namespace

bool BalancerProcess::has_haproxy() { return !path_of("haproxy").empty(); }
bool BalancerProcess::has_nginx() { return !path_of("nginx").empty(); }

std::unique_ptr<BalancerProcess> BalancerProcess::haproxy(const Place& place) {
  make_certificate(place.folder);
  const std::string own = place.address + ":" + free_port(place.address);
  const std::string file = place.folder + "/haproxy.cfg";
  write_changed("haproxy-nodes.cfg", file,
                {{"  log /dev/log local0\n  chroot /var/lib/haproxy\n  user haproxy\n  group haproxy\n",
                  "  log stdout format raw local0\n"},
                 {":443 ssl crt /etc/haproxy/chat-callback.pem", own + " ssl crt " + place.folder + "/both.pem"},
                 {"check port 8081", "check"},
                 {"server a 10.0.0.11:8080", "server a " + place.nodes[0] + " port " + port_of(place.admins[0])},
                 {"server b 10.0.0.12:8080", "server b " + place.nodes[1] + " port " + port_of(place.admins[1])},
                 {"server c 10.0.0.13:8080", "server c " + place.nodes[2] + " port " + port_of(place.admins[2])},
                 {"10.0.0.11:8080", place.nodes[0]},
                 {"10.0.0.12:8080", place.nodes[1]},
                 {"10.0.0.13:8080", place.nodes[2]}});
  return std::unique_ptr<BalancerProcess>(
      new BalancerProcess(place.folder + "/balancer.log", "https://" + own, {path_of("haproxy"), "-db", "-f", file}));
}

std::unique_ptr<BalancerProcess> BalancerProcess::nginx(const Place& place) {
  make_certificate(place.folder);
  const std::string own = place.address + ":" + free_port(place.address);
  write_changed("nginx-nodes.conf", place.folder + "/shipped.conf",
                {{"listen 443 ssl", "listen " + own + " ssl"},
                 {"  listen [::]:443 ssl;\n", ""},
                 {"/etc/nginx/chat-callback.crt", place.folder + "/cert.pem"},
                 {"/etc/nginx/chat-callback.key", place.folder + "/key.pem"},
                 {"10.0.0.11:8080", place.nodes[0]},
                 {"10.0.0.12:8080", place.nodes[1]},
                 {"10.0.0.13:8080", place.nodes[2]}});
  std::ofstream(place.folder + "/nginx.conf")
      << "daemon off; master_process off; pid nginx.pid; error_log error.log info;\n"
      << "events { worker_connections 4096; }\nhttp {\n  access_log off;\n"
      << "  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;\n"
      << "  scgi_temp_path scgi;\n  include shipped.conf;\n}\n";
  return std::unique_ptr<BalancerProcess>(new BalancerProcess(
      place.folder + "/error.log", "https://" + own,
      {path_of("nginx"), "-p", place.folder, "-c", place.folder + "/nginx.conf", "-e", place.folder + "/error.log"}));
}

BalancerProcess::BalancerProcess(std::string log, std::string url, std::vector<std::string> arguments)
    : log_(std::move(log)), url_(std::move(url)), pid_(spawn(std::move(arguments), log_)) {}

BalancerProcess::~BalancerProcess() {
  if (!running()) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

void BalancerProcess::write_changed(const std::string& shipped, const std::string& to, const Changes& changes) {
  std::string text = read_file(std::string(test::source_folder()) + "/config/" + shipped);
  for (const auto& [from, into] : changes) {
    if (text.find(from) == text.npos) throw std::runtime_error(shipped + " has no more: " + from);
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + into.size())) {
      text.replace(at, from.size(), into);
    }
  }
  std::ofstream(to) << text;
}

bool BalancerProcess::running() const {
  if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = -1;
  return pid_ > 0;
}

std::string BalancerProcess::said() const { return read_file(log_); }

}  // namespace headroom::e2e
