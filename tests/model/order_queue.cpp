#include "tests/model/order_queue.h"

#include <utility>

namespace headroom::model {

void OrderQueue::commit(const Job& job) {
  std::exception_ptr failed;
  submit(job, [&failed](const std::exception_ptr& error) { failed = error; }, 0);
  while (!entries_.empty()) {
    const Entry entry = std::move(entries_.front());
    entries_.pop_front();
    entry.completion(store(entry.job));
  }
  if (failed) std::rethrow_exception(failed);
}

// Returns why it is not on disk.
std::exception_ptr OrderQueue::store(const Job& job) {
  std::exception_ptr error;
  storage_.begin();
  try {
    job(storage_);
    storage_.commit();
  } catch (...) {
    storage_.rollback();
    error = std::current_exception();
  }
  storage_.take_blocked();
  storage_.after_batch({});
  return error;
}

}  // namespace headroom::model
