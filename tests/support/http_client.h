#pragma once

#include <rapidjson/document.h>

#include <map>
#include <string>
#include <vector>

namespace headroom::e2e {

struct HttpAnswer {
  long status = 0;  // 0: none
  std::string body;
  std::map<std::string, std::string> headers;  // names in lower case
  rapidjson::Document json;                    // null when the body is none
};

// One request of its own connection, 10 s at most. `headers` as "Name: value".
HttpAnswer http(const std::string& method, const std::string& url, const std::string& body = "",
                const std::vector<std::string>& headers = {});

// Percent-encodes one path segment or query value.
std::string escaped(const std::string& text);

}  // namespace headroom::e2e
