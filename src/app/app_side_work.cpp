// What the daemon does beside its runs.
#include <chrono>
#include <memory>
#include <utility>

#include "app/app.h"
#include "app/inquirer.h"
#include "app/random_share.h"

namespace headroom {

void App::start_inquiries() {
  // What the answering thread owns.
  struct Tools {
    std::unique_ptr<ChatApi> chat;
    std::unique_ptr<ReadView> view;
    std::unique_ptr<Inquirer> inquirer;
  };
  const auto make_ask = [this]() -> InquiryDesk::Ask {
    const auto tools = std::make_shared<Tools>();
    tools->chat = make_chat();
    tools->view = std::make_unique<SqliteReadView>(read_options());
    tools->inquirer = std::make_unique<Inquirer>(
        *tools->chat, *tools->view, clock_, settings_, pause_, random_share,
        [this](const std::string& reason, const std::string& group_id) { pause_self(reason, group_id); });
    return [this, tools](const std::string& group_id, const std::string& account, std::chrono::milliseconds left) {
      return tools->inquirer->ask(group_id, account, clock_.now() + left.count());
    };
  };
  InquiryDesk::Options options;
  options.failed = [this](const std::string& what) { log_.error("inquiry failed", {{"error", what}}); };
  inquiries_ = std::make_unique<InquiryDesk>(make_ask, std::move(options));
}

}  // namespace headroom
