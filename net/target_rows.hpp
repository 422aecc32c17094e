#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "domain/target.hpp"
#include "net/json.hpp"
#include "net/row_options.hpp"

namespace ringmaster::net {

/// One row of an upload: a target to be checked, or why it is none.
struct target_row {
  target::draft draft;
  std::optional<target::rejected_row> wrong;
};

/// Turns the pieces of an upload into rows.
class row_source {
 public:
  virtual ~row_source() = default;
  virtual result<void> feed(std::string_view piece, std::vector<target_row>& into) = 0;
  virtual result<void> finish(std::vector<target_row>& into) = 0;
};

/// CSV. The first record is a header if one of its cells names the number (phone_number, phone,
/// number) or a column of the map; other columns are contact_name or name, client_id or id,
/// timezone, max_attempts; unknown ones are passed over. Without a header the columns stand in that
/// order, or where the map says. A map that names a column which is not there ends the list.
std::unique_ptr<row_source> csv_rows(row_options how = {});

/// One JSON object per line.
std::unique_ptr<row_source> ndjson_rows();

/// A JSON list of objects, or an object with that list under `targets`, read as it comes in. The
/// number of a row is its place in the list, from 1.
std::unique_ptr<row_source> json_rows();

/// Lists of numbers with a reason each, which stands in the row's `contact_name`: CSV with the
/// columns phone_number and reason, and one JSON object per line.
std::unique_ptr<row_source> csv_numbers();
std::unique_ptr<row_source> ndjson_numbers();

/// A row of a target that is one JSON object; `line` is how it is named if it is wrong.
target_row read_json_row(std::string_view text, std::size_t line);
target_row wrong_row(
  std::size_t line, std::string_view value, std::string code, std::string message);

/// Reads a target object; mistakes go into `reader`.
target::draft read_target(object_reader& reader);

/// Notes a refused row, as long as there is room.
void note_rejected(
  target::report& into, std::size_t line, std::string_view value, std::string code,
  std::string message);

} // namespace ringmaster::net
