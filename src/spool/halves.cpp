#include "spool/halves.h"

#include "headroom/storage_error.h"

namespace headroom::spool {
namespace {

constexpr int kTriesAlone = 3;

class Halving {
 public:
  Halving(EventSink& sink, const std::function<bool()>& may_go_on) : sink_(sink), may_go_on_(may_go_on) {}

  // False when those behind have to wait.
  bool store(std::span<const Event> events) {
    std::string why;
    for (int attempt = 0; attempt < (events.size() == 1 ? kTriesAlone : 1); ++attempt) {
      if (!is_first_ && !may_go_on_()) {
        if (attempt > 0) break;
        return stop("the database refuses too many events", false);
      }
      is_first_ = false;
      try {
        for (const Stored& stored : sink_.store(events)) pass_.verdicts.emplace_back(stored);
        return true;
      } catch (const StorageError& error) {
        if (error.kind() != StorageError::Kind::kOther) return stop(error.what(), true);
        why = error.what();
      } catch (const std::exception& error) {
        why = error.what();
      }
    }
    if (events.size() == 1) {
      pass_.verdicts.emplace_back(Refusal{why});
      return true;
    }
    const std::size_t half = events.size() / 2;
    return store(events.first(half)) && store(events.subspan(half));
  }

  Pass take() { return std::move(pass_); }

 private:
  bool stop(const std::string& why, bool away) {
    pass_.stopped = why;
    pass_.away = away;
    return false;
  }

  EventSink& sink_;
  const std::function<bool()>& may_go_on_;
  bool is_first_ = true;
  Pass pass_;
};

}  // namespace

Pass store_in_halves(EventSink& sink, std::span<const Event> events, const std::function<bool()>& may_go_on) {
  Halving halving(sink, may_go_on);
  if (!events.empty()) halving.store(events);
  return halving.take();
}

}  // namespace headroom::spool
