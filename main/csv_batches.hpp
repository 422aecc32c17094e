#pragma once

#include <cstddef>
#include <istream>
#include <optional>
#include <string>

#include "domain/error.hpp"

namespace ringmaster {

/// Cuts a CSV file into pieces of whole records, so that a file of any size is sent in bounded
/// memory and every answer says what became of a piece. A header is repeated in each piece.
class csv_batches {
 public:
  /// `header`: whether the first record is one; else it is found out.
  csv_batches(std::istream& in, std::size_t rows_per_batch, std::optional<bool> header = {});

  struct batch {
    std::string text;
    std::size_t rows = 0;
    /// What must be added to a line number of `text` to get the line number in the file.
    std::ptrdiff_t line_offset = 0;
    std::size_t bytes_read = 0; ///< of the file, up to the end of this batch
  };
  /// The next piece; nothing at the end. `malformed` for a quote that is never closed and a record
  /// above one MiB.
  result<std::optional<batch>> next();
  /// After the first piece: whether the file has a header.
  bool has_header() const { return !header_.empty(); }

 private:
  /// The next record with its line end; empty at the end of the file.
  result<std::string> read_record();

  std::istream& in_;
  std::size_t rows_;
  std::optional<bool> wanted_;
  std::string header_;
  std::size_t header_lines_ = 0;
  std::string kept_; ///< the first record, if it was no header
  bool begun_ = false;
  std::size_t line_ = 1; ///< of the file, where the next record begins
  std::size_t bytes_ = 0;
};

} // namespace ringmaster
