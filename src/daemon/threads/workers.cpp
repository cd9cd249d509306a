#include "daemon/threads/workers.h"

#include <exception>
#include <utility>

#include "headroom/run_state.h"
#include "headroom/storage_error.h"

namespace headroom {

Workers::Workers(int count, WorkQueue& queue, const std::function<Tools()>& make_tools, Hooks hooks)
    : queue_(queue), hooks_(std::move(hooks)) {
  threads_.reserve(static_cast<std::size_t>(count));
  try {
    for (int i = 0; i < count; ++i) threads_.emplace_back([this, make_tools] { loop(make_tools); });
  } catch (...) {  // the system starts no more: those that run have to end before their object does
    stop();
    throw;
  }
}

Workers::~Workers() { stop(); }

void Workers::stop() {
  queue_.stop();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Workers::loop(const std::function<Tools()>& make_tools) {
  Tools tools;  // opened with the first work: an idle daemon pays for none
  Tools aside;
  const auto work_at = [this](const Work& work, Tools& with, const std::function<Tools()>& make) {
    if (with.pulse != nullptr) with.pulse->beat();
    work_off(work, with, make, queue_, hooks_);
    if (with.pulse != nullptr) with.pulse->rest();
  };
  // Between two pages of a large group a small one that waits has its turn: however many large ones are in hand, and
  // however slowly Chat answers for them, it waits for a page and not for a listing.
  const auto let_one_by = [&](std::int64_t members) {
    if (!Work::is_large(members)) return;
    const auto small = queue_.take_small();
    if (!small) return;
    if (tools.pulse != nullptr) tools.pulse->rest();
    work_at(*small, aside, make_tools);
    if (tools.pulse != nullptr) tools.pulse->beat();
  };
  const auto make_yielding_tools = [&] {
    Tools made = make_tools();
    made.runner->call_between_pages(let_one_by);
    return made;
  };
  while (const auto work = queue_.pop()) work_at(*work, tools, make_yielding_tools);
}

void Workers::work_off(const Work& work, Tools& tools, const std::function<Tools()>& make_tools, WorkQueue& queue,
                       const Hooks& hooks) {
  const auto attempt = [&](auto&& step) {
    try {
      step();
    } catch (const LeaseLost&) {  // no failure
    } catch (const StorageError& error) {
      hooks.failed({work.group_id, error.what(), told_elsewhere(error)});
    } catch (const std::exception& error) {
      hooks.failed({work.group_id, error.what()});
    }
  };
  attempt([&] {
    if (!tools.runner) tools = make_tools();
    tools.writer->begin();
    carry_out(tools, work);
  });
  // Whatever happened: a run that is still open now is nobody's, and has to be resolved. By this node, too, when its lead
  // was only too old to call Chat, and is renewed late; if another has it, that one resolves the run.
  attempt([&] {
    if (!tools.view || !queue.alone(work.group_id)) return;
    const auto run = tools.view->open_run(work.group_id);
    if (run && run->state == RunState::kRunning && !is_parked(*run)) hooks.left_open(*run, work.attempt + 1);
  });
  queue.finish(work);
  hooks.finished();
}

void Workers::carry_out(Tools& tools, const Work& work) {
  switch (work.kind) {
    case Work::Kind::kPrune:
      tools.runner->prune_group(work.group_id);
      break;
    case Work::Kind::kCarryOut:
      tools.runner->carry_out(work.run_id);
      break;
    case Work::Kind::kExecute:
      tools.runner->execute_plan(work.run_id);
      break;
    case Work::Kind::kResolve:
      tools.runner->resolve(work.run_id, work.doubted_at);
      break;
    case Work::Kind::kNote:
      tools.runner->note_members(work.group_id);
      break;
  }
}

}  // namespace headroom
