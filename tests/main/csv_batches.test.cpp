#define CAF_SUITE csv_batches
#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

#include "main/csv_batches.hpp"
#include "main/line_batches.hpp"

using namespace ringmaster;

namespace {

std::vector<csv_batches::batch> cut(const std::string& text, std::size_t rows) {
  std::istringstream in(text);
  csv_batches batches(in, rows);
  std::vector<csv_batches::batch> all;
  while (true) {
    auto next = batches.next();
    CAF_REQUIRE(next.has_value());
    if (!*next)
      return all;
    all.push_back(**next);
  }
}

/// The line of `text` on which `what` stands, from 1.
std::ptrdiff_t line_of(const std::string& text, const std::string& what) {
  auto at = text.find(what);
  CAF_REQUIRE(at != std::string::npos);
  return 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
}

} // namespace

CAF_TEST(a header is repeated in front of every piece) {
  auto all = cut("phone_number,contact_name\n+1,a\n+2,b\n+3,c\n", 2);
  CAF_REQUIRE_EQUAL(all.size(), 2u);
  CAF_CHECK_EQUAL(all[0].text, "phone_number,contact_name\n+1,a\n+2,b\n");
  CAF_CHECK_EQUAL(all[0].line_offset, 0);
  CAF_CHECK_EQUAL(all[1].text, "phone_number,contact_name\n+3,c\n");
  CAF_CHECK_EQUAL(all[1].line_offset, 2);
  CAF_CHECK_EQUAL(all[1].rows, 1u);
}

CAF_TEST(without a header nothing is repeated) {
  auto all = cut("+1,a\n+2,b\n+3,c", 2);
  CAF_REQUIRE_EQUAL(all.size(), 2u);
  CAF_CHECK_EQUAL(all[0].text, "+1,a\n+2,b\n");
  CAF_CHECK_EQUAL(all[1].text, "+3,c");
  CAF_CHECK_EQUAL(all[1].line_offset, 2);
  CAF_CHECK_EQUAL(all[1].bytes_read, 14u);
}

CAF_TEST(a quoted line end does not cut a record) {
  auto all = cut("\xef\xbb\xbf\"Phone\";note\r\n+1;\"two\r\nlines, and a \"\" quote\"\r\n+2;x\r\n", 1);
  CAF_REQUIRE_EQUAL(all.size(), 2u);
  CAF_CHECK_EQUAL(all[0].text, "\xef\xbb\xbf\"Phone\";note\r\n+1;\"two\r\nlines, and a \"\" quote\"\r\n");
  CAF_CHECK_EQUAL(all[1].text, "\xef\xbb\xbf\"Phone\";note\r\n+2;x\r\n");
  CAF_CHECK_EQUAL(all[1].line_offset, 2);
}

CAF_TEST(blank lines count as lines and not as rows) {
  auto all = cut("number\n\n+1\n\n\n+2\n", 1);
  CAF_REQUIRE_EQUAL(all.size(), 2u);
  CAF_CHECK_EQUAL(all[0].rows, 1u);
  CAF_CHECK_EQUAL(line_of(all[1].text, "+2") + all[1].line_offset, 6);
}

CAF_TEST(an empty file and a header alone have no pieces) {
  CAF_CHECK(cut("", 10).empty());
  CAF_CHECK(cut("phone_number\n", 10).empty());
  CAF_CHECK(cut("phone_number", 10).empty());
  CAF_CHECK(cut("\n\n\n", 10).empty());
}

CAF_TEST(a quote that is never closed is refused with its line) {
  std::istringstream in("number\n+1\n\"+2\n+3\n");
  csv_batches batches(in, 1);
  CAF_REQUIRE(batches.next().has_value());
  auto broken = batches.next();
  CAF_REQUIRE(!broken.has_value());
  CAF_CHECK(broken.error().detail.find("line 3") != std::string::npos);
}

CAF_TEST(every record keeps its line whatever the size of the pieces) {
  CAF_CHECK(rc::check("line numbers add up", [] {
    auto rows = *rc::gen::inRange<std::size_t>(0, 40);
    auto batch = *rc::gen::inRange<std::size_t>(1, 12);
    auto header = *rc::gen::arbitrary<bool>();
    std::string text = header ? "number,name\n" : "";
    for (std::size_t i = 0; i < rows; ++i) {
      auto kind = *rc::gen::inRange(0, 3);
      text += kind == 0 ? "\n" : "";
      text += "+" + std::to_string(1000 + i) + (kind == 1 ? ",\"a\nb\"\n" : ",plain\n");
    }
    std::size_t seen = 0;
    for (const auto& b : cut(text, batch)) {
      RC_ASSERT(b.rows <= batch);
      for (std::size_t i = 0; i < b.rows; ++i, ++seen) {
        auto what = "+" + std::to_string(1000 + seen);
        RC_ASSERT(line_of(b.text, what) + b.line_offset == line_of(text, what));
      }
    }
    RC_ASSERT(seen == rows);
  }));
}

CAF_TEST(whether there is a header can be said) {
  std::istringstream named("Telefon,Name\n+14155550100,Ann\n+14155550101,Joe\n");
  csv_batches with(named, 1, true);
  auto first = with.next();
  CAF_REQUIRE(first.has_value() && first->has_value());
  CAF_CHECK_EQUAL((*first)->text, "Telefon,Name\n+14155550100,Ann\n");
  CAF_CHECK(with.has_header());
  std::istringstream plain("phone\n+14155550100\n");
  csv_batches without(plain, 10, false);
  auto all = without.next();
  CAF_REQUIRE(all.has_value() && all->has_value());
  CAF_CHECK_EQUAL((*all)->rows, 2u);
  CAF_CHECK(!without.has_header());
}

CAF_TEST(a file of lines is cut between lines and blank ones are no rows) {
  std::istringstream in("{\"a\":1}\n\n{\"a\":2}\n{\"a\":3}");
  line_batches batches(in, 2);
  auto first = batches.next();
  CAF_REQUIRE(first.has_value() && first->has_value());
  CAF_CHECK_EQUAL((*first)->text, "{\"a\":1}\n\n{\"a\":2}\n");
  CAF_CHECK_EQUAL((*first)->line_offset, 0);
  auto second = batches.next();
  CAF_REQUIRE(second.has_value() && second->has_value());
  CAF_CHECK_EQUAL((*second)->text, "{\"a\":3}");
  CAF_CHECK_EQUAL((*second)->line_offset, 3);
  auto end = batches.next();
  CAF_REQUIRE(end.has_value());
  CAF_CHECK(!end->has_value());
}
