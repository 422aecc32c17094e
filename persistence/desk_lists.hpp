#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/list_desk.hpp"
#include "persistence/desk_books.hpp"

// The book of list_desk.hpp on PostgreSQL.

namespace ringmaster {

class postgres_lists : public list_book, private book {
public:
  using book::book;
  result<import_id> begin_import(const campaign_id& into, upload::form what) override;
  result<void> resume_import(const import_id& id, const campaign_id& into) override;
  result<void> add_part(
      const import_id& id, const campaign_id& into, std::span<const target::checked> rows,
      const upload::refused& refused, target::report& report) override;
  result<void>
  end_import(const import_id& id, upload::status state, const std::string& reason) override;
  result<page<upload::view>> list_imports(const campaign_id& of, const page_request& p) override;
  result<upload::view> find_import(const campaign_id& of, const import_id& id) override;
  result<upload::report_piece> read_refused(const import_id& id, std::int64_t from) override;
  result<std::vector<result_row>> results(
      const campaign_id& of, const std::optional<target_id>& after, std::int64_t limit) override;
  result<suppressed>
  suppress(std::span<const suppression_row> rows, const std::string& source) override;
};

/// Adds targets and counts them; how many were new. The campaign's lock is held from behind the
/// insertion to the end of the transaction, so that permits wait as shortly as they can.
result<std::size_t> insert_targets(
    desk_parts& d, const campaign_id& id, std::span<const target::checked> rows,
    target::report& into);

/// Sets aside what waits for these numbers of one user: targets are skipped, and tasks do not call
/// again by themselves. `numbers` is an array literal.
void set_aside_numbers(desk_parts& d, const std::string& numbers, suppressed& into);

/// A target, from where the row stands: the columns below.
target::view read_target(db::row row);
#define RINGMASTER_TARGET_COLUMNS                                                                  \
  "t.id, t.campaign_id, t.phone_number, t.contact_name, t.client_id, t.timezone, t.status, "       \
  "t.attempt_count, t.max_attempts, t.last_attempt_at, t.due_at, t.call_outcome, "                 \
  "t.call_summary, t.reason, t.last_call, t.created_at"

} // namespace ringmaster
