#include "net/target_rows.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "net/csv.hpp"

namespace ringmaster::net {

namespace {

constexpr std::size_t shown_max = 64;   ///< bytes of a refused number that are shown
constexpr std::size_t noted_max = 1000; ///< refused rows that are told one by one
constexpr std::size_t line_bytes_max = 64 * 1024;

std::string cut(std::string_view text) {
  if (text.size() <= shown_max)
    return std::string(text);
  auto end = shown_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end; // not within a character
  return std::string(text.substr(0, end));
}

target_row wrong_row(
  std::size_t line, std::string_view value, std::string code, std::string message) {
  target_row row;
  row.wrong = target::rejected_row{line, cut(value), std::move(code), std::move(message)};
  return row;
}

enum class column : std::uint8_t { phone_number, contact_name, client_id, timezone, max_attempts, other };

struct column_name {
  std::string_view name;
  column what;
};
constexpr auto column_names = std::to_array<column_name>({
  {"phone_number", column::phone_number},
  {"phone",        column::phone_number},
  {"number",       column::phone_number},
  {"contact_name", column::contact_name},
  {"name",         column::contact_name},
  {"client_id",    column::client_id   },
  {"id",           column::client_id   },
  {"timezone",     column::timezone    },
  {"max_attempts", column::max_attempts},
});

column read_column(std::string_view cell) {
  auto begin = cell.find_first_not_of(" \t");
  if (begin == std::string_view::npos)
    return column::other;
  std::string name;
  for (char c : cell.substr(begin, cell.find_last_not_of(" \t") + 1 - begin)) {
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
    name += c == ' ' || c == '-' ? '_' : c;
  }
  for (const auto& known : column_names)
    if (known.name == name)
      return known.what;
  return column::other;
}

// -- CSV --------------------------------------------------------------------------------------------

class csv_row_source final : public row_source {
 public:
  result<void> feed(std::string_view piece, std::vector<target_row>& into) override {
    records_.clear();
    auto read = parser_.feed(piece, records_);
    take(into); // what was read before a mistake counts
    return read;
  }

  result<void> finish(std::vector<target_row>& into) override {
    records_.clear();
    auto read = parser_.finish(records_);
    take(into);
    return read;
  }

 private:
  void take(std::vector<target_row>& into) {
    for (auto& record : records_) {
      if (columns_.empty() && read_header(record))
        continue;
      into.push_back(read_row(record));
    }
  }

  bool read_header(const csv_record& record) {
    for (const auto& cell : record.cells) {
      auto what = read_column(cell);
      bool taken = std::find(columns_.begin(), columns_.end(), what) != columns_.end();
      columns_.push_back(taken ? column::other : what);
    }
    if (std::find(columns_.begin(), columns_.end(), column::phone_number) != columns_.end())
      return true;
    columns_ = {column::phone_number, column::contact_name, column::client_id, column::timezone,
                column::max_attempts};
    return false;
  }

  target_row read_row(const csv_record& record) {
    target_row row;
    auto& d = row.draft;
    d.line = record.line;
    std::string attempts;
    for (std::size_t i = 0; i < record.cells.size() && i < columns_.size(); ++i) {
      const auto& cell = record.cells[i];
      switch (columns_[i]) {
        case column::phone_number: d.phone_number = cell; break;
        case column::contact_name: d.contact_name = cell; break;
        case column::client_id: d.client_id = cell; break;
        case column::timezone: d.timezone = cell; break;
        case column::max_attempts: attempts = cell; break;
        case column::other: break;
      }
    }
    auto refuse = [&](std::string code, std::string message) {
      return wrong_row(record.line, d.phone_number, std::move(code), std::move(message));
    };
    if (record.unterminated)
      return refuse("unterminated_quote", "a quote is opened and never closed");
    for (const auto* cell : {&d.phone_number, &d.contact_name, &d.client_id, &d.timezone}) {
      if (!valid_utf8(*cell))
        return refuse("not_utf8", "the row is not UTF-8");
      if (cell->find('\0') != std::string::npos)
        return refuse("nul", "the row has a NUL character");
    }
    if (!attempts.empty()) {
      std::int32_t number = 0;
      auto end = attempts.data() + attempts.size();
      auto [stopped, code] = std::from_chars(attempts.data(), end, number);
      if (code != std::errc() || stopped != end)
        return refuse("wrong_type", "max_attempts is not an integer");
      d.max_attempts = number;
    }
    return row;
  }

  csv_parser parser_;
  std::vector<csv_record> records_;
  std::vector<column> columns_;
};

// -- NDJSON -----------------------------------------------------------------------------------------

class ndjson_row_source final : public row_source {
 public:
  result<void> feed(std::string_view piece, std::vector<target_row>& into) override {
    while (!piece.empty()) {
      auto end = piece.find('\n');
      rest_ += piece.substr(0, end);
      if (rest_.size() > line_bytes_max)
        return fail(
          errc::too_large, "line " + std::to_string(line_) + " has more than 64 KiB");
      if (end == std::string_view::npos)
        return {};
      take(into);
      piece.remove_prefix(end + 1);
    }
    return {};
  }

  result<void> finish(std::vector<target_row>& into) override {
    take(into);
    return {};
  }

 private:
  void take(std::vector<target_row>& into) {
    auto text = std::exchange(rest_, {});
    auto line = line_++;
    if (text.find_first_not_of(" \t\r") == std::string::npos)
      return;
    auto value = parse_json(text);
    if (!value) {
      auto code = value.error().fields.empty() ? "malformed" : value.error().fields[0].code;
      into.push_back(wrong_row(line, "", code, value.error().detail));
      return;
    }
    object_reader reader(*value);
    target_row row;
    row.draft = read_target(reader);
    row.draft.line = line;
    reader.finish();
    if (!reader.mistakes().empty()) {
      const auto& first = reader.mistakes().front();
      row = wrong_row(
        line, row.draft.phone_number, first.code,
        (first.pointer.empty() ? "" : first.pointer + ": ") + first.message);
    }
    into.push_back(std::move(row));
  }

  std::string rest_;
  std::size_t line_ = 1;
};

} // namespace

std::unique_ptr<row_source> csv_rows() { return std::make_unique<csv_row_source>(); }
std::unique_ptr<row_source> ndjson_rows() { return std::make_unique<ndjson_row_source>(); }

target::draft read_target(object_reader& reader) {
  target::draft d;
  reader.require("phone_number");
  d.phone_number = reader.text("phone_number").value_or("");
  d.contact_name = reader.text("contact_name").value_or("");
  d.client_id = reader.text("client_id").value_or("");
  d.timezone = reader.text("timezone").value_or("");
  if (auto attempts = reader.integer("max_attempts", 1, 20))
    d.max_attempts = static_cast<std::int32_t>(*attempts);
  return d;
}

void note_rejected(
  target::report& into, std::size_t line, std::string_view value, std::string code,
  std::string message) {
  ++into.rejected_total;
  if (into.rejected.size() < noted_max)
    into.rejected.push_back({line, cut(value), std::move(code), std::move(message)});
}

} // namespace ringmaster::net
