#include "http/curl_cause.h"

namespace headroom::http {

std::string cause_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "could not resolve";
    case CURLE_COULDNT_CONNECT:
      return "could not connect";
    case CURLE_OPERATION_TIMEDOUT:
      return "timed out";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "its TLS certificate is not trusted, or not for this host";
    case CURLE_SSL_CONNECT_ERROR:
      return "TLS failed";
    case CURLE_SSL_CACERT_BADFILE:
      return "the system's CA certificates can not be read (package ca-certificates)";
    case CURLE_GOT_NOTHING:
      return "the connection was closed without an answer";
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return "the connection broke";
    case CURLE_PARTIAL_FILE:
      return "the answer was cut short";
    default:
      return curl_easy_strerror(code);
  }
}

}  // namespace headroom::http
