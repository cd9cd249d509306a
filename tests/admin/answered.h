#pragma once

#include <rapidjson/document.h>

#include <string>
#include <utility>

#include "admin/handler.h"
#include "http/uri.h"

namespace headroom::admin::admin_test {

struct Answered {
  Response response;
  rapidjson::Document json;  // of a JSON body; else null

  int status() const { return response.status; }
  const std::string* header(const std::string& name) const {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return &value;
    }
    return nullptr;
  }
  std::string detail() const { return json.IsObject() && json.HasMember("detail") ? json["detail"].GetString() : ""; }
};

inline Answered answered(Response response) {
  Answered answer;
  if (response.content_type.find("json") != std::string::npos) {
    answer.json.Parse<rapidjson::kParseValidateEncodingFlag>(response.body.data(), response.body.size());
  }
  answer.response = std::move(response);
  return answer;
}

inline const std::string kOperatorToken = "operator-token-1";
inline const std::string kViewerToken = "viewer-token-22";

inline Request make_request(const std::string& method, const std::string& target, const std::string& body = "",
                            const std::string& token = kOperatorToken) {
  Request request;
  request.method = method;
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string::npos) {
    http::Query query = http::parse_query(target.substr(mark + 1));
    request.query = std::move(query.parameters);
    request.query_malformed = query.malformed;
  }
  if (!token.empty()) request.headers.emplace_back("authorization", "Bearer " + token);
  request.body = body;
  return request;
}

}  // namespace headroom::admin::admin_test
