#define CAF_SUITE net_json

#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <string>

#include "net/campaign_body.hpp"
#include "net/json.hpp"

using namespace ringmaster;
using namespace ringmaster::net;

namespace {

/// The pointers and codes of an `invalid` or `malformed`, one after the other.
template <class T>
std::string told(const result<T>& r) {
  if (r)
    return "accepted";
  std::string out(to_string(r.error().code));
  for (const auto& f : r.error().fields)
    out += " " + f.pointer + "=" + f.code;
  return out;
}

} // namespace

CAF_TEST(numbers with a fraction are known as they were written) {
  auto read = parse_json(R"({"a\"1.5":"2.5 \\","b":[1,-0.10,{"c":1e2}],"d":true,"e":18446744073709551615,"f":7.000})");
  CAF_REQUIRE(read);
  const auto& list = *read->find("b");
  CAF_CHECK_EQUAL(list.items[1].text, "-0.10");
  CAF_CHECK_EQUAL(list.items[2].find("c")->text, "1e2");
  CAF_CHECK_EQUAL(read->find("e")->text, "18446744073709551615");
  CAF_CHECK_EQUAL(read->find("f")->text, "7.000");
  CAF_CHECK_EQUAL(read->find("a\"1.5")->text, "2.5 \\");
}

CAF_TEST(nesting ends at thirty two levels) {
  CAF_CHECK(parse_json(std::string(31, '[') + std::string(31, ']')));
  CAF_CHECK_EQUAL(told(parse_json(std::string(40, '[') + std::string(40, ']'))), "malformed =too_deep");
}

CAF_TEST(the same member twice is refused with its place) {
  CAF_CHECK_EQUAL(told(parse_json(R"({"a":{"b":1,"b":2}})")), "malformed /a/b=repeated_member");
  CAF_CHECK_EQUAL(told(parse_json(R"({"a":1,"\u0061":2})")), "malformed /a=repeated_member");
  std::string many = "{";
  for (int i = 0; i < 40; ++i)
    many += "\"m" + std::to_string(i) + "\":0,";
  CAF_CHECK_EQUAL(told(parse_json(many + "\"m3\":1}")), "malformed /m3=repeated_member");
  CAF_CHECK(parse_json(many + "\"m40\":1}"));
}

CAF_TEST(the character nul is refused wherever it stands) {
  CAF_CHECK_EQUAL(told(parse_json(R"({"a":["x\u0000"]})")), "malformed /a/0=nul");
  CAF_CHECK(!parse_json(R"({"a\u0000":1})"));
}

CAF_TEST(broken text is malformed and never a crash) {
  for (std::string text : {"", "  ", "{", "{\"a\":}", "nul", "\"\xFF\"", "{\"a\":1}x", "[1,]", "\"\\ud800\"",
                           "1e999", "123456789012345678901234567890"})
    CAF_CHECK_EQUAL(told(parse_json(text)).substr(0, 9), "malformed");
}

CAF_TEST(mutated bodies are accepted or refused and nothing else) {
  const std::string sound =
    R"({"name":"Spring","timezone":"UTC","allowed_days_of_week":["mon","tue"],"max_attempts":2,)"
    R"("rate_limit_per_minute":null,"targets":[{"phone_number":"+14155550100","client_id":"é"}]})";
  CAF_CHECK(rc::check("no crash, and mistakes have places", [&] {
    auto text = sound;
    auto edits = *rc::gen::inRange(1, 6);
    for (int i = 0; i < edits && !text.empty(); ++i) {
      auto at = *rc::gen::inRange<std::size_t>(0, text.size());
      auto how = *rc::gen::inRange(0, 3);
      auto byte = *rc::gen::arbitrary<char>();
      if (how == 0)
        text[at] = byte;
      else if (how == 1)
        text.erase(at, 1);
      else
        text.insert(at, 1, byte);
    }
    auto read = read_new_campaign(text);
    if (read)
      return;
    RC_ASSERT(read.error().code == errc::malformed || read.error().code == errc::invalid);
    RC_ASSERT(!read.error().fields.empty());
  }));
}

CAF_TEST(all mistakes of a body are told together) {
  auto read = read_new_campaign(
    R"({"name":7,"colour":"red","max_attempts":99,"rate_limit_per_minute":"fast","timezone":"Mars/Base",)"
    R"("allowed_days_of_week":["mon",3],"targets":[{"phone_number":true,"x":1},{}]})");
  CAF_CHECK_EQUAL(
    told(read),
    "invalid /name=wrong_type /allowed_days_of_week/1=wrong_type /rate_limit_per_minute=wrong_type "
    "/max_attempts=out_of_range /targets/0/phone_number=wrong_type /targets/0/x=unknown_field "
    "/targets/1/phone_number=required /colour=unknown_field /timezone=unknown_timezone");
}

CAF_TEST(null takes a limit away and is no value elsewhere) {
  auto read = read_new_campaign(R"({"name":"A","rate_limit_per_hour":null,"rate_limit_per_minute":10.0})");
  CAF_REQUIRE(read);
  CAF_CHECK(!read->draft.limits.per_hour);
  CAF_CHECK(read->draft.limits.per_minute == 10u);
  CAF_CHECK_EQUAL(told(read_new_campaign(R"({"name":null})")), "invalid /name=wrong_type");
  CAF_CHECK_EQUAL(
    told(read_new_campaign(R"({"name":"A","max_attempts":1.5})")), "invalid /max_attempts=wrong_type");
}

CAF_TEST(an act takes its own fields only) {
  CAF_CHECK(read_campaign_act(R"({"action":"start","start_when_window_opens":true})"));
  CAF_CHECK_EQUAL(told(read_campaign_act(R"({"action":"pause","name":"x"})")), "invalid /name=unknown_field");
  CAF_CHECK_EQUAL(told(read_campaign_act(R"({"action":"begin"})")), "invalid /action=unknown_action");
  CAF_CHECK_EQUAL(told(read_campaign_act(R"({"action":"schedule"})")), "invalid /start_at=required");
  CAF_CHECK_EQUAL(
    told(read_campaign_act(R"({"action":"schedule","start_at":"tomorrow"})")), "invalid /start_at=not_a_time");
  CAF_CHECK_EQUAL(told(read_campaign_act(R"({"action":"update"})")), "invalid /action=nothing_to_update");
  CAF_CHECK_EQUAL(told(read_campaign_act(R"([])")).substr(0, 7), "invalid");
}

CAF_TEST(pointers escape what they must) {
  CAF_CHECK_EQUAL(pointer_to("/a", "b/c~d"), "/a/b~1c~0d");
  CAF_CHECK_EQUAL(pointer_to("", std::size_t{3}), "/3");
}
