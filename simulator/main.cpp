// headroom-chatsim: the simulator as a program, for trying headroomd out.
#include <curl/curl.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>

#include "simulator/chatsim.h"
#include "simulator/scenario.h"

namespace {

namespace po = boost::program_options;

constexpr int kUsage = 64;
constexpr int kFailed = 1;

struct Order {
  chatsim::ChatSimOptions options;
  std::string scenario;  // empty: none
};

std::string read_secret(const std::string& path) {
  std::ifstream in(path);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  if (!in || text.empty()) throw std::invalid_argument("cannot read a secret from " + path);
  return text;
}

// The port of `127.0.0.1:PORT`; nothing else is ever listened on.
std::uint16_t parse_listen(const std::string& listen) {
  constexpr std::string_view kHost = "127.0.0.1:";
  std::uint16_t port = 0;
  const char* end = listen.data() + listen.size();
  if (!listen.starts_with(kHost) || listen.size() == kHost.size() ||
      std::from_chars(listen.data() + kHost.size(), end, port).ptr != end) {
    throw std::invalid_argument("--listen takes 127.0.0.1:PORT");
  }
  return port;
}

po::options_description describe() {
  po::options_description out("headroom-chatsim");
  auto add = out.add_options();
  add("help", "print this");
  add("listen", po::value<std::string>()->default_value("127.0.0.1:0"), "127.0.0.1:PORT; port 0 = any free one");
  add("sdk-app-id", po::value<std::uint64_t>()->required(), "the app");
  add("secret-key-file", po::value<std::string>()->required(), "key that UserSigs are signed with");
  add("admin", po::value<std::string>()->default_value("administrator"), "app admin account");
  add("webhook-url", po::value<std::string>()->default_value(""), "where webhooks go");
  add("webhook-token-file", po::value<std::string>(), "token that webhooks are signed with");
  add("calls-per-second", po::value<int>()->default_value(200), "per API");
  add("scenario", po::value<std::string>()->default_value(""), "what happens at once; demo: a few groups are full");
  return out;
}

// nullopt when only help was wanted.
std::optional<Order> parse(int argc, char** argv) {
  const po::options_description description = describe();
  po::variables_map given;
  const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
  po::store(po::command_line_parser(argc, argv).options(description).positional({}).style(style).run(), given);
  if (given.count("help") != 0) {
    std::cout << description;
    return std::nullopt;
  }
  po::notify(given);
  Order order;
  chatsim::ChatSimOptions& out = order.options;
  out.port = parse_listen(given["listen"].as<std::string>());
  out.sdk_app_id = given["sdk-app-id"].as<std::uint64_t>();
  out.secret_key = read_secret(given["secret-key-file"].as<std::string>());
  out.admins = {given["admin"].as<std::string>()};
  out.webhook.url = given["webhook-url"].as<std::string>();
  out.webhook.threads = 4;
  if (given.count("webhook-token-file") != 0) {
    out.webhook.token = read_secret(given["webhook-token-file"].as<std::string>());
  }
  out.limits.calls_per_second = std::max(1, given["calls-per-second"].as<int>());
  order.scenario = given["scenario"].as<std::string>();
  if (!order.scenario.empty() && order.scenario != "demo") throw std::invalid_argument("--scenario takes demo");
  return order;
}

int run(Order order) {
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);  // before any thread starts, so that only sigwait sees them
  curl_global_init(CURL_GLOBAL_DEFAULT);
  chatsim::ChatSim sim(std::move(order.options));
  sim.start();
  // At once: whoever waits for the line may read while it is written.
  std::cerr << "listening name=chat address=127.0.0.1:" + std::to_string(sim.port()) + "\n" << std::flush;
  if (!order.scenario.empty()) chatsim::play_scenario(sim.world(), order.scenario);
  int signal = 0;
  sigwait(&stops, &signal);
  sim.stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::optional<Order> order;
  try {
    order = parse(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "headroom-chatsim: " << error.what() << '\n';
    return kUsage;
  }
  try {
    return order ? run(std::move(*order)) : 0;
  } catch (const std::exception& error) {
    std::cerr << "headroom-chatsim: " << error.what() << '\n';
    return kFailed;
  }
}
