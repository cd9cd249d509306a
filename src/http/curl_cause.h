#pragma once

#include <curl/curl.h>

#include <string>

namespace headroom::http {

// Why a request of curl failed, for people. Not curl's longer text: that one may quote what the other side sent.
std::string cause_of(CURLcode code);

}  // namespace headroom::http
