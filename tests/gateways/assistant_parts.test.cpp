#define CAF_SUITE assistant_parts

#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "domain/embedded.hpp"
#include "gateways/assistant/event_stream.hpp"
#include "gateways/assistant/prompts.hpp"
#include "gateways/assistant/refusal.hpp"
#include "gateways/assistant/replies.hpp"
#include "gateways/assistant/shape.hpp"
#include "gateways/assistant/spoken_text.hpp"
#include "gateways/assistant/wire_prompt.hpp"
#include "wire/utf8.hpp"

using namespace ringmaster;
using namespace ringmaster::assistant;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> read(const std::string& bytes, std::size_t step, std::size_t most = 1000) {
  event_stream stream(most);
  std::vector<std::string> all;
  auto on_data = [&](std::string_view data) {
    all.emplace_back(data);
    return true;
  };
  bool fine = true;
  for (std::size_t i = 0; fine && i < bytes.size(); i += step)
    fine = stream.feed(std::string_view(bytes).substr(i, step), on_data);
  if (fine)
    stream.finish(on_data);
  return all;
}

std::string said(std::vector<std::string> pieces) {
  spoken_text filter;
  std::string all;
  for (const auto& one : pieces)
    all += filter.feed(one);
  return all;
}

/// One number for a text: FNV-1a.
std::uint64_t print_of(std::string_view text) {
  std::uint64_t made = 14695981039346656037ULL;
  for (auto c : text)
    made = (made ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return made;
}

} // namespace

CAF_TEST(events are the same however their bytes come) {
  const std::string bytes = "\xEF\xBB\xBF"
                            "data: a\r\n\r\n: note\rdata:b\rdata:  c\r\r\ndata\n\nevent: x\nid: "
                            "1\n\ndata: d\ndata\ndata: e\n\ndata: last";
  const std::vector<std::string> expected{"a", "b\n c", "", "d\n\ne", "last"};
  for (std::size_t step = 1; step <= bytes.size(); ++step)
    CAF_CHECK(read(bytes, step) == expected);
}

CAF_TEST(an event beyond its cap ends the stream) {
  event_stream lines(10), events(10);
  auto any = [](std::string_view) { return true; };
  CAF_CHECK(!lines.feed("data: 123456789", any));
  CAF_CHECK(lines.too_long());
  CAF_CHECK(!events.feed("data:123\ndata:456\ndata:789\ndata:123\n", any));
  CAF_CHECK(events.too_long());
  event_stream stopped(100);
  CAF_CHECK(!stopped.feed("data: 1\n\ndata: 2\n\n", [](std::string_view) { return false; }));
  CAF_CHECK(!stopped.too_long());
}

CAF_TEST(any data comes out of its events again) {
  CAF_CHECK(rc::check("events are read back", [] {
    auto texts = *rc::gen::container<std::vector<std::string>>(
        rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~')));
    auto step = *rc::gen::inRange<std::size_t>(1, 40);
    std::string bytes;
    for (const auto& one : texts)
      bytes += "data: " + one + (step % 2 ? "\n\n" : "\r\n\r\n");
    RC_ASSERT(read(bytes, step, 100'000) == texts);
  }));
}

CAF_TEST(speech is whole characters without marks) {
  CAF_CHECK_EQUAL(said({"\n  Hello"}), "\n  Hello");
  CAF_CHECK_EQUAL(said({" ", "\n", "\t"}), "");
  CAF_CHECK_EQUAL(
      said({"5 degrees, ", "-5 too\n-5 again\n- one\n* two\n+ three"}),
      "5 degrees, -5 too\n-5 again\none\n two\nthree");
  CAF_CHECK_EQUAL(
      said({"see [our page](https://x.example) or [this] (soon)"}), "see our page or this (soon)");
  CAF_CHECK_EQUAL(said({"a\x01\x7f\xC2\x85z"}), "az");
  CAF_CHECK_EQUAL(said({"\xF0\x9F", "\x91\x8D\xE2\x82", "\xAC"}), "\xE2\x82\xAC");
  CAF_CHECK_EQUAL(said({"a\xff\xC0z"}), "az");
  CAF_CHECK(rc::check("what is said is valid and does not depend on the cuts", [] {
    auto text = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    auto whole = said({text});
    std::vector<std::string> pieces;
    for (auto c : text)
      pieces.emplace_back(1, c);
    RC_ASSERT(said(pieces) == whole);
    RC_ASSERT(wire::valid_utf8(whole));
  }));
}

CAF_TEST(marks of sources stay where they are asked for) {
  spoken_text filter(true);
  CAF_CHECK_EQUAL(
      filter.feed("**Nine** to five. [2] See [our page](https://x.example)."),
      "Nine to five. [2] See [our page].");
}

CAF_TEST(delays of every spelling are understood) {
  auto wait = [](const char* name, const char* value) {
    return read_refusal(
               429,
               {
                   {name, value}
    },
               "", "")
        .wait;
  };
  CAF_CHECK(wait("Retry-After", "20") == 20s);
  CAF_CHECK(wait("retry-after-ms", "20") == 20ms);
  CAF_CHECK(wait("retry-after-ms", "0.5") == 1ms);
  CAF_CHECK(wait("Retry-After", "1e99") == std::nullopt);
  CAF_CHECK(wait("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT") == std::nullopt);
  CAF_CHECK(wait("Retry-After", "-1") == std::nullopt);
  CAF_CHECK(wait("Retry-After", "") == std::nullopt);
  CAF_CHECK(wait("Retry-After", "99999999999999999") == 24h);
  auto body =
      read_refusal(429, {}, R"({"error":{"details":[{"retryDelay":"57.238747106s"}]}})", "").wait;
  CAF_CHECK(body && *body > 57s && *body < 58s);
}

CAF_TEST(what a refusal tells holds no key and no number) {
  auto no = read_refusal(
      401, {}, R"({"error":{"message":"bad key k-1234 of +1 415 555 0100"}})", "k-1234");
  CAF_CHECK(no.what == refusal::kind::key);
  CAF_CHECK(no.detail.find("k-1234") == std::string::npos);
  CAF_CHECK(no.detail.find("555") == std::string::npos);
  for (std::string body :
       {"", "null", "[]", "[[]]", "{\"error\":7}", "{\"error\":{\"message\":7}}", "\xff",
        "{\"error\":\"plain\"}"})
    CAF_CHECK(!read_refusal(500, {}, body, "").detail.empty());
  CAF_CHECK(
      read_inner_refusal(R"({"error":{"code":429,"message":"x"}})", "").what ==
      refusal::kind::rate);
  CAF_CHECK(
      read_inner_refusal(R"({"error":{"code":"insufficient_quota"}})", "").what ==
      refusal::kind::quota);
  CAF_CHECK(read_refusal(400, {}, std::string(100'000, 'x'), "").detail.size() < 3000u);
}

CAF_TEST(schemas keep to what all providers take) {
  for (int i = 0; i < static_cast<int>(function::turn); ++i) {
    auto schema = write_schema(shape_of(static_cast<function>(i)));
    CAF_CHECK(schema.find("\"additionalProperties\":false") != std::string::npos);
    for (auto word : {"minLength", "maxLength", "pattern", "minimum", "maxItems", "$ref", "anyOf"})
      CAF_CHECK(schema.find(word) == std::string::npos);
  }
}

CAF_TEST(an answer is found in what stands around it) {
  for (auto text :
       {"{\"a\":1}", " {\"a\":1}\n", "```json\n{\"a\":1}\n```", "```\n{\"a\":1}\n```\n",
        "Here you are: {\"a\":1} Enjoy!", "Sure!\n```json\n{\"a\":1}\n```\nBye"})
    CAF_CHECK_EQUAL(std::string(without_fences(text)), "{\"a\":1}");
}

CAF_TEST(lengths and words and types are checked) {
  auto form = shape::object({
      {"t",                        shape::text(1,           3)},
      {"w",                        shape::word({"a", "b"})},
      {"l", shape::list(shape::flag(),                      2)  },
      {"n",             shape::text(0,            3).or_null()}
  });
  CAF_CHECK(!misfit(form, R"({"t":"äöü","w":"a","l":[true],"n":null,"more":{}})"));
  for (auto bad :
       {R"({"t":"","w":"a","l":[],"n":null})", R"({"t":"abcd","w":"a","l":[],"n":null})",
        R"({"t":" ","w":"a","l":[],"n":null})", R"({"t":"a","w":"c","l":[],"n":null})",
        R"({"t":"a","w":"a","l":[1],"n":null})",
        R"({"t":"a","w":"a","l":[true,true,true],"n":null})", R"({"t":"a","w":"a","l":[]})",
        R"({"t":null,"w":"a","l":[],"n":null})", R"({"t":"\u0000","w":"a","l":[],"n":null})", "[]",
        "", "7"})
    CAF_CHECK(misfit(form, bad).has_value());
}

CAF_TEST(any answer is a reply or an error and nothing else) {
  const std::vector<std::string> bits{"{",     "}",           "[",       "]",    "\"title\"",
                                      ":",     ",",           "null",    "true", "1e999",
                                      "\"x\"", "\"verdict\"", "\\u0000", "-",    " "};
  CAF_CHECK(rc::check("reading never throws", [&] {
    auto picks = *rc::gen::container<std::vector<std::size_t>>(
        rc::gen::inRange<std::size_t>(0, bits.size()));
    std::string text;
    for (auto one : picks)
      text += bits[one];
    for (const auto& what :
         {request(plan_request{}), request(questions_request{}), request(script_request{}),
          request(approval_request{}), request(risks_request{})})
      RC_ASSERT(!read_reply(what, text).has_value());
  }));
}

CAF_TEST(a released prompt is never edited) {
  // A new text is a new file with the next number; results say by which one they came to be.
  const std::map<std::string, std::uint64_t> released{
      {"agent-aloha-1.txt", 10206384069122890856U},
      {"agent-insight-1.txt", 2191179086194707532U},
      {"agent-studio-1.txt", 10540846237394560551U},
      {"agent-sync-1.txt", 15752734460911957283U},
      {"approval-1.txt", 4162504742032942995U},
      {"chat-1.txt", 8149454757422988092U},
      {"extract-1.txt", 14569852557723363161U},
      {"plan-1.txt", 13061091225481120029U},
      {"preamble-1.txt", 14690333912953814553U},
      {"questions-1.txt", 4003938411861340543U},
      {"repair-1.txt", 12876203771595864412U},
      {"risks-1.txt", 15366475611721120677U},
      {"script-1.txt", 3062870373626817130U},
      {"turn-1.txt", 13628247021433651069U},
      {"turn-2.txt", 13339020217768003199U},
  };
  std::size_t seen = 0;
  for (const auto& file : embedded::prompts())
    if (auto known = released.find(file.name); known != released.end()) {
      ++seen;
      CAF_CHECK_EQUAL(known->second, print_of(file.text));
    }
  CAF_CHECK_EQUAL(seen, released.size());
  for (int i = 0; i <= static_cast<int>(function::chat); ++i) {
    auto what = static_cast<function>(i);
    CAF_CHECK_EQUAL(
        prompt_of(what).version,
        std::string(to_string(what)) + (what == function::turn ? "-2" : "-1"));
  }
  CAF_CHECK(repair_prompt().text.find("{error}") != std::string::npos);
}
