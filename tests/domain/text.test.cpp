#define CAF_SUITE text
#include <caf/test/unit_test.hpp>

#include <string>

#include "domain/text.hpp"

using namespace ringmaster;

CAF_TEST(white space goes from both ends and stays inside) {
  CAF_CHECK_EQUAL(trimmed("  a b\t\r\n"), "a b");
  CAF_CHECK_EQUAL(trimmed(" \n "), "");
  CAF_CHECK_EQUAL(trimmed(""), "");
}

CAF_TEST(characters are counted and not bytes) {
  CAF_CHECK(count_characters("") == 0u);
  CAF_CHECK(count_characters("abc") == 3u);
  CAF_CHECK(count_characters("Zoë") == 3u);
  CAF_CHECK(count_characters("日本") == 2u);
  CAF_CHECK(count_characters("📞") == 1u);
  CAF_CHECK(count_characters("\xf4\x8f\xbf\xbf") == 1u);
}

CAF_TEST(broken sequences are no text) {
  for (auto text : {"\x80", "\xc3", "\xc0\xaf", "\xc1\x81", "\xe0\x80\xaf", "\xed\xa0\x80",
                    "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xe2\x82", "\xc3(" })
    CAF_CHECK(!count_characters(text));
}

CAF_TEST(control characters are found and line ends pass where they are welcome) {
  CAF_CHECK(has_control_character("a\nb"));
  CAF_CHECK(!has_control_character("a\nb\r\n\t", true));
  CAF_CHECK(has_control_character("a\x1b[31m", true));
  CAF_CHECK(has_control_character(std::string_view{"a\0b", 3}, true));
  CAF_CHECK(has_control_character("\x7f"));
  CAF_CHECK(has_control_character("\xc2\x85"));
  CAF_CHECK(!has_control_character("\xc2\xa0Zoë 日本"));
}
