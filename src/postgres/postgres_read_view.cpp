#include "postgres/postgres_read_view.h"

#include <algorithm>
#include <memory>

namespace headroom {
namespace {

postgres::Connection::Options for_reading(postgres::Connection::Options options, PostgresReadView::For what) {
  options.impatient = what == PostgresReadView::For::kAnswers;
  options.statement_timeout = std::min(options.statement_timeout, PostgresReadView::kMaxRead);
  options.lock_timeout = std::chrono::milliseconds(0);  // whoever only reads waits for a migration at most
  // Whoever asks is answered within two seconds, also by a server that keeps silent.
  options.silence = PostgresReadView::kSilence;
  options.connect_within = PostgresReadView::kMaxRead + PostgresReadView::kSilence;
  return options;
}

}  // namespace

PostgresReadView::PostgresReadView(const postgres::Connection::Options& options, For what)
    : PostgresReads(std::make_unique<postgres::Connection>(for_reading(options, what))) {}

}  // namespace headroom
