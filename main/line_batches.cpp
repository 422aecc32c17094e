#include "main/line_batches.hpp"

#include <string>
#include <utility>

namespace ringmaster {

namespace {

constexpr std::size_t line_max = 1024 * 1024;

} // namespace

result<std::optional<csv_batches::batch>> line_batches::next() {
  csv_batches::batch b;
  b.line_offset = static_cast<std::ptrdiff_t>(line_) - 1;
  while (b.rows < rows_) {
    std::string line;
    for (int c; (c = in_.get()) != std::istream::traits_type::eof();) {
      line += static_cast<char>(c);
      if (c == '\n')
        break;
      if (line.size() > line_max)
        return fail(errc::malformed, "line " + std::to_string(line_) + " is longer than one MiB");
    }
    if (line.empty())
      break;
    bytes_ += line.size();
    ++line_;
    b.rows += line.find_first_not_of(" \t\r\n") != std::string::npos;
    b.text += line;
  }
  b.bytes_read = bytes_;
  if (b.rows == 0)
    return std::optional<csv_batches::batch>{};
  return std::optional<csv_batches::batch>{std::move(b)};
}

} // namespace ringmaster
