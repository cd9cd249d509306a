// Puts faults into the disk under headroomd while webhooks are sent to it, and after each one compares what it answered
// with 200 to what is stored once the daemon has started again on a healthy disk. Exits 1 when anything acknowledged is
// lost, doubled or altered, or when the daemon did not do what is promised for the fault.
#include <array>
#include <cstring>
#include <exception>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <random>
#include <thread>

#include "tests/soak/senders.h"
#include "tests/soak/soak_options.h"
#include "tests/soak/subject.h"

namespace headroom::soak {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::int64_t kEventsPerDatabase = 5000;
constexpr int kLongestWarmUpMs = 80;
constexpr int kLongestLifeMs = 800;
constexpr int kLongestDatabaseSyncMs = 40;
constexpr std::int64_t kReportEvery = 500;
constexpr milliseconds kPatience{20'000};
constexpr std::int64_t kExitWithinMs = 2000;

struct Kind {
  const char* name;
  const char* fault;  // the control line
  bool short_writes;
  enum class End { kHeals, kExits, kPowerCut } end;
};

constexpr std::array kKinds = {
    Kind{"disk full", "write full", false, Kind::End::kHeals},
    Kind{"disk full, short writes", "write full", true, Kind::End::kHeals},
    Kind{"disk full for what grows", "growth full", false, Kind::End::kHeals},
    Kind{"write fails", "write eio", false, Kind::End::kExits},
    Kind{"write fails, short writes", "write eio", true, Kind::End::kExits},
    Kind{"sync fails", "sync eio", false, Kind::End::kExits},
    Kind{"sync fails in a checkpoint", "database_sync eio", false, Kind::End::kExits},
    Kind{"read fails", "read eio", false, Kind::End::kExits},
    Kind{"power cut, all unsynced lost", "cut all", false, Kind::End::kPowerCut},
    Kind{"power cut, some sectors kept", "cut some", false, Kind::End::kPowerCut},
};

bool eventually(const std::function<bool()>& condition) {
  for (const auto until = Clock::now() + kPatience; !condition();) {
    if (Clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

class FaultSoak {
 public:
  explicit FaultSoak(const SoakOptions& options) : options_(options), random_(options.seed) {}

  bool run() {
    std::cout << "fault soak: seed " << options_.seed << ", at most " << options_.rounds << " rounds and "
              << options_.seconds << " s, " << options_.senders << " senders" << std::endl;
    const auto until = options_.until();
    // In turn, and each of them once at least.
    const auto time_is_left = [&] { return Clock::now() < until || rounds_ < std::ssize(kKinds); };
    for (; rounds_ < options_.rounds && time_is_left() && problems_ == 0; ++rounds_) {
      const auto index = static_cast<std::size_t>(rounds_) % kKinds.size();
      if (!subject_) subject_ = std::make_unique<Subject>(Subject::Disk::kPower);
      ++times_[index];
      one_round(kKinds[index]);
      if (rounds_ % kReportEvery == kReportEvery - 1) std::cout << rounds_ + 1 << " rounds so far" << std::endl;
    }
    close_database();
    print();
    return problems_ == 0 && shows_something();
  }

 private:
  // A daemon that acknowledges nothing loses nothing either.
  bool shows_something() const {
    if (answers_.ok >= rounds_) return true;
    std::cout << "too little was acknowledged to show anything" << std::endl;
    return false;
  }

  void problem(const Kind& kind, const std::string& what) {
    ++problems_;
    subject_->keep();
    std::cout << kind.name << ": " << what << "; left for you: " << subject_->folder() << "\n"
              << subject_->log() << std::endl;
  }

  void one_round(const Kind& kind) {
    subject_->start();
    Senders senders(subject_->webhook_url(), options_.senders, subject_->ledger());
    // Often in the middle of a checkpoint: there are some in a long life, and they last.
    const bool is_long = random_() % 3 == 0;
    if (is_long) subject_->fault("database_delay " + std::to_string(random_() % kLongestDatabaseSyncMs));
    std::this_thread::sleep_for(milliseconds(random_() % (is_long ? kLongestLifeMs : kLongestWarmUpMs)));
    switch (kind.end) {
      case Kind::End::kHeals:
        fill_and_heal(kind, senders);
        subject_->kill();
        break;
      case Kind::End::kExits:
        break_down(kind, senders);
        break;
      case Kind::End::kPowerCut:
        subject_->cut(std::string(kind.fault) == "cut all", random_());
        break;
    }
    const Answers answers = senders.stop();
    if (answers.other != 0) problem(kind, "an answer that must not be");
    answers_.add(answers);
    lose_power_while_down(kind);
    check(kind);
  }

  void inject(const Kind& kind) {
    if (kind.short_writes) subject_->fault("short on");
    subject_->fault(kind.fault);
  }

  void fill_and_heal(const Kind& kind, const Senders& senders) {
    inject(kind);
    if (!eventually([&] { return senders.answers_of(500) > 0; })) return problem(kind, "no 500");
    const std::int64_t before = senders.answers_of(200);
    subject_->fault(std::string(kind.fault, std::strcspn(kind.fault, " ")) + " ok");
    if (!eventually([&] { return senders.answers_of(200) > before + options_.senders; })) problem(kind, "did not heal");
  }

  void break_down(const Kind& kind, const Senders& senders) {
    inject(kind);
    if (!eventually([&] { return subject_->log().find("storage failed") != std::string::npos; })) {
      return problem(kind, "the daemon goes on");
    }
    const auto from = Clock::now();
    const std::int64_t acknowledged = senders.answers_of(200);
    const int status = subject_->wait();
    const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - from).count();
    slowest_exit_ms_ = std::max<std::int64_t>(slowest_exit_ms_, took);
    if (status != 1) problem(kind, "exit status " + std::to_string(status));
    if (took > kExitWithinMs) problem(kind, "took " + std::to_string(took) + " ms to exit");
    // Those that were answered before the failure may be counted a little later.
    if (senders.answers_of(200) > acknowledged + options_.senders) problem(kind, "acknowledged after the failure");
  }

  // Half of the machines whose disk fails go down with it.
  void lose_power_while_down(const Kind& kind) {
    if (kind.end != Kind::End::kExits || random_() % 2 == 0) return;
    ++power_lost_while_down_;
    subject_->lose_unsynced();
  }

  void check(const Kind& kind) {
    findings_ = subject_->ledger().compare(subject_->database());
    lost_ += findings_.lost;
    if (!findings_.fine()) {
      problem(kind, "lost " + std::to_string(findings_.lost) + ", doubled " + std::to_string(findings_.doubled) +
                        ", altered " + std::to_string(findings_.strange) + ", miscounted " +
                        std::to_string(findings_.miscounted) + ", integrity: " + findings_.integrity);
    } else if (subject_->ledger().sent() > kEventsPerDatabase) {
      close_database();
    }
  }

  void close_database() {
    if (!subject_) return;
    sent_ += subject_->ledger().sent();
    acknowledged_ += subject_->ledger().acknowledged();
    stored_ += findings_.stored;
    subject_.reset();
  }

  void print() const {
    for (std::size_t i = 0; i < kKinds.size(); ++i) std::cout << kKinds[i].name << ": " << times_[i] << "\n";
    std::cout << "power lost after the exit: " << power_lost_while_down_ << "\nevents sent " << sent_
              << ", acknowledgements " << acknowledged_ << " (repeats included), stored " << stored_
              << "\nanswers: 200 " << answers_.ok << ", 500 " << answers_.failed << ", 503 " << answers_.overloaded
              << ", none " << answers_.none << ", other " << answers_.other << ", slowest " << answers_.slowest_ms
              << " ms\nslowest exit after a failure " << slowest_exit_ms_ << " ms\nrounds " << rounds_ << ", lost "
              << lost_ << ", broken promises " << problems_ << std::endl;
  }

  const SoakOptions options_;
  std::mt19937_64 random_;
  std::unique_ptr<Subject> subject_;
  Ledger::Findings findings_;
  std::array<std::int64_t, kKinds.size()> times_{};
  Answers answers_;
  std::int64_t rounds_ = 0, problems_ = 0, lost_ = 0, slowest_exit_ms_ = 0, power_lost_while_down_ = 0;
  std::int64_t sent_ = 0, acknowledged_ = 0, stored_ = 0;
};

}  // namespace
}  // namespace headroom::soak

int main(int argc, char** argv) {
  try {
    return headroom::soak::FaultSoak(headroom::soak::parse_soak_options(argc, argv, "--rounds")).run() ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "fault soak: " << error.what() << std::endl;
    return 1;
  }
}
