#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "domain/findings.hpp"
#include "domain/ids.hpp"
#include "domain/page.hpp"
#include "domain/phone_number.hpp"
#include "domain/target.hpp"

// Long lists: uploads of targets and what became of them, results of a campaign as a table, and
// numbers that are never to be called.

namespace ringmaster {

using import_id = id<struct import_tag>;

/// One upload of a list of targets.
namespace upload {

enum class form : std::uint8_t { csv, ndjson, json };
/// `broken`: it ended before the list did. What was added until then stays.
enum class status : std::uint8_t { running, done, broken };

std::string_view to_string(form f);
std::string_view to_string(status s);
std::optional<form> parse_form(std::string_view text);
std::optional<status> parse_status(std::string_view text);

/// Refused rows that are kept of one upload; more are only counted.
inline constexpr std::int64_t refused_most = 1'000'000;
/// Uploads of one campaign that are remembered, and how long.
inline constexpr std::int64_t kept_most = 100;
inline constexpr std::int64_t kept_days = 30;

struct view {
  import_id id;
  campaign_id campaign;
  form what = form::csv;
  status state = status::running;
  std::string actor;
  std::int64_t accepted = 0, duplicates = 0, rejected = 0;
  std::int64_t rejected_kept = 0; ///< of the rejected, how many the report names
  std::string reason;             ///< why it broke
  instant created_at{}, updated_at{};
  std::optional<instant> ended_at;
};

/// Refused rows of one part, as lines of the report; made by whoever writes reports.
struct refused {
  std::string lines;
  std::int64_t rows = 0;
};

/// Some of the report: `next` is where it goes on, nothing at its end.
struct report_piece {
  std::string lines;
  std::optional<std::int64_t> next;
};

} // namespace upload

/// A target with what its last call came to.
struct result_row {
  target::view target;
  std::optional<talk::findings> found; ///< if that call was answered and wrapped up
};

/// Numbers to be put on a list, and what became of them.
struct suppression_row {
  phone_number number;
  std::string reason;
};
struct suppressed {
  std::int64_t added = 0;
  std::int64_t known = 0;   ///< stood there already
  std::int64_t skipped = 0; ///< targets that waited and are not called any more
  std::vector<campaign_id> campaigns; ///< whose targets these were
};

class list_book {
public:
  virtual ~list_book() = default;

  /// Notes the beginning of an upload; old ones of the campaign are forgotten.
  virtual result<import_id> begin_import(const campaign_id& into, upload::form what) = 0;
  /// An upload whose list comes in several requests goes on. `conflict` if it has ended.
  virtual result<void> resume_import(const import_id& id, const campaign_id& into) = 0;
  /// Adds one part: rows that passed, counted as by `desk_work::add_targets`, and the refused
  /// ones, already counted in `into`.
  virtual result<void> add_part(
      const import_id& id, const campaign_id& into, std::span<const target::checked> rows,
      const upload::refused& refused, target::report& report) = 0;
  virtual result<void>
  end_import(const import_id& id, upload::status state, const std::string& reason) = 0;
  virtual result<page<upload::view>> list_imports(const campaign_id& of, const page_request& p) = 0;
  virtual result<upload::view> find_import(const campaign_id& of, const import_id& id) = 0;
  /// The report from `from` on (0: its beginning).
  virtual result<upload::report_piece> read_refused(const import_id& id, std::int64_t from) = 0;

  /// Targets in the order of the list, with their findings, after `after`.
  virtual result<std::vector<result_row>> results(
      const campaign_id& of, const std::optional<target_id>& after, std::int64_t limit) = 0;

  /// Puts numbers on the user's list, at most some thousands at a time, and sets aside what waits
  /// for them in the user's campaigns and tasks.
  virtual result<suppressed>
  suppress(std::span<const suppression_row> rows, const std::string& source) = 0;
};

} // namespace ringmaster
