#pragma once

#include "tests/net/memory_desk.hpp"

namespace ringmaster::net_tests {

/// Uploads, results and long suppression lists in memory.
class memory_lists final : public list_book {
public:
  memory_lists(memory_desk& home, const identity& who, desk_work& rest)
      : home_(home), who_(who), rest_(rest) {}

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

private:
  memory_desk::owned_import* import_of(const import_id& id);

  memory_desk& home_;
  const identity& who_;
  desk_work& rest_;
};

} // namespace ringmaster::net_tests
