#define CAF_SUITE json_text
#include <caf/test/unit_test.hpp>

#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include <string>

#include "main/json_text.hpp"

using ringmaster::json_text;
using ringmaster::plain_text;

CAF_TEST(plain words are only quoted) {
  CAF_CHECK_EQUAL(json_text("campaign c-42: start"), "\"campaign c-42: start\"");
  CAF_CHECK_EQUAL(json_text("Grüße"), "\"Grüße\"");
}

CAF_TEST(quotes and controls are escaped) {
  CAF_CHECK_EQUAL(json_text("a\"b\\c\n\x1b[31m"), R"("a\"b\\c\u000a\u001b[31m")");
  CAF_CHECK_EQUAL(json_text("\x7f\xc2\x85\xe2\x80\xa8"), R"("\u007f\u0085\u2028")");
  CAF_CHECK_EQUAL(plain_text("a\"b\nc\r"), R"(a"b\u000ac\u000d)");
}

CAF_TEST(broken text becomes the replacement character) {
  CAF_CHECK_EQUAL(json_text("a\xff" "b"), "\"a\xef\xbf\xbd" "b\"");
  CAF_CHECK_EQUAL(json_text("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
  CAF_CHECK_EQUAL(json_text("\xe2\x82"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

CAF_TEST(any bytes give one line of valid JSON) {
  CAF_CHECK(rc::check("an independent reader accepts it", [](const std::string& text) {
    auto quoted = json_text(text);
    RC_ASSERT(quoted.find('\n') == std::string::npos);
    RC_ASSERT(nlohmann::json::accept(quoted));
  }));
}

CAF_TEST(printable text survives) {
  CAF_CHECK(rc::check("an independent reader gives it back", [] {
    auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~'));
    RC_ASSERT(nlohmann::json::parse(json_text(text)).get<std::string>() == text);
  }));
}
