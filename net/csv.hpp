#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"

namespace ringmaster::net {

/// One record of a CSV text.
struct csv_record {
  std::size_t line = 0; ///< the line of the text on which it begins, from 1
  std::vector<std::string> cells;
  bool unterminated = false; ///< a quote was opened and never closed; always the last record
};

/// Reads CSV as it comes in, in bounded memory: RFC 4180 with what spreadsheets make of it. A byte
/// order mark is dropped; the delimiter (comma, semicolon, tab or pipe) is the most frequent one outside
/// quotes on the first line; lines end with LF, CRLF or CR; quoted cells hold anything, a quote
/// written twice. Empty lines are passed over. Bytes are not interpreted otherwise.
class csv_parser {
 public:
  static constexpr std::size_t record_bytes_max = 64 * 1024;
  static constexpr std::size_t cells_max = 256;

  /// Appends the records that end within `piece`. `too_large` for a record above its limit (most
  /// often a quote that is never closed), `unsupported_type` for UTF-16; nothing can be read after.
  result<void> feed(std::string_view piece, std::vector<csv_record>& into);
  /// The text is over.
  result<void> finish(std::vector<csv_record>& into);

  char delimiter() const { return delimiter_; }

 private:
  enum class state : unsigned char { cell_begin, plain, quoted, quote_seen };

  result<void> begin(std::vector<csv_record>& into);
  result<void> read(std::string_view text, std::vector<csv_record>& into);
  void end_cell();
  void end_record(std::vector<csv_record>& into);

  std::string first_; ///< what has come before the delimiter is known
  bool begun_ = false;
  char delimiter_ = ',';
  state state_ = state::cell_begin;
  bool cr_seen_ = false;
  bool anything_ = false; ///< the record has at least one character, were it a delimiter
  std::size_t line_ = 1;
  std::size_t bytes_ = 0;
  std::string cell_;
  csv_record record_;
};

/// The cell as it stands in a file, in quotes where they are needed.
std::string csv_cell(std::string_view text, char delimiter = ',');

/// As `csv_cell`, for a file that people open in a spreadsheet: a text that would be taken for a
/// formula gets an apostrophe in front. A number in E.164 stays as it is.
std::string csv_safe_cell(std::string_view text, char delimiter = ',');

} // namespace ringmaster::net
