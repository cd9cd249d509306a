#include "tests/http/tls_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace headroom {
namespace {

constexpr std::string_view kReply =
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 15\r\n\r\n{\"ErrorCode\":0}";
constexpr timeval kPatience{5, 0};

std::string new_file() {
  std::string path = (std::filesystem::temp_directory_path() / "headroom-chat-test-XXXXXX").string();
  const int fd = mkstemp(path.data());
  if (fd < 0) throw std::runtime_error("no temporary file");
  close(fd);
  return path;
}

}  // namespace

TlsServer::TlsServer(const std::string& subject_alt_name)
    : context_(SSL_CTX_new(TLS_server_method())),
      certificate_file_(new_file()),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to connections that the client has closed
  make_certificate(subject_alt_name);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (listener_ < 0 || bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      listen(listener_, 16) != 0 || getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("no loopback port");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_loop(); });
}

TlsServer::~TlsServer() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  std::filesystem::remove(certificate_file_);
}

void TlsServer::make_certificate(const std::string& subject_alt_name) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> names(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, subject_alt_name.c_str()), &X509_EXTENSION_free);
  X509_add_ext(certificate.get(), names.get(), -1);
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::fopen(certificate_file_.c_str(), "w"),
                                                                &std::fclose);
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0 || !file ||
      PEM_write_X509(file.get(), certificate.get()) != 1 ||
      SSL_CTX_use_certificate(context_.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context_.get(), key.get()) != 1) {
    throw std::runtime_error("no certificate");
  }
}

void TlsServer::accept_loop() {
  while (!stopping_) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context_.get()), &SSL_free);
    SSL_set_fd(ssl.get(), fd);
    if (SSL_accept(ssl.get()) == 1) serve(ssl.get());
    close(fd);
  }
}

// Headers and a body of "{}".
void TlsServer::serve(SSL* ssl) {
  std::string request;
  while (!request.ends_with("\r\n\r\n{}")) {
    char chunk[4096];
    const int received = SSL_read(ssl, chunk, sizeof chunk);
    if (received <= 0) return;
    request.append(chunk, static_cast<std::size_t>(received));
  }
  ++requests_;
  SSL_write(ssl, kReply.data(), static_cast<int>(kReply.size()));
  SSL_shutdown(ssl);
}

}  // namespace headroom
