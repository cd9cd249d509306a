#include "ctl/csv.h"

#include <utility>

namespace headroom::ctl {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  CsvFile read() {
    while (at_ < text_.size() && file_.error.empty()) read_record();
    return std::move(file_);
  }

 private:
  bool at_end_of_line() const { return at_ == text_.size() || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n"; }

  void end_line() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size()) ++at_;
    ++line_;
  }

  void fail(const std::string& what) { file_.error = "line " + std::to_string(line_) + ": " + what; }

  void read_record() {
    CsvRecord record{line_, {}};
    if (at_end_of_line()) return end_line();
    while (file_.error.empty()) {
      record.fields.push_back(at_ < text_.size() && text_[at_] == '"' ? read_quoted() : read_plain());
      if (!file_.error.empty()) return;
      if (at_end_of_line()) break;
      if (text_[at_] != ',') return fail("something stands behind a closing quote");
      ++at_;
    }
    file_.records.push_back(std::move(record));
    end_line();
  }

  std::string read_plain() {
    std::string field;
    while (!at_end_of_line() && text_[at_] != ',') {
      if (text_[at_] == '"') fail("a quote within a field that does not begin with one");
      field += text_[at_++];
    }
    return field;
  }

  std::string read_quoted() {
    std::string field;
    const std::size_t begun = line_;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        if (text_.substr(at_ + 1, 1) != "\"") {
          ++at_;
          return field;
        }
        ++at_;
      }
      if (text_[at_] == '\n') ++line_;
      field += text_[at_];
    }
    line_ = begun;
    fail("a quote is not closed");
    return field;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  CsvFile file_;
};

}  // namespace

CsvFile parse_csv(std::string_view text) { return Reader(text).read(); }

}  // namespace headroom::ctl
