#include "http/server_reply.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <exception>
#include <iterator>
#include <system_error>
#include <utility>

namespace headroom::http {

namespace {

thread_local GatheredReplies* gathering = nullptr;

bool is_clean(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
}

// strftime would follow the locale.
std::string http_date() {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  thread_local std::time_t cached_at = -1;
  thread_local std::string cached;
  const std::time_t now = std::time(nullptr);
  if (now == cached_at) return cached;
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[utc.tm_wday % 7], utc.tm_mday,
                kMonths[utc.tm_mon % 12], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  cached_at = now;
  cached = text;
  return cached;
}

// What the copies of one Respond share.
class Reply {
 public:
  Reply(std::shared_ptr<Mailbox> mailbox, Ticket ticket) : mailbox_(std::move(mailbox)), ticket_(ticket) {}
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;
  ~Reply() {
    if (!answered_.exchange(true)) mailbox_->post({ticket_, {}, true});
  }

  void answer(Response response) {
    if (answered_.exchange(true)) return;
    Mailbox::Letter letter{ticket_, std::move(response), false};
    if (GatheredReplies* const gathered = GatheredReplies::current()) {
      gathered->add(mailbox_, std::move(letter));
    } else {
      mailbox_->post(std::move(letter));
    }
  }

 private:
  const std::shared_ptr<Mailbox> mailbox_;
  const Ticket ticket_;
  std::atomic<bool> answered_ = false;
};

}  // namespace

std::string serialise(const Response& response, bool keep_alive, bool head_only) {
  const bool bodiless = response.status == 204 || response.status == 304;
  std::string out;
  out.reserve(256 + response.body.size());
  out += "HTTP/1.1 " + std::to_string(response.status) + ' ' + std::string(reason_phrase(response.status)) + "\r\n";
  out += "Date: " + http_date() + "\r\n";
  if (!response.content_type.empty() && !bodiless && is_clean(response.content_type)) {
    out += "Content-Type: " + response.content_type + "\r\n";
  }
  if (!bodiless) out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  for (const auto& [name, value] : response.headers) {
    if (is_clean(name) && is_clean(value)) out.append(name).append(": ").append(value).append("\r\n");
  }
  out += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  if (!bodiless && !head_only) out += response.body;
  return out;
}

Mailbox::Mailbox() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Mailbox::~Mailbox() { ::close(fd_); }

void Mailbox::post(Letter letter) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  letters_.push_back(std::move(letter));
  if (letters_.size() == 1 && owner_ != std::this_thread::get_id()) wake();
}

void Mailbox::post(std::vector<Letter> letters) {
  const std::lock_guard lock(mutex_);
  if (closed_ || letters.empty()) return;
  const bool was_empty = letters_.empty();
  if (was_empty) {
    letters_ = std::move(letters);
  } else {
    std::move(letters.begin(), letters.end(), std::back_inserter(letters_));
  }
  if (was_empty && owner_ != std::this_thread::get_id()) wake();
}

// EAGAIN, the only failure an eventfd has here, means that it is set already.
void Mailbox::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(fd_, &one, sizeof one);
}

void Mailbox::clear_wake_up() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t taken = ::read(fd_, &count, sizeof count);
}

std::vector<Mailbox::Letter> Mailbox::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(letters_, {});
}

void Mailbox::own() {
  const std::lock_guard lock(mutex_);
  owner_ = std::this_thread::get_id();
}

void Mailbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  letters_.clear();
}

Respond make_respond(std::shared_ptr<Mailbox> mailbox, Ticket ticket) {
  auto reply = std::make_shared<Reply>(std::move(mailbox), ticket);
  return [reply = std::move(reply)](Response response) { reply->answer(std::move(response)); };
}

GatheredReplies::GatheredReplies() { gathering = this; }

// Answers for which there is no memory are made up for by the time limit of their requests.
GatheredReplies::~GatheredReplies() {
  gathering = nullptr;
  for (auto& [mailbox, letters] : letters_) {
    try {
      mailbox->post(std::move(letters));
    } catch (const std::exception&) {
      mailbox->wake();
    }
  }
}

GatheredReplies* GatheredReplies::current() { return gathering; }

void GatheredReplies::add(const std::shared_ptr<Mailbox>& mailbox, Mailbox::Letter letter) {
  auto found = std::find_if(letters_.begin(), letters_.end(), [&](const auto& of) { return of.first == mailbox; });
  if (found == letters_.end()) found = letters_.insert(letters_.end(), {mailbox, {}});
  found->second.push_back(std::move(letter));
}

}  // namespace headroom::http
