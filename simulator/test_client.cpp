#include "simulator/test_client.h"

#include <curl/curl.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <zlib.h>

#include <algorithm>

namespace chatsim {
namespace {

std::string base64(const std::string& bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::size_t append(char* data, std::size_t size, std::size_t count, void* target) {
  static_cast<std::string*>(target)->append(data, size * count);
  return size * count;
}

}  // namespace

std::string pack_user_sig(const std::string& json) {
  uLongf size = compressBound(static_cast<uLong>(json.size()));
  std::string packed(size, '\0');
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(json.data()),
           static_cast<uLong>(json.size()));
  packed.resize(size);
  std::string out = base64(packed);
  std::replace(out.begin(), out.end(), '+', '*');
  std::replace(out.begin(), out.end(), '/', '-');
  std::replace(out.begin(), out.end(), '=', '_');
  return out;
}

std::string make_user_sig(const SigParts& parts) {
  const std::string app = std::to_string(parts.sdk_app_id);
  const std::string time = std::to_string(parts.time_s);
  const std::string expire = std::to_string(parts.expire_s);
  const std::string text = "TLS.identifier:" + parts.identifier + "\nTLS.sdkappid:" + app + "\nTLS.time:" + time +
                           "\nTLS.expire:" + expire + "\n";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), parts.key.data(), static_cast<int>(parts.key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  const std::string sig = base64({reinterpret_cast<const char*>(digest), size});
  return pack_user_sig("{\"TLS.ver\":\"2.0\",\"TLS.identifier\":\"" + parts.identifier + "\",\"TLS.sdkappid\":" + app +
                       ",\"TLS.expire\":" + expire + ",\"TLS.time\":" + time + ",\"TLS.sig\":\"" + sig + "\"}");
}

const rapidjson::Value& HttpAnswer::at(const char* name) const {
  static const rapidjson::Value null;
  const rapidjson::Value& object = json;
  if (!object.IsObject() || !object.HasMember(name)) {
    ADD_FAILURE() << "no " << name << " in " << body;
    return null;
  }
  return object[name];
}

int HttpAnswer::number(const char* name) const {
  const rapidjson::Value& value = at(name);
  return value.IsInt() ? value.GetInt() : -1;
}

std::string HttpAnswer::text(const char* name) const {
  const rapidjson::Value& value = at(name);
  return value.IsString() ? value.GetString() : "";
}

TestClient::TestClient(const ChatSim& sim)
    : base_url_(sim.base_url()), user_sig_(make_user_sig({})), curl_(curl_easy_init()) {}

TestClient::~TestClient() { curl_easy_cleanup(curl_); }

std::string TestClient::query() const {
  return "?sdkappid=1400000000&identifier=administrator&usersig=" + user_sig_ + "&random=99999999&contenttype=json";
}

HttpAnswer TestClient::call(const std::string& path, const std::string& body) {
  return send("POST", "/v4/" + path + query(), body);
}

HttpAnswer TestClient::send(const std::string& method, const std::string& target, const std::string& body) {
  HttpAnswer out;
  CURL* curl = curl_;
  curl_easy_reset(curl);
  const std::string url = base_url_ + target;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms_);
  if (method == "POST") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  }
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &out.body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, append);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &out.headers);
  out.curl_code = curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &out.status);
  out.json.Parse(out.body.data(), out.body.size());
  return out;
}

std::vector<std::string> texts_of(const rapidjson::Value& array, const char* name) {
  std::vector<std::string> out;
  if (!array.IsArray()) return out;
  for (const rapidjson::Value& element : array.GetArray()) out.emplace_back(element[name].GetString());
  return out;
}

ChatSimOptions test_options() {
  ChatSimOptions out;
  out.clock = ManualClock(kTestNowS * 1000).clock();
  out.rate_clock = out.clock;
  return out;
}

GroupSpec small_group(const std::string& id, const std::string& type, int members, int max_members) {
  GroupSpec out;
  out.id = id;
  out.type = type;
  out.name = "Group " + id;
  out.max_members = max_members;
  out.next_msg_seq = 1001;
  for (int i = 0; i < members; ++i) {
    const char* role = i == 0 ? "Owner" : i == 1 ? "Admin" : "Member";
    out.members.push_back({"u" + std::to_string(i), role, kTestNowS - 86'400 * 100 + i, kTestNowS - 86'400 * 50, i});
  }
  return out;
}

}  // namespace chatsim
