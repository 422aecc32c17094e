#define CAF_SUITE net_csv

#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "net/csv.hpp"
#include "net/target_rows.hpp"

using namespace ringmaster;
using namespace ringmaster::net;

namespace {

using table = std::vector<std::vector<std::string>>;

/// Feeds the text in pieces of `piece` bytes.
std::vector<csv_record> parse(const std::string& text, std::size_t piece = 7) {
  csv_parser parser;
  std::vector<csv_record> records;
  for (std::size_t at = 0; at < text.size(); at += piece)
    if (!parser.feed(std::string_view(text).substr(at, piece), records))
      return {};
  if (!parser.finish(records))
    return {};
  return records;
}

table cells(const std::vector<csv_record>& records) {
  table out;
  for (const auto& r : records)
    out.push_back(r.cells);
  return out;
}

std::vector<target_row> rows_of(row_source& source, const std::string& text, std::size_t piece = 5) {
  std::vector<target_row> rows;
  for (std::size_t at = 0; at < text.size(); at += piece)
    if (!source.feed(std::string_view(text).substr(at, piece), rows))
      break;
  CAF_CHECK(source.finish(rows));
  return rows;
}

} // namespace

CAF_TEST(cells with quotes line ends and delimiters come back as they were) {
  auto records = parse("a,\"b\"\"c\",\"d\r\ne\"\r\n\"x,y\",,z\n");
  CAF_CHECK(cells(records) == (table{{"a", "b\"c", "d\r\ne"}, {"x,y", "", "z"}}));
  CAF_REQUIRE_EQUAL(records.size(), 2u);
  CAF_CHECK_EQUAL(records[0].line, 1u);
  CAF_CHECK_EQUAL(records[1].line, 3u); // the quoted line end counts
}

CAF_TEST(the delimiter is found on the first line outside quotes) {
  CAF_CHECK(cells(parse("phone;\"a,b,c,d\"\n1;2\n")) == (table{{"phone", "a,b,c,d"}, {"1", "2"}}));
  CAF_CHECK(cells(parse("a\tb,c\td\n")) == (table{{"a", "b,c", "d"}}));
  CAF_CHECK(cells(parse("only\nwords\n")) == (table{{"only"}, {"words"}}));
}

CAF_TEST(a byte order mark and empty lines are passed over) {
  CAF_CHECK(cells(parse("\xEF\xBB\xBF" "a,b\n\n\r\n1,2\r3,4", 1)) ==
            (table{{"a", "b"}, {"1", "2"}, {"3", "4"}}));
}

CAF_TEST(utf16 is named and refused) {
  csv_parser parser;
  std::vector<csv_record> records;
  auto fed = parser.feed(std::string("\xFF\xFE" "a\0\n\0", 6), records);
  CAF_REQUIRE(!fed);
  CAF_CHECK(fed.error().code == errc::unsupported_type);
}

CAF_TEST(a quote that is never closed ends at the limit and not in memory) {
  csv_parser parser;
  std::vector<csv_record> records;
  CAF_CHECK(parser.feed("a,b\n\"", records));
  std::string block(16 * 1024, 'x');
  bool refused = false;
  for (int i = 0; i < 8 && !refused; ++i)
    refused = !parser.feed(block, records);
  CAF_CHECK(refused);
  auto small = parse("a\n\"open");
  CAF_REQUIRE_EQUAL(small.size(), 2u);
  CAF_CHECK(small[1].unterminated);
}

CAF_TEST(what is written is read again) {
  CAF_CHECK(rc::check("write and parse round trip in any pieces", [] {
    auto alphabet = rc::gen::element<char>('a', 'b', ' ', ',', ';', '\t', '"', '\r', '\n', '+', '=');
    auto cell = rc::gen::container<std::string>(alphabet);
    auto row = rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(cell));
    auto written = *rc::gen::container<table>(row);
    auto piece = *rc::gen::inRange<std::size_t>(1, 9);
    std::string text = "h1,h2,h3\n"; // so that the comma is the delimiter
    for (const auto& line : written) {
      for (std::size_t i = 0; i < line.size(); ++i)
        text += (i ? "," : "") + (line.size() == 1 && line[i].empty() ? "\"\"" : csv_cell(line[i]));
      text += "\r\n";
    }
    auto read = cells(parse(text, piece));
    RC_ASSERT(!read.empty());
    read.erase(read.begin());
    RC_ASSERT(read == written);
  }));
}

CAF_TEST(any bytes are read without a crash and in the same way whatever the pieces) {
  CAF_CHECK(rc::check("pieces do not matter", [] {
    auto text = *rc::gen::container<std::string>(
      rc::gen::element<char>('a', ',', ';', '"', '\r', '\n', '\xEF', '\xBB', '\xBF', '\0'));
    auto piece = *rc::gen::inRange<std::size_t>(1, 20);
    RC_ASSERT(cells(parse(text, piece)) == cells(parse(text, 1000)));
  }));
}

CAF_TEST(formulas are disarmed and numbers are left alone) {
  CAF_CHECK_EQUAL(csv_safe_cell("=1+1"), "'=1+1");
  CAF_CHECK_EQUAL(csv_safe_cell("@SUM(A1)"), "'@SUM(A1)");
  CAF_CHECK_EQUAL(csv_safe_cell("-2+3"), "'-2+3");
  CAF_CHECK_EQUAL(csv_safe_cell("+1-cmd"), "'+1-cmd");
  CAF_CHECK_EQUAL(csv_safe_cell("+14155550100"), "+14155550100");
  CAF_CHECK_EQUAL(csv_safe_cell("=HYPERLINK(\"x\",\"y\")"), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
  CAF_CHECK_EQUAL(csv_safe_cell("Ann"), "Ann");
}

// -- rows -------------------------------------------------------------------------------------------

CAF_TEST(a header names the columns in any order and spelling) {
  auto source = csv_rows();
  auto rows = rows_of(*source, "ID;Contact Name;Phone;colour;Max-Attempts\n7;Ann;+1415;red;3\n");
  CAF_REQUIRE_EQUAL(rows.size(), 1u);
  CAF_CHECK_EQUAL(rows[0].draft.phone_number, "+1415");
  CAF_CHECK_EQUAL(rows[0].draft.contact_name, "Ann");
  CAF_CHECK_EQUAL(rows[0].draft.client_id, "7");
  CAF_CHECK_EQUAL(rows[0].draft.line, 2u);
  CAF_CHECK(rows[0].draft.max_attempts == 3);
}

CAF_TEST(without a header the first row is data) {
  auto source = csv_rows();
  auto rows = rows_of(*source, "+14155550100,Ann,c1,Europe/Berlin,2\n+14155550101\n");
  CAF_REQUIRE_EQUAL(rows.size(), 2u);
  CAF_CHECK_EQUAL(rows[0].draft.timezone, "Europe/Berlin");
  CAF_CHECK_EQUAL(rows[1].draft.phone_number, "+14155550101");
  CAF_CHECK_EQUAL(rows[1].draft.line, 2u);
}

CAF_TEST(rows that cannot be kept say why) {
  auto source = csv_rows();
  auto rows = rows_of(*source, "phone,name,max_attempts\n1,\xFF,\n2,x,many\n3,\"open,1\n");
  CAF_REQUIRE_EQUAL(rows.size(), 3u);
  CAF_REQUIRE(rows[0].wrong && rows[1].wrong && rows[2].wrong);
  CAF_CHECK_EQUAL(rows[0].wrong->code, "not_utf8");
  CAF_CHECK_EQUAL(rows[1].wrong->code, "wrong_type");
  CAF_CHECK_EQUAL(rows[1].wrong->line, 3u);
  CAF_CHECK_EQUAL(rows[2].wrong->code, "unterminated_quote");
}

CAF_TEST(ndjson keeps going after a broken line) {
  auto source = ndjson_rows();
  auto rows = rows_of(
    *source, "{\"phone_number\":\"+1\",\"contact_name\":\"A\"}\n\n{oops\n{\"phone\":\"+2\"}\n"
             "{\"phone_number\":3}\n{\"phone_number\":\"+4\"}");
  CAF_REQUIRE_EQUAL(rows.size(), 5u);
  CAF_CHECK(!rows[0].wrong);
  CAF_REQUIRE(rows[1].wrong);
  CAF_CHECK_EQUAL(rows[1].wrong->line, 3u);
  CAF_CHECK_EQUAL(rows[2].wrong->code, "required");
  CAF_CHECK_EQUAL(rows[3].wrong->code, "wrong_type");
  CAF_CHECK_EQUAL(rows[4].draft.phone_number, "+4");
  CAF_CHECK_EQUAL(rows[4].draft.line, 6u);
}

CAF_TEST(a list of json reads the same in whatever pieces it comes) {
  const std::string text =
    " { \"targets\" : [ {\"phone_number\":\"+14155550100\",\"contact_name\":\"a,]}\\\" \\\\\"} ,\n"
    "{\"phone_number\":\"+14155550101\"},7,{\"nome\":1}, \"x\" ] } ";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    auto source = json_rows();
    std::vector<target_row> rows;
    for (std::size_t at = 0; at < text.size(); at += size)
      CAF_REQUIRE(source->feed(std::string_view(text).substr(at, size), rows).has_value());
    CAF_REQUIRE(source->finish(rows).has_value());
    CAF_REQUIRE_EQUAL(rows.size(), 5u);
    CAF_CHECK_EQUAL(rows[0].draft.contact_name, "a,]}\" \\");
    CAF_CHECK_EQUAL(rows[1].draft.line, 2u);
    CAF_CHECK(rows[2].wrong && rows[3].wrong && rows[4].wrong);
    CAF_CHECK_EQUAL(rows[4].wrong->line, 5u);
  }
}

CAF_TEST(what is no list of targets is refused wherever it goes wrong) {
  for (std::string_view text : {"7", "{}", "{\"target\":[]}", "[{} {}]", "[,{}]", "[{},]", "[{}]]", "[{}", "{\"targets\":[{}]", "{\"targets\" []}"}) {
    auto source = json_rows();
    std::vector<target_row> rows;
    auto read = source->feed(text, rows);
    if (read)
      read = source->finish(rows);
    CAF_MESSAGE(text);
    CAF_CHECK(!read.has_value());
  }
  auto empty = json_rows();
  std::vector<target_row> rows;
  CAF_CHECK(empty->feed("[]", rows).has_value() && empty->finish(rows).has_value() && rows.empty());
}

CAF_TEST(pipes part cells too) {
  csv_parser parser;
  std::vector<csv_record> records;
  CAF_REQUIRE(parser.feed("a|b, c|d\n1|2|3\n", records).has_value());
  CAF_REQUIRE(parser.finish(records).has_value());
  CAF_CHECK_EQUAL(parser.delimiter(), '|');
  CAF_REQUIRE_EQUAL(records.size(), 2u);
  CAF_CHECK_EQUAL(records[0].cells[1], "b, c");
}
