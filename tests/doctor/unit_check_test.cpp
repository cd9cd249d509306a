// unit: what systemd says of the service, and nothing where there is none. A real one is asked by
// tests/packaging/deb_lifecycle.sh.
#include "tests/doctor/examined.h"

namespace headroom::doctor {
namespace {

class UnitCheck : public Examined {};

TEST_F(UnitCheck, UnitSaysWhatSystemdSays) {
  UnitFacts facts{.systemd = true,
                  .error = {},
                  .load_state = "loaded",
                  .active_state = "active",
                  .sub_state = "running",
                  .result = "success",
                  .file_state = "enabled"};
  ConfigResult config = load();
  config.errors.clear();
  config.config.sources.file = kDefaultConfigFile;
  std::string asked;
  around.ask_systemd = [&](const std::string& unit, DurationMs) {
    asked = unit;
    return facts;
  };
  request.only = {"unit"};
  const auto unit = [&] { return examine_with(config).at("unit"); };
  EXPECT_THAT(unit(), InOrder());
  EXPECT_EQ(asked, "headroomd.service");
  facts.file_state = "disabled";
  EXPECT_THAT(unit(), Warned());
  facts.file_state = "enabled";
  facts.needs_daemon_reload = true;
  EXPECT_THAT(unit(), Warned());
  facts.needs_daemon_reload = false;
  facts.active_state = "inactive";
  EXPECT_THAT(unit(), Warned());
  facts.active_state = "failed";
  facts.main_status = 78;
  EXPECT_THAT(unit(), HasFailed());
  facts.active_state = "activating";
  facts.sub_state = "auto-restart";
  EXPECT_THAT(unit(), HasFailed());
  facts.load_state = "masked";
  EXPECT_THAT(unit(), HasFailed());
  facts.load_state = "not-found";
  EXPECT_THAT(unit(), NotSeen());
  facts.error = "Permission denied";
  EXPECT_THAT(unit(), NotSeen());
  facts = {};
  EXPECT_THAT(unit(), NotSeen()) << "without systemd";
  config.config.sources.file = "/etc/headroom/second.conf";
  unit();
  EXPECT_EQ(asked, "headroomd@second.service");
}

}  // namespace
}  // namespace headroom::doctor
