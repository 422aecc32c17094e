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
constexpr std::size_t named_columns_max = 20;
constexpr std::size_t reason_bytes_max = 500;

std::string cut(std::string_view text) {
  if (text.size() <= shown_max)
    return std::string(text);
  auto end = shown_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end; // not within a character
  return std::string(text.substr(0, end));
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

/// As two names of a column are compared: without blanks around, in small letters.
std::string plain_name(std::string_view cell) {
  auto begin = cell.find_first_not_of(" \t");
  if (begin == std::string_view::npos)
    return {};
  std::string name;
  for (char c : cell.substr(begin, cell.find_last_not_of(" \t") + 1 - begin)) {
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
    name += c == ' ' || c == '-' ? '_' : c;
  }
  return name;
}

column read_column(std::string_view cell) {
  auto name = plain_name(cell);
  for (const auto& known : column_names)
    if (known.name == name)
      return known.what;
  return column::other;
}

std::optional<std::size_t> read_place(std::string_view text) {
  std::size_t place = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), place);
  if (problem != std::errc{} || end != text.data() + text.size() || place == 0)
    return std::nullopt;
  return place - 1;
}

// -- CSV --------------------------------------------------------------------------------------------

class csv_row_source final : public row_source {
 public:
  explicit csv_row_source(row_options how, bool numbers = false)
    : how_(std::move(how)), numbers_(numbers) {}

  result<void> feed(std::string_view piece, std::vector<target_row>& into) override {
    records_.clear();
    auto read = parser_.feed(piece, records_);
    auto taken = take(into); // what was read before a mistake counts
    return taken ? read : taken;
  }

  result<void> finish(std::vector<target_row>& into) override {
    records_.clear();
    auto read = parser_.finish(records_);
    auto taken = take(into);
    return taken ? read : taken;
  }

 private:
  result<void> take(std::vector<target_row>& into) {
    for (auto& record : records_) {
      if (columns_.empty()) {
        auto header = read_header(record);
        if (!header)
          return fail(header.error());
        if (*header)
          continue;
      }
      into.push_back(read_row(record));
    }
    return {};
  }

  /// Settles what the columns are. True if the record was a header.
  result<bool> read_header(const csv_record& first) {
    if (how_.header.value_or(true)) {
      for (const auto& cell : first.cells)
        if (!valid_utf8(cell))
          return fail(
            errc::unsupported_type,
            "the list is not UTF-8; it looks like Latin-1 (Windows-1252): save it as CSV in UTF-8");
    }
    columns_.clear();
    for (const auto& cell : first.cells) {
      auto what = numbers_ && plain_name(cell) == "reason" ? column::contact_name : read_column(cell);
      bool given = std::any_of(how_.map.begin(), how_.map.end(), [&](const auto& m) {
        return read_column(m.first) == what;
      });
      bool taken = std::find(columns_.begin(), columns_.end(), what) != columns_.end();
      columns_.push_back(taken || given ? column::other : what);
    }
    std::string missing;
    bool mapped = false;
    for (const auto& [ours, theirs] : how_.map) {
      auto at = std::find_if(first.cells.begin(), first.cells.end(), [&, &name = theirs](const auto& cell) {
        return plain_name(cell) == plain_name(name);
      });
      if (at != first.cells.end()) {
        mapped = true;
        columns_[static_cast<std::size_t>(at - first.cells.begin())] = read_column(ours);
      } else if (missing.empty()) {
        missing = theirs;
      }
    }
    bool number = std::find(columns_.begin(), columns_.end(), column::phone_number) != columns_.end();
    if (how_.header.value_or(mapped || (number && how_.map.empty()))) {
      if (!missing.empty() || !number)
        return refuse_columns(first, missing);
      return true;
    }
    return read_places(first);
  }

  /// There is no header: the columns stand in the usual order, or where the map says.
  result<bool> read_places(const csv_record& first) {
    if (how_.map.empty()) {
      columns_ = {column::phone_number, column::contact_name, column::client_id, column::timezone,
                  column::max_attempts};
      return false;
    }
    columns_.assign(std::max<std::size_t>(first.cells.size(), 1), column::other);
    bool number = false;
    for (const auto& [ours, theirs] : how_.map) {
      auto place = read_place(theirs);
      if (!place || *place >= columns_.size())
        return refuse_columns(first, theirs);
      columns_[*place] = read_column(ours);
      number = number || columns_[*place] == column::phone_number;
    }
    if (!number)
      return refuse_columns(first, {});
    return false;
  }

  static result<bool> refuse_columns(const csv_record& first, const std::string& missing) {
    std::string all;
    for (std::size_t i = 0; i < first.cells.size() && i < named_columns_max; ++i)
      all += (i == 0 ? "" : ", ") + (valid_utf8(first.cells[i]) ? cut(first.cells[i]) : "?");
    return fail_field(
      "?map", "unknown_column",
      (missing.empty() ? std::string("no column is phone_number") : "there is no column " + missing) +
        "; the first line has: " + all);
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
        return refuse(
          "not_utf8", "the row is not UTF-8; it looks like Latin-1 (Windows-1252): save the list as UTF-8");
      if (cell->find('\0') != std::string::npos)
        return refuse("nul", "the row has a NUL character");
    }
    if (numbers_ && d.contact_name.size() > reason_bytes_max)
      return refuse("too_long", "the reason has more than 500 bytes");
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

  row_options how_;
  bool numbers_; ///< and reasons, no targets
  csv_parser parser_;
  std::vector<csv_record> records_;
  std::vector<column> columns_;
};

/// One object, by whoever knows its members.
template <class Read>
target_row read_row_of(std::string_view text, std::size_t line, Read read) {
  auto value = parse_json(text);
  if (!value) {
    auto code = value.error().fields.empty() ? "malformed" : value.error().fields[0].code;
    return wrong_row(line, "", code, value.error().detail);
  }
  object_reader reader(*value);
  target_row row;
  row.draft = read(reader);
  row.draft.line = line;
  reader.finish();
  if (reader.mistakes().empty())
    return row;
  const auto& first = reader.mistakes().front();
  return wrong_row(
    line, row.draft.phone_number, first.code,
    (first.pointer.empty() ? "" : first.pointer + ": ") + first.message);
}

target::draft read_number_row(object_reader& reader) {
  target::draft d;
  reader.require("phone_number");
  d.phone_number = reader.text("phone_number").value_or("");
  d.contact_name = reader.text("reason", 500).value_or("");
  return d;
}

// -- NDJSON -----------------------------------------------------------------------------------------

class ndjson_row_source final : public row_source {
 public:
  explicit ndjson_row_source(bool numbers = false) : numbers_(numbers) {}

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
    into.push_back(numbers_ ? read_row_of(text, line, read_number_row) : read_json_row(text, line));
  }

  bool numbers_;
  std::string rest_;
  std::size_t line_ = 1;
};

} // namespace

std::unique_ptr<row_source> csv_rows(row_options how) {
  return std::make_unique<csv_row_source>(std::move(how));
}
std::unique_ptr<row_source> ndjson_rows() { return std::make_unique<ndjson_row_source>(); }
std::unique_ptr<row_source> csv_numbers() {
  return std::make_unique<csv_row_source>(row_options{}, true);
}
std::unique_ptr<row_source> ndjson_numbers() { return std::make_unique<ndjson_row_source>(true); }

target_row wrong_row(
  std::size_t line, std::string_view value, std::string code, std::string message) {
  target_row row;
  row.wrong = target::rejected_row{line, cut(value), std::move(code), std::move(message)};
  return row;
}

target_row read_json_row(std::string_view text, std::size_t line) {
  return read_row_of(text, line, read_target);
}

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
