#include "engine/sweeps/sweep_pages.h"

#include <algorithm>
#include <utility>

#include "headroom/chat_api.h"

namespace headroom {

void SweepPages::add(const std::vector<std::string>& group_ids, const SweepPosition& behind) {
  Page page;
  page.number = next_number_++;
  page.result.behind = behind;
  page.result.listed = static_cast<std::int64_t>(group_ids.size());
  for (std::size_t from = 0; from < group_ids.size(); from += kMaxGroupsPerLook) {
    const auto first = group_ids.begin() + static_cast<std::ptrdiff_t>(from);
    const auto count = std::min(kMaxGroupsPerLook, group_ids.size() - from);
    page.waiting.emplace_back(first, first + static_cast<std::ptrdiff_t>(count));
  }
  pages_.push_back(std::move(page));
}

std::optional<SweepPages::Batch> SweepPages::take() {
  for (Page& page : pages_) {
    if (page.waiting.empty()) continue;
    Batch batch{page.number, std::move(page.waiting.front())};
    page.waiting.pop_front();
    ++page.in_hand;
    return batch;
  }
  return std::nullopt;
}

void SweepPages::put_back(Batch batch) {
  Page* page = find(batch.page);
  if (page == nullptr) return;
  --page->in_hand;
  page->waiting.push_front(std::move(batch.group_ids));
}

void SweepPages::finish(const Batch& batch, const Tally& tally) {
  Page* page = find(batch.page);
  if (page == nullptr) return;
  --page->in_hand;
  page->result.tally.read += tally.read;
  page->result.tally.full += tally.full;
  page->result.tally.fresh += tally.fresh;
}

bool SweepPages::page_is_read() const {
  return !pages_.empty() && pages_.front().waiting.empty() && pages_.front().in_hand == 0;
}

std::optional<SweepPages::ReadPage> SweepPages::take_read_page() {
  if (!page_is_read()) return std::nullopt;
  ReadPage result = std::move(pages_.front().result);
  pages_.pop_front();
  return result;
}

SweepPages::Page* SweepPages::find(std::uint64_t number) {
  const auto found =
      std::find_if(pages_.begin(), pages_.end(), [number](const Page& page) { return page.number == number; });
  return found == pages_.end() ? nullptr : &*found;
}

}  // namespace headroom
