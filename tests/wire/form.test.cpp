#define CAF_SUITE form

#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "wire/form.hpp"

using namespace ringmaster;
using namespace ringmaster::wire;

namespace {

rc::Gen<std::string> any_text() {
  return rc::gen::container<std::string>(rc::gen::suchThat(
    rc::gen::arbitrary<char>(), [](char c) { return c != '\0'; }));
}

} // namespace

CAF_TEST(a form keeps order and repeats and empty values) {
  auto all = parse_form("b=2&a=1&b=&c&=x&&a=1");
  CAF_REQUIRE(all);
  CAF_CHECK_EQUAL(*all, (fields{{"b", "2"}, {"a", "1"}, {"b", ""}, {"c", ""}, {"", "x"}, {"a", "1"}}));
}

CAF_TEST(plus is a space and escapes are bytes) {
  auto all = parse_form("To=%2B14155550100&Said=Yes+%E2%80%94+a%3db%26c&Plain=a-b_c.d~e");
  CAF_REQUIRE(all);
  CAF_CHECK_EQUAL(
    *all, (fields{{"To", "+14155550100"}, {"Said", "Yes \xE2\x80\x94 a=b&c"}, {"Plain", "a-b_c.d~e"}}));
}

CAF_TEST(only the first equals sign separates) {
  auto all = parse_form("a=b=c");
  CAF_REQUIRE(all);
  CAF_CHECK_EQUAL(*all, (fields{{"a", "b=c"}}));
}

CAF_TEST(an empty body is an empty form) {
  auto all = parse_form("");
  CAF_REQUIRE(all);
  CAF_CHECK(all->empty());
}

CAF_TEST(broken escapes and NUL are malformed) {
  for (std::string_view body :
       {"a=%", "a=%2", "a=%2g", "a=%g2", "%=a", "a=%00", "a=%0", "a%zz=1", "a=1&b=%", "a=%%32"}) {
    auto all = parse_form(body);
    CAF_CHECK(!all);
    CAF_CHECK(!all && all.error().code == errc::malformed);
  }
  CAF_CHECK(!parse_form(std::string_view("a=\0b", 4)));
}

CAF_TEST(a form of too many fields is malformed) {
  std::string body = "a=1";
  for (int i = 1; i < 256; ++i)
    body += "&a=1";
  CAF_CHECK(parse_form(body));
  CAF_CHECK(!parse_form(body + "&a=1"));
  CAF_CHECK(parse_form("a=1&b=2", 2));
  CAF_CHECK(!parse_form("a=1&b=2&c=3", 2));
}

CAF_TEST(the first value of a name is found) {
  fields all{{"a", "1"}, {"A", "2"}, {"a", "3"}};
  CAF_REQUIRE(find(all, "a"));
  CAF_CHECK_EQUAL(*find(all, "a"), "1");
  CAF_CHECK_EQUAL(*find(all, "A"), "2");
  CAF_CHECK(find(all, "b") == nullptr);
}

CAF_TEST(a form is written as the carrier writes it) {
  fields all{{"To", "+14155550100"}, {"Event", "initiated"}, {"Event", "ringing"},
             {"Url", "https://e.example/v?x=1&y=a b#rc=5"}, {"Empty", ""}};
  CAF_CHECK_EQUAL(
    write_form(all),
    "To=%2B14155550100&Event=initiated&Event=ringing&"
    "Url=https%3A%2F%2Fe.example%2Fv%3Fx%3D1%26y%3Da%20b%23rc%3D5&Empty=");
}

CAF_TEST(percent coding decodes once) {
  CAF_CHECK_EQUAL(percent_encode("a b/\xC3\xA8+~"), "a%20b%2F%C3%A8%2B~");
  auto once = percent_decode("%2541+b");
  CAF_REQUIRE(once);
  CAF_CHECK_EQUAL(*once, "%41+b");
  CAF_CHECK(percent_decode("a+b", true).value() == "a b");
  CAF_CHECK(!percent_decode("%00"));
  CAF_CHECK(!percent_decode("%4"));
}

CAF_TEST(what was written reads back) {
  CAF_CHECK(rc::check("forms round trip", [] {
    auto all = *rc::gen::container<fields>(rc::gen::pair(any_text(), any_text()));
    if (all.size() > 256)
      all.resize(256);
    auto again = parse_form(write_form(all));
    RC_ASSERT(again);
    RC_ASSERT(*again == all);
  }));
  CAF_CHECK(rc::check("percent coding round trips", [] {
    auto text = *any_text();
    auto coded = percent_encode(text);
    RC_ASSERT(coded.find_first_of(" +&=#?/") == std::string::npos);
    RC_ASSERT(*percent_decode(coded) == text);
    RC_ASSERT(*percent_decode(coded, true) == text);
  }));
}

CAF_TEST(any bytes either parse or are refused) {
  CAF_CHECK(rc::check("parse_form is total and its result is a fixed point", [] {
    auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "a", "b", "=", "&", "%", "+", "2B", "%2B", "%C3%A8", "%0", "0", "x y", ";"));
    std::string body;
    for (const auto& piece : pieces)
      body += piece;
    if (auto all = parse_form(body)) {
      auto again = parse_form(write_form(*all));
      RC_ASSERT(again);
      RC_ASSERT(*again == *all);
    }
  }));
}
