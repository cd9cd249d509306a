// Kills headroomd (SIGKILL) at random moments while webhooks are sent to it, and after each kill compares what it
// answered with 200 to what is stored. Exits 1 when anything acknowledged is lost, doubled or altered.
#include <algorithm>
#include <exception>
#include <iostream>
#include <memory>
#include <random>
#include <thread>

#include "tests/soak/senders.h"
#include "tests/soak/soak_options.h"
#include "tests/soak/subject.h"

namespace headroom::soak {
namespace {

using std::chrono::microseconds;

constexpr std::int64_t kEventsPerDatabase = 5000;  // then a fresh one, so that each comparison stays cheap
constexpr int kLongestLifeUs = 150'000;
constexpr int kLongestOldAgeUs = 1'500'000;  // of one in eight, which sees a checkpoint or two
constexpr int kLongestStartUs = 40'000;
constexpr std::int64_t kReportEvery = 500;

struct Totals {
  std::int64_t kills = 0, in_startup = 0, databases = 0, sent = 0, acknowledged = 0, stored = 0;
  std::int64_t lost = 0, doubled = 0, strange = 0, broken = 0, miscounted = 0;
  Answers answers;
};

class KillSoak {
 public:
  explicit KillSoak(const SoakOptions& options) : options_(options), random_(options.seed) {}

  bool run() {
    std::cout << "kill soak: seed " << options_.seed << ", at most " << options_.rounds << " kills and "
              << options_.seconds << " s, " << options_.senders << " senders" << std::endl;
    const auto until = options_.until();
    while (totals_.kills < options_.rounds && std::chrono::steady_clock::now() < until && fine()) {
      if (!subject_) {
        subject_ = std::make_unique<Subject>(Subject::Disk::kReal);
        ++totals_.databases;
      }
      one_life();
      check();
      if (totals_.kills % kReportEvery == 0) std::cout << totals_.kills << " kills so far" << std::endl;
    }
    close_database();
    print();
    return fine() && shows_something();
  }

 private:
  bool fine() const {
    return totals_.lost + totals_.doubled + totals_.strange + totals_.broken + totals_.miscounted == 0 && totals_.answers.other == 0;
  }
  // A daemon that acknowledges nothing loses nothing either.
  bool shows_something() const {
    if (totals_.answers.ok >= totals_.kills) return true;
    std::cout << "too little was acknowledged to show anything" << std::endl;
    return false;
  }
  microseconds up_to(int longest) { return microseconds(random_() % static_cast<unsigned>(longest)); }

  void one_life() {
    ++totals_.kills;
    if (random_() % 8 == 0) {
      ++totals_.in_startup;
      subject_->launch();
      std::this_thread::sleep_for(up_to(kLongestStartUs));
      subject_->kill();
      return;
    }
    subject_->start();
    Senders senders(subject_->webhook_url(), options_.senders, subject_->ledger());
    std::this_thread::sleep_for(up_to(random_() % 8 == 0 ? kLongestOldAgeUs : kLongestLifeUs));
    subject_->kill();
    totals_.answers.add(senders.stop());
  }

  void check() {
    findings_ = subject_->ledger().compare(subject_->database());
    totals_.lost += findings_.lost;
    totals_.doubled += findings_.doubled;
    totals_.strange += findings_.strange;
    if (findings_.integrity != "ok") ++totals_.broken;
    totals_.miscounted += findings_.miscounted;
    if (!findings_.fine()) {
      subject_->keep();
      std::cout << "left for you: " << subject_->folder() << ", integrity: " << findings_.integrity << std::endl;
    } else if (subject_->ledger().sent() > kEventsPerDatabase) {
      close_database();
    }
  }

  void close_database() {
    if (!subject_) return;
    totals_.sent += subject_->ledger().sent();
    totals_.acknowledged += subject_->ledger().acknowledged();
    totals_.stored += findings_.stored;
    subject_.reset();
  }

  void print() const {
    std::cout << "kills " << totals_.kills << " (" << totals_.in_startup << " during the start), databases "
              << totals_.databases << "\nevents sent " << totals_.sent << ", acknowledgements " << totals_.acknowledged
              << " (repeats included), stored " << totals_.stored << "\nanswers: 200 " << totals_.answers.ok << ", 500 "
              << totals_.answers.failed << ", 503 " << totals_.answers.overloaded << ", none " << totals_.answers.none
              << ", other " << totals_.answers.other << ", slowest " << totals_.answers.slowest_ms << " ms"
              << "\nlost " << totals_.lost << ", doubled " << totals_.doubled << ", altered " << totals_.strange
              << ", miscounted " << totals_.miscounted
              << ", failed integrity checks " << totals_.broken << " of " << totals_.kills << std::endl;
  }

  const SoakOptions options_;
  std::mt19937_64 random_;
  std::unique_ptr<Subject> subject_;
  Ledger::Findings findings_;
  Totals totals_;
};

}  // namespace
}  // namespace headroom::soak

int main(int argc, char** argv) {
  try {
    return headroom::soak::KillSoak(headroom::soak::parse_soak_options(argc, argv, "--kills")).run() ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "kill soak: " << error.what() << std::endl;
    return 1;
  }
}
