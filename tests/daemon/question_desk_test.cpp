#include "daemon/threads/question_desk.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "admin/response.h"
#include "headroom/inquiry.h"

namespace headroom::support {
namespace {

using std::chrono::milliseconds;
using InquiryDesk = QuestionDesk<MemberQuestion, Inquiry>;
constexpr auto kLong = std::chrono::minutes(5);

InquiryDesk::Options patient(std::chrono::milliseconds patience = kLong) {
  InquiryDesk::Options options;
  options.patience = patience;
  return options;
}

Result<Inquiry> answer_for(const std::string& account) {
  Inquiry inquiry;
  inquiry.member.account = account;
  return inquiry;
}

// Asks, and gives the answer to whoever waits for it.
std::future<Result<Inquiry>> ask(InquiryDesk& desk, const std::string& account) {
  auto promise = std::make_shared<std::promise<Result<Inquiry>>>();
  auto future = promise->get_future();
  desk.ask({"g", account}, [promise](Result<Inquiry> result) { promise->set_value(std::move(result)); });
  return future;
}

int status_of(const Result<Inquiry>& result) {
  const auto* denied = std::get_if<Denied>(&result);
  return denied == nullptr ? 200 : admin::status_of(denied->kind);
}

// Keeps the answering thread in its first question until the gate opens.
struct Gate {
  std::promise<void> entered, open;
  std::shared_future<void> opened = open.get_future().share();
  std::atomic<int> questions = 0;

  InquiryDesk::Ask ask() {
    return [this](const MemberQuestion& asked, milliseconds) {
      if (questions++ == 0) {
        entered.set_value();
        opened.wait();
      }
      return answer_for(asked.account);
    };
  }
};

TEST(QuestionDesk, AnswersInTurn) {
  std::atomic<int> made = 0;
  InquiryDesk desk(
      [&] {
        ++made;
        return [](const MemberQuestion& asked, milliseconds left) -> Result<Inquiry> {
          EXPECT_EQ(asked.group_id, "g");
          EXPECT_GT(left.count(), 0);
          return answer_for(asked.account);
        };
      },
      patient());
  EXPECT_EQ(std::get<Inquiry>(ask(desk, "a").get()).member.account, "a");
  EXPECT_EQ(std::get<Inquiry>(ask(desk, "b").get()).member.account, "b");
  EXPECT_EQ(made, 1);
}

TEST(QuestionDesk, AQuestionThatTakesTooLongIsAnsweredAllTheSame) {
  Gate gate;
  InquiryDesk desk([&] { return gate.ask(); }, patient(milliseconds(50)));
  auto slow = ask(desk, "slow");
  auto behind = ask(desk, "behind");
  EXPECT_EQ(status_of(slow.get()), 504);
  EXPECT_EQ(status_of(behind.get()), 504);
  gate.open.set_value();
  desk.stop();
  EXPECT_EQ(gate.questions, 1) << "a question that nobody waits for any more is not asked";
}

TEST(QuestionDesk, ATooLateAnswerIsDroppedAndTheNextQuestionServed) {
  Gate gate;
  InquiryDesk desk([&] { return gate.ask(); }, patient(milliseconds(500)));
  EXPECT_EQ(status_of(ask(desk, "slow").get()), 504);
  gate.open.set_value();
  EXPECT_EQ(std::get<Inquiry>(ask(desk, "next").get()).member.account, "next");
}

TEST(QuestionDesk, SoManyQuestionsMayWait) {
  Gate gate;
  InquiryDesk::Options options = patient();
  options.most_open = 2;
  InquiryDesk desk([&] { return gate.ask(); }, options);
  auto first = ask(desk, "first");
  gate.entered.get_future().wait();
  auto second = ask(desk, "second");
  EXPECT_EQ(status_of(ask(desk, "third").get()), 503);
  gate.open.set_value();
  EXPECT_EQ(status_of(first.get()), 200);
  EXPECT_EQ(status_of(second.get()), 200);
  EXPECT_EQ(status_of(ask(desk, "fourth").get()), 200);
}

TEST(QuestionDesk, AnExceptionIsAnAnswer) {
  std::promise<std::string> failed;
  InquiryDesk::Options options = patient();
  options.failed = [&](const std::string& what) { failed.set_value(what); };
  std::atomic<int> made = 0;
  InquiryDesk desk(
      [&]() -> InquiryDesk::Ask {
        if (made++ == 0) throw std::runtime_error("no database");
        return [](const MemberQuestion& asked, milliseconds) { return answer_for(asked.account); };
      },
      options);
  EXPECT_EQ(status_of(ask(desk, "a").get()), 500);
  EXPECT_EQ(failed.get_future().get(), "no database");
  EXPECT_EQ(status_of(ask(desk, "b").get()), 200) << "it is tried again";
}

// Which is said by others, once.
TEST(QuestionDesk, ADatabaseThatDoesNotAnswerIsNoFailure) {
  InquiryDesk::Options options = patient();
  options.failed = [](const std::string& what) { ADD_FAILURE() << what; };
  InquiryDesk desk([]() -> InquiryDesk::Ask { throw StorageError(StorageError::Kind::kUnavailable, "no answer"); },
                   options);
  EXPECT_EQ(status_of(ask(desk, "a").get()), 503);
}

TEST(QuestionDesk, StoppingAnswersWhatIsOpen) {
  Gate gate;
  InquiryDesk desk([&] { return gate.ask(); }, patient());
  auto in_hand = ask(desk, "in hand");
  gate.entered.get_future().wait();
  auto waiting = ask(desk, "waiting");
  std::thread stopping([&] { desk.stop(); });
  EXPECT_EQ(status_of(in_hand.get()), 503);
  EXPECT_EQ(status_of(waiting.get()), 503);
  gate.open.set_value();
  stopping.join();
  EXPECT_EQ(status_of(ask(desk, "late").get()), 503);
}

}  // namespace
}  // namespace headroom::support
