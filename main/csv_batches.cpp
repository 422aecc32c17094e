#include "main/csv_batches.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

namespace ringmaster {

namespace {

constexpr std::size_t record_max = 1024 * 1024;

std::size_t lines_of(std::string_view text) {
  // CR LF and LF end with LF; an old Mac's file has CR alone.
  auto feeds = std::count(text.begin(), text.end(), '\n');
  return static_cast<std::size_t>(feeds > 0 ? feeds : std::count(text.begin(), text.end(), '\r'));
}

/// True if one of the cells is a name for the number's column, as the engine reads it.
bool is_header(std::string_view record) {
  std::string word;
  auto names_number = [&] { return word == "phone_number" || word == "phone" || word == "number"; };
  for (char c : record) {
    if (c == ',' || c == ';' || c == '\t' || c == '|' || c == '\r' || c == '\n') {
      if (names_number())
        return true;
      word.clear();
    } else if (c != '"' && c != ' ' && static_cast<unsigned char>(c) < 0x80) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return names_number();
}

bool is_blank(std::string_view record) {
  return record.find_first_not_of("\r\n") == std::string_view::npos;
}

} // namespace

csv_batches::csv_batches(
  std::istream& in, std::size_t rows_per_batch, std::optional<bool> header)
  : in_(in), rows_(std::max<std::size_t>(1, rows_per_batch)), wanted_(header) {}

result<std::string> csv_batches::read_record() {
  std::string record;
  bool quoted = false;
  for (int c; (c = in_.get()) != std::istream::traits_type::eof();) {
    record += static_cast<char>(c);
    if (record.size() > record_max)
      return fail(
        errc::malformed, "line " + std::to_string(line_) +
                           ": the record is longer than one MiB; is a quote not closed?");
    if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == '\n' || (c == '\r' && in_.peek() != '\n')))
      break;
  }
  if (quoted)
    return fail(errc::malformed, "line " + std::to_string(line_) + ": a quote is not closed");
  bytes_ += record.size();
  return record;
}

result<std::optional<csv_batches::batch>> csv_batches::next() {
  if (!std::exchange(begun_, true)) {
    auto first = read_record();
    if (!first)
      return fail(first.error());
    if (wanted_.value_or(is_header(*first)) && !first->empty()) {
      header_ = std::move(*first);
      header_lines_ = lines_of(header_);
      line_ += header_lines_;
    } else {
      kept_ = std::move(*first);
    }
  }
  batch b;
  b.text = header_;
  b.line_offset = static_cast<std::ptrdiff_t>(line_) - 1 - static_cast<std::ptrdiff_t>(header_lines_);
  while (b.rows < rows_) {
    std::string record = std::exchange(kept_, {});
    if (record.empty()) {
      auto read = read_record();
      if (!read)
        return fail(read.error());
      record = std::move(*read);
    }
    if (record.empty())
      break;
    line_ += lines_of(record);
    b.rows += !is_blank(record);
    b.text += record;
  }
  b.bytes_read = bytes_;
  if (b.rows == 0)
    return std::optional<batch>{};
  return std::optional<batch>{std::move(b)};
}

} // namespace ringmaster
