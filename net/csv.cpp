#include "net/csv.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ringmaster::net {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// The end of the first line outside quotes, or npos.
std::size_t first_line_end(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"')
      quoted = !quoted;
    else if (!quoted && (text[i] == '\n' || text[i] == '\r'))
      return i;
  }
  return std::string_view::npos;
}

/// The one that stands most often on the line outside of quotes; a comma if none does.
char sniff(std::string_view line) {
  constexpr std::string_view known = ",;\t|";
  std::array<std::size_t, known.size()> seen{};
  bool quoted = false;
  for (char c : line) {
    if (c == '"')
      quoted = !quoted;
    if (quoted)
      continue;
    if (auto at = known.find(c); at != std::string_view::npos)
      ++seen[at];
  }
  return known[static_cast<std::size_t>(std::max_element(seen.begin(), seen.end()) - seen.begin())];
}

} // namespace

result<void> csv_parser::feed(std::string_view piece, std::vector<csv_record>& into) {
  if (begun_)
    return read(piece, into);
  first_ += piece;
  if (first_.size() < byte_order_mark.size())
    return {};
  if (first_line_end(first_) == std::string_view::npos && first_.size() <= record_bytes_max)
    return {};
  return begin(into);
}

result<void> csv_parser::begin(std::vector<csv_record>& into) {
  begun_ = true;
  auto text = std::exchange(first_, {});
  auto rest = std::string_view(text);
  if (rest.starts_with("\xFF\xFE") || rest.starts_with("\xFE\xFF"))
    return fail(errc::unsupported_type, "the file is UTF-16; save it as CSV in UTF-8");
  if (rest.starts_with(byte_order_mark))
    rest.remove_prefix(byte_order_mark.size());
  delimiter_ = sniff(rest.substr(0, first_line_end(rest)));
  return read(rest, into);
}

result<void> csv_parser::finish(std::vector<csv_record>& into) {
  if (!begun_)
    if (auto begun = begin(into); !begun)
      return begun;
  if (state_ == state::quoted)
    record_.unterminated = true;
  if (anything_)
    end_record(into);
  return {};
}

void csv_parser::end_cell() {
  record_.cells.push_back(std::move(cell_));
  cell_.clear();
  state_ = state::cell_begin;
}

void csv_parser::end_record(std::vector<csv_record>& into) {
  end_cell();
  into.push_back(std::exchange(record_, {}));
  anything_ = false;
  bytes_ = 0;
}

result<void> csv_parser::read(std::string_view text, std::vector<csv_record>& into) {
  for (char c : text) {
    bool second_of_crlf = std::exchange(cr_seen_, c == '\r') && c == '\n';
    bool line_end = c == '\n' || c == '\r';
    if (line_end && !second_of_crlf)
      ++line_;
    if (state_ != state::quoted) {
      if (line_end) {
        if (anything_)
          end_record(into);
        continue;
      }
      if (!std::exchange(anything_, true))
        record_.line = line_;
    }
    if (++bytes_ > record_bytes_max)
      return fail(
        errc::too_large, "the record that begins on line " + std::to_string(record_.line) +
                           " has more than 64 KiB; is a quote not closed?");
    switch (state_) {
      case state::cell_begin:
        if (c == '"') {
          state_ = state::quoted;
          break;
        }
        [[fallthrough]];
      case state::plain:
        state_ = state::plain;
        if (c == delimiter_)
          end_cell();
        else
          cell_ += c;
        break;
      case state::quoted:
        if (c == '"')
          state_ = state::quote_seen;
        else
          cell_ += c;
        break;
      case state::quote_seen:
        if (c == '"') {
          cell_ += c;
          state_ = state::quoted;
        } else if (c == delimiter_) {
          end_cell();
        } else { // text behind a closing quote: keep it, as spreadsheets do
          cell_ += c;
          state_ = state::plain;
        }
        break;
    }
    if (record_.cells.size() >= cells_max)
      return fail(
        errc::too_large, "the record that begins on line " + std::to_string(record_.line) +
                           " has more than 256 cells");
  }
  return {};
}

std::string csv_cell(std::string_view text, char delimiter) {
  bool plain = text.find_first_of("\"\r\n,;\t|") == std::string_view::npos &&
               text.find(delimiter) == std::string_view::npos &&
               !text.starts_with(byte_order_mark.substr(0, 1)) &&
               (text.empty() || (text.front() != ' ' && text.back() != ' '));
  if (plain)
    return std::string(text);
  std::string out = "\"";
  for (char c : text) {
    if (c == '"')
      out += '"';
    out += c;
  }
  return out + '"';
}

std::string csv_safe_cell(std::string_view text, char delimiter) {
  constexpr std::string_view dangerous = "=+-@\t\r\n|";
  bool e164 = text.size() > 1 && text[0] == '+' &&
              text.find_first_not_of("0123456789", 1) == std::string_view::npos;
  if (text.empty() || e164 || dangerous.find(text.front()) == std::string_view::npos)
    return csv_cell(text, delimiter);
  return csv_cell("'" + std::string(text), delimiter);
}

} // namespace ringmaster::net
