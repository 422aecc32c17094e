#define CAF_SUITE call_json

#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "domain/time.hpp"
#include "gateways/telephony/call_json.hpp"
#include "gateways/telephony/scrub.hpp"

using namespace ringmaster;
using namespace ringmaster::telephony;

namespace {

const std::string sid = "CA0123456789abcdef0123456789abcdef";

const std::string whole = R"({"sid": ")" + sid + R"(", "status": "in-progress", "direction": "outbound-api",
  "to": "+14155550100", "from": "+14155550199", "queue_time": "1500", "duration": "42", "answered_by": "human",
  "date_created": "Tue, 31 Aug 2010 20:36:28 +0000", "start_time": "Tue, 31 Aug 2010 20:36:29 +0000",
  "end_time": null, "price": "-0.03000", "parent_call_sid": null, "subresource_uris": {"a": [1, {"b": null}]},
  "something_new": true})";

std::string with(const std::string& field, const std::string& value) {
  return R"({"sid": ")" + sid + R"(", "status": "queued", ")" + field + "\": " + value + "}";
}

} // namespace

CAF_TEST(a call is read as far as it matters) {
  answer_reader reader(1 << 20);
  auto got = reader.read_call(whole);
  CAF_REQUIRE(got);
  CAF_CHECK_EQUAL(got->sid.value().value, sid);
  CAF_CHECK(got->state == call::status::in_progress);
  CAF_CHECK_EQUAL(got->to, "+14155550100");
  CAF_CHECK_EQUAL(got->from, "+14155550199");
  CAF_CHECK_EQUAL(got->direction, "outbound-api");
  CAF_CHECK(!got->has_parent);
  CAF_CHECK(got->queue_time == std::chrono::milliseconds(1500));
  CAF_CHECK(got->duration_seconds == 42);
  CAF_CHECK(got->started_at == parse_rfc2822("Tue, 31 Aug 2010 20:36:29 +0000").value());
  CAF_CHECK(!got->ended_at);
  auto news = to_news(std::move(*got));
  CAF_REQUIRE(news);
  CAF_CHECK_EQUAL(news->sid.value, sid);
  CAF_CHECK_EQUAL(news->answered_by, "human");
  CAF_CHECK(news->price == std::optional(money{30'000, "USD"}));
}

CAF_TEST(a price is what the carrier took) {
  answer_reader reader(1 << 20);
  auto price = [&](const std::string& text, const std::string& unit = "\"USD\"") {
    auto got = reader.read_call(
      R"({"sid": ")" + sid + R"(", "status": "completed", "price": )" + text + R"(, "price_unit": )" + unit + "}");
    return got ? got->price : std::optional(money{-1, "???"});
  };
  CAF_CHECK(price("\"-0.01400\"") == std::optional(money{14'000, "USD"}));
  CAF_CHECK(price("\"-1.5\"", "\"EUR\"") == std::optional(money{1'500'000, "EUR"}));
  CAF_CHECK(price("\"-0.014\"", "null") == std::optional(money{14'000, "USD"}));
  CAF_CHECK(price("\"0.00000\"") == std::optional(money{0, "USD"}));
  for (const char* none : {"null", "\"\"", "\"0.5\"", "\"-\"", "\"--1\"", "\"-1e3\"", "\"-99999999999\""})
    CAF_CHECK(!price(none));
  CAF_CHECK(!price("\"-1\"", "\"dollars\""));
}

CAF_TEST(every field may be missing or null) {
  answer_reader reader(1 << 20);
  auto got = reader.read_call("{}");
  CAF_REQUIRE(got);
  CAF_CHECK(!got->sid);
  CAF_CHECK(!to_news(std::move(*got)));
  for (std::string field : {"to", "queue_time", "duration", "date_created", "answered_by", "parent_call_sid"})
    CAF_CHECK(reader.read_call(with(field, "null")));
  CAF_CHECK(reader.read_call(with("duration", "\"\"")));
  CAF_CHECK(reader.read_call(with("duration", "7"))->duration_seconds == 7);
  CAF_CHECK(reader.read_call(with("parent_call_sid", "\"CAx\""))->has_parent);
}

CAF_TEST(an unknown status is no news) {
  answer_reader reader(1 << 20);
  auto got = reader.read_call(R"({"sid": ")" + sid + R"(", "status": "levitating"})");
  CAF_REQUIRE(got);
  CAF_CHECK(!got->state);
  CAF_CHECK(!to_news(std::move(*got)));
}

CAF_TEST(wrong types and broken JSON are unreadable) {
  answer_reader reader(1 << 20);
  for (std::string body :
       {std::string(), std::string("null"), std::string("[]"), std::string("\"x\""), std::string("{"), std::string("<html>"),
        whole + "}", whole.substr(0, whole.size() / 2), with("to", "1"), with("to", "{}"), with("to", "[]"),
        with("to", "true"), with("to", "\"a\\u0000b\""), with("to", "\"a\\nb\""), with("sid", "\"x\""),
        with("to", "\"" + std::string(2000, '1') + "\""), with("duration", "\"soon\""), with("duration", "-1"),
        with("queue_time", "1.5"), with("date_created", "\"yesterday\""), with("date_created", "12"),
        std::string("{\"sid\": 1}"), std::string("{\"sid\": \"CA0123456789ABCDEF0123456789ABCDEF\"}"),
        std::string(100, '[') + std::string(100, ']'), "{\"x\": " + std::string(40, '[') + std::string(40, ']') + "}",
        std::string("{\"sid\": \"") + sid + "\", \"sid\": \"" + sid + "\"}", std::string("\xff\xfe"),
        std::string("{\"to\": \"\xff\"}")})
    CAF_CHECK(!reader.read_call(body));
  // The reader is as good as before.
  CAF_CHECK(reader.read_call(whole));
}

CAF_TEST(an answer above the size is unreadable) {
  answer_reader reader(1000);
  CAF_CHECK(!reader.read_call("{\"x\": \"" + std::string(1000, 'x') + "\"}"));
  CAF_CHECK(reader.read_call(R"({"sid": ")" + sid + "\"}"));
}

CAF_TEST(a page has only calls with ids) {
  answer_reader reader(1 << 20);
  auto page = reader.read_page(
    R"({"calls": [)" + whole + "], \"next_page_uri\": \"/2010-04-01/x?Page=1\", \"page\": 0}");
  CAF_REQUIRE(page);
  CAF_CHECK_EQUAL(page->calls.size(), 1u);
  CAF_CHECK_EQUAL(page->next, "/2010-04-01/x?Page=1");
  CAF_CHECK(reader.read_page(R"({"calls": [], "next_page_uri": null})"));
  for (std::string body : {R"({})", R"({"calls": null})", R"({"calls": {}})", R"({"calls": [{}]})", R"({"calls": [1]})",
                           R"({"calls": [{"sid": null}]})", R"({"calls": [], "calls": []})",
                           R"({"calls": [], "next_page_uri": 7})"})
    CAF_CHECK(!reader.read_page(body));
}

CAF_TEST(errors are read where there is something to read) {
  answer_reader reader(1 << 20);
  auto got = reader.read_error(R"({"code": 21211, "message": "no such number", "status": 400})");
  CAF_CHECK(got.code == 21211);
  CAF_CHECK_EQUAL(got.message, "no such number");
  CAF_CHECK(reader.read_error(R"({"code": "20429"})").code == 20429);
  for (std::string body : {"", "<html>", "[]", "{}", "{\"code\": null}", "{\"code\": -5}", "{\"code\": 99999999999}",
                           "{\"code\": 1e300}", "{\"code\": {}}", "{\"code\": 21211, \"code\": 20003}"})
    CAF_CHECK(!reader.read_error(body).code);
}

CAF_TEST(any bytes are read or refused) {
  CAF_CHECK(rc::check("the reader is total", [] {
    answer_reader reader(1 << 16);
    auto body = whole;
    auto changes = *rc::gen::inRange(1, 6);
    for (int i = 0; i < changes; ++i) {
      auto at = *rc::gen::inRange<std::size_t>(0, body.size());
      body[at] = *rc::gen::arbitrary<char>();
    }
    auto cut = *rc::gen::inRange<std::size_t>(0, body.size() * 4);
    if (cut < body.size())
      body.resize(cut);
    auto got = reader.read_call(body);
    if (got && got->sid) {
      RC_ASSERT(call_sid::parse(got->sid->value).has_value());
    }
    reader.read_page(R"({"calls": [)" + body + "]}");
    reader.read_error(body);
  }));
}

CAF_TEST(foreign words lose numbers and secrets) {
  for (std::string number : {"+14155550100", "4155550100", "(415) 555-0100", "+1 415 555 0100", "%2B14155550100",
                             "415.555.0100", "+44 20 7946 0958", "+1%20415%20555%200100"}) {
    auto text = scrub("The 'To' number " + number + " is not valid.");
    CAF_CHECK(text.find("0100") == std::string::npos);
    CAF_CHECK(text.find("0958") == std::string::npos);
    CAF_CHECK(text.starts_with("The 'To' number "));
    CAF_CHECK(text.ends_with(" is not valid."));
  }
  CAF_CHECK_EQUAL(scrub("code 21211, 60 s"), "code 21211, 60 s");
  auto text = scrub("see https://e.example/hook/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA?x");
  CAF_CHECK(text.find("AAAA") == std::string::npos);
  CAF_CHECK_EQUAL(scrub("a\nb\x01" "c\xff" "d\x1b[31m"), "a b cd [31m");
}

CAF_TEST(scrubbed text is short and one line and valid) {
  CAF_CHECK(rc::check("and holds no seven digits in a row", [](std::vector<std::uint8_t> bytes) {
    std::string text(bytes.begin(), bytes.end());
    text += std::string(*rc::gen::inRange<std::size_t>(0, 3000), '\xe2');
    text += *rc::gen::container<std::string>(rc::gen::element('1', '2', ' ', '-', '+', 'a', '%', '.'));
    auto out = scrub(text);
    RC_ASSERT(out.size() <= 1024u);
    std::size_t digits = 0;
    for (auto c : out) {
      RC_ASSERT(static_cast<unsigned char>(c) >= ' ');
      digits = c >= '0' && c <= '9' ? digits + 1 : 0;
      RC_ASSERT(digits < 7u);
    }
  }));
}
