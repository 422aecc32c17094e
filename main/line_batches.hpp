#pragma once

#include <cstddef>
#include <istream>
#include <optional>

#include "domain/error.hpp"
#include "main/csv_batches.hpp"

namespace ringmaster {

/// Cuts a file of lines into pieces, as `csv_batches` cuts CSV.
class line_batches {
 public:
  line_batches(std::istream& in, std::size_t rows_per_batch) : in_(in), rows_(rows_per_batch) {}

  /// The next piece; nothing at the end. `malformed` for a line above one MiB.
  result<std::optional<csv_batches::batch>> next();

 private:
  std::istream& in_;
  std::size_t rows_;
  std::size_t line_ = 1;
  std::size_t bytes_ = 0;
};

} // namespace ringmaster
