#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/handler.h"
#include "tests/admin/answered.h"
#include "tests/admin/fake_control.h"
#include "tests/admin/fake_view.h"
#include "tests/support/fixed_clock.h"

namespace headroom::admin::admin_test {

// A daemon in memory, for the tests of the admin API.
struct FakeDaemon {
  // Nothing when there was no answer yet.
  std::optional<Answered> send(Request request) {
    auto slot = std::make_shared<std::optional<Answered>>();
    handler.handle(std::move(request), [slot](Response response) {
      if (!*slot) *slot = answered(std::move(response));
    });
    return std::move(*slot);
  }
  Answered call(const std::string& method, const std::string& target, const std::string& body = "",
                const std::string& token = kOperatorToken) {
    auto answer = send(make_request(method, target, body, token));
    return answer ? std::move(*answer) : Answered{};
  }
  Answered get(const std::string& target) { return call("GET", target); }

  FakeView view;
  FakeControl control;
  support::FixedClock clock{kNow};
  std::vector<std::string> errors;
  AdminHandler handler{
      view, control, clock,
      AdminOptions{{{"ops", AdminRole::kOperator, kOperatorToken}, {"eye", AdminRole::kViewer, kViewerToken}},
                   "1.2.3",
                   [this](const std::string& request, std::string_view why) {
                     errors.push_back(request + ": " + std::string(why));
                   }}};
};

}  // namespace headroom::admin::admin_test
