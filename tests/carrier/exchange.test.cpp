#define CAF_SUITE carrier_exchange
#include <caf/test/unit_test.hpp>

#include <regex>

#include "tests/carrier/samples.hpp"

using namespace ringmaster;
using namespace ringmaster::telco;
using namespace ringmaster::telco::samples;

namespace {

int code_of(const verdict& v) { return json::parse(v.answer.body)["code"]; }

fault_mix certain(fault f) {
  fault_mix mix{};
  mix[static_cast<std::size_t>(f)] = 1.0;
  return mix;
}

} // namespace

CAF_TEST(a create answers the full call object) {
  office o;
  auto v = o.post(order());
  CAF_CHECK_EQUAL(v.answer.status, 201);
  auto c = json::parse(v.answer.body);
  CAF_CHECK(std::regex_match(c["sid"].get<std::string>(), std::regex("CA[0-9a-f]{32}")));
  CAF_CHECK_EQUAL(c["status"].get<std::string>(), "queued");
  CAF_CHECK_EQUAL(c["queue_time"].get<std::string>(), "0");
  CAF_CHECK_EQUAL(c["date_created"].get<std::string>(), "Tue, 01 Dec 2026 12:00:00 +0000");
  CAF_CHECK_EQUAL(c["to_formatted"].get<std::string>(), "(212) 555-0100");
  CAF_CHECK_EQUAL(c["direction"].get<std::string>(), "outbound-api");
  for (auto name : {"start_time", "end_time", "duration", "price", "answered_by", "parent_call_sid",
                    "group_sid", "caller_name", "forwarded_from", "trunk_sid"})
    CAF_CHECK(c.contains(name) && c[name].is_null());
  CAF_CHECK_EQUAL(c["subresource_uris"].size(), 9u);
  CAF_CHECK_EQUAL(
    c["uri"].get<std::string>(), office::path_of(c["sid"]));
  CAF_CHECK_EQUAL(c.size(), 26u);
}

CAF_TEST(wrong credentials are told before anything else) {
  office o;
  auto r = ask(http::method::post, calls_path, {{"nonsense", "1"}});
  for (const auto& wrong :
       {authorization(account, "x"), authorization("AC1"), std::string("Bearer x"), std::string()}) {
    r.headers[0].value = wrong;
    auto v = o.desk.handle(r, 1, o.now);
    CAF_CHECK_EQUAL(v.answer.status, 401);
    CAF_CHECK_EQUAL(code_of(v), 20003);
  }
  r.headers.erase(r.headers.begin());
  CAF_CHECK_EQUAL(o.desk.handle(r, 1, o.now).answer.status, 401);
}

CAF_TEST(an unknown call and another account are not found) {
  office o;
  auto sid = o.create()["sid"].get<std::string>();
  CAF_CHECK_EQUAL(o.get(office::path_of(sid)).answer.status, 200);
  auto other = sid;
  other[5] = other[5] == '0' ? '1' : '0';
  CAF_CHECK_EQUAL(code_of(o.get(office::path_of(other))), 20404);
  CAF_CHECK_EQUAL(o.get(office::path_of("CA" + std::string(32, 'f'))).answer.status, 404);
  CAF_CHECK_EQUAL(
    o.get("/2010-04-01/Accounts/AC" + std::string(32, 'a') + "/Calls.json").answer.status, 404);
  CAF_CHECK_EQUAL(o.get("/2010-04-01/Accounts/AC" + std::string(32, 'a') + ".json").answer.status, 404);
  CAF_CHECK_EQUAL(o.get("/").answer.status, 404);
  CAF_CHECK_EQUAL(
    o.desk.handle(ask(http::method::delete_, office::path_of(sid)), 1, o.now).answer.status, 405);
}

CAF_TEST(the account tells its state and which numbers calls may come from) {
  const auto root = "/2010-04-01/Accounts/" + account;
  office o;
  auto known = o.get(root + ".json");
  CAF_CHECK_EQUAL(known.answer.status, 200);
  CAF_CHECK_EQUAL(json::parse(known.answer.body)["status"].get<std::string>(), "active");
  auto asked = [](office& at, const std::string& target) {
    auto v = at.get(target);
    CAF_CHECK_EQUAL(v.answer.status, 200);
    std::vector<std::string> all;
    auto page = json::parse(v.answer.body);
    for (const auto& one : page[target.find("Incoming") != std::string::npos ? "incoming_phone_numbers" : "outgoing_caller_ids"])
      all.push_back(one["phone_number"]);
    return all;
  };
  using list = std::vector<std::string>;
  const auto numbers = root + "/IncomingPhoneNumbers.json";
  CAF_CHECK(asked(o, numbers + "?PhoneNumber=%2B14155550199") == list{"+14155550199"});
  CAF_CHECK(asked(o, numbers + "?PhoneNumber=%2B15005550001").empty());
  CAF_CHECK(asked(o, root + "/OutgoingCallerIds.json?PhoneNumber=%2B14155550199").empty());

  auto rules = plain();
  rules.owned_numbers = {"+14155550199", "+14155550198"};
  office few(rules);
  CAF_CHECK(asked(few, numbers) == (list{"+14155550199", "+14155550198"}));
  CAF_CHECK(asked(few, numbers + "?PhoneNumber=%2B14155550197").empty());
  CAF_CHECK_EQUAL(o.desk.handle(ask(http::method::post, numbers, {{"a", "b"}}), 1, o.now).answer.status, 405);
}

CAF_TEST(a body that is no form is refused) {
  office o;
  auto r = ask(http::method::post, calls_path, order());
  r.headers[1].value = "application/json";
  CAF_CHECK_EQUAL(o.desk.handle(r, 1, o.now).answer.status, 415);
  r.headers[1].value = "application/x-www-form-urlencoded; charset=utf-8";
  CAF_CHECK_EQUAL(o.desk.handle(r, 1, o.now).answer.status, 201);
  r.body = "To=%2";
  CAF_CHECK_EQUAL(code_of(o.desk.handle(r, 1, o.now)), 20001);
}

CAF_TEST(errors have the body of the carrier) {
  office o;
  auto v = o.post(with(order(), "To", "123"));
  CAF_CHECK_EQUAL(v.answer.status, 400);
  auto e = json::parse(v.answer.body);
  CAF_CHECK_EQUAL(e.size(), 4u);
  CAF_CHECK_EQUAL(e["status"].get<int>(), 400);
  CAF_CHECK_EQUAL(e["more_info"].get<std::string>(), "https://www.twilio.com/docs/errors/21211");
  // Whatever stands in a number comes back as valid JSON.
  CAF_CHECK_EQUAL(code_of(o.post(with(order(), "To", "\"\\\x01\n"))), 21211);
  CAF_CHECK_EQUAL(code_of(o.post(with(order(), "To", "\xff\xc0 caf\xc3\xa9"))), 21211);
  for (const auto& line : o.lines())
    CAF_CHECK(line.contains("n"));
}

CAF_TEST(magic numbers are refused with their codes) {
  office o;
  for (auto [to, code] : {std::pair{"+15005550001", 21217}, {"+15005550002", 21214},
                          {"+15005550003", 21215}, {"+15005550004", 21216}})
    CAF_CHECK_EQUAL(code_of(o.post(order(to))), code);
  CAF_CHECK_EQUAL(code_of(o.post(with(order(), "From", "+15005550001"))), 21212);
  CAF_CHECK_EQUAL(code_of(o.post(with(order(), "From", "+15005550007"))), 21210);
  CAF_CHECK_EQUAL(o.post(with(order(), "From", "+15005550006")).answer.status, 201);
}

CAF_TEST(only owned numbers may call where some are named) {
  auto s = plain();
  s.owned_numbers = {"+14155550199"};
  office o(s);
  CAF_CHECK_EQUAL(o.post(order()).answer.status, 201);
  CAF_CHECK_EQUAL(code_of(o.post(with(order(), "From", "+14155550198"))), 21210);
}

CAF_TEST(too many requests at once are refused and make no call) {
  auto s = plain();
  s.concurrent_max = 3;
  office o(s);
  CAF_CHECK_EQUAL(o.desk.handle(ask(http::method::post, calls_path, order()), 3, o.now).answer.status, 201);
  auto v = o.desk.handle(ask(http::method::post, calls_path, order()), 4, o.now);
  CAF_CHECK_EQUAL(v.answer.status, 429);
  CAF_CHECK_EQUAL(code_of(v), 20429);
  CAF_CHECK_EQUAL(o.board.calls().size(), 1u);
}

CAF_TEST(every fault makes the call or not as its name says) {
  struct row {
    fault f;
    int status;
    delivery seen;
    bool made;
  };
  for (const auto& r : {
         row{fault::none, 201, delivery::whole, true},
         {fault::too_many, 429, delivery::whole, false},
         {fault::too_many_after, 429, delivery::whole, false},
         {fault::error_500, 500, delivery::whole, false},
         {fault::error_503, 503, delivery::whole, false},
         {fault::made_but_500, 500, delivery::whole, true},
         {fault::cut, 0, delivery::none, false},
         {fault::made_but_cut, 0, delivery::none, true},
         {fault::cut_middle, 201, delivery::half, true},
         {fault::hang, 0, delivery::never, false},
         {fault::made_but_hang, 0, delivery::never, true},
         {fault::slow, 201, delivery::whole, true},
         {fault::garbage, 201, delivery::whole, true}}) {
    auto s = plain();
    if (r.f != fault::none)
      s.create_faults = certain(r.f);
    office o(s);
    auto v = o.post(order());
    CAF_CHECK_EQUAL(v.answer.status, r.status);
    CAF_CHECK(v.delivery == r.seen);
    CAF_CHECK_EQUAL(o.board.calls().size(), r.made ? 1u : 0u);
    CAF_CHECK_EQUAL(v.delay > 0ms, r.f == fault::slow);
    auto line = o.lines().front();
    CAF_CHECK_EQUAL(line["call_made"].get<bool>(), r.made);
    CAF_CHECK_EQUAL(line["fault"].get<std::string>(), to_string(r.f));
    CAF_CHECK_EQUAL(line.contains("sid"), r.made);
    const auto retry_after = std::any_of(
      v.answer.headers.begin(), v.answer.headers.end(),
      [](const auto& h) { return h.name == "Retry-After"; });
    CAF_CHECK_EQUAL(retry_after, r.f == fault::too_many_after);
  }
}

CAF_TEST(garbage is a success without a usable call) {
  auto s = plain();
  s.create_faults = certain(fault::garbage);
  office o(s);
  for (int i = 0; i < 40; ++i) {
    auto body = json::parse(o.post(order("+1212555" + std::to_string(1000 + i))).answer.body, nullptr, false);
    CAF_CHECK(body.is_discarded() || !body["sid"].is_string());
  }
}

CAF_TEST(a refused create neither uses up a fate nor a fault) {
  auto s = plain();
  CAF_REQUIRE(parse_script("{\"to\":\"+12125550100\",\"fault\":\"429\"}\n{\"to\":\"+12125550100\"}", s));
  office o(s);
  CAF_CHECK_EQUAL(o.post(with(order(), "Timeout", "x")).answer.status, 400);
  CAF_CHECK_EQUAL(o.post(order()).answer.status, 429);
  CAF_CHECK_EQUAL(o.post(order()).answer.status, 201);
}

CAF_TEST(faults of other requests keep an update from happening) {
  office o;
  auto sid = o.create()["sid"].get<std::string>();
  o.rules.other_faults = certain(fault::error_503);
  CAF_CHECK_EQUAL(o.change(sid, {{"Status", "canceled"}}).answer.status, 503);
  CAF_CHECK_EQUAL(o.get(calls_path).answer.status, 503);
  o.rules.other_faults = certain(fault::made_but_500);
  CAF_CHECK_EQUAL(o.change(sid, {{"Status", "canceled"}}).answer.status, 500);
  o.rules.other_faults = {};
  CAF_CHECK_EQUAL(o.status(sid), "canceled");
}

CAF_TEST(the log tells who was asked for and by which token) {
  office o;
  auto sid = o.create()["sid"].get<std::string>();
  o.now += 1500us;
  o.post(with(order(), "To", "oops"));
  o.get(office::path_of(sid));
  auto l = o.lines();
  CAF_REQUIRE_EQUAL(l.size(), 4u); // the call began to be dialled meanwhile
  CAF_CHECK_EQUAL(l[0]["kind"].get<std::string>(), "request");
  CAF_CHECK_EQUAL(l[0]["token"].get<std::string>(), "abc");
  CAF_CHECK_EQUAL(l[0]["to"].get<std::string>(), "+12125550100");
  CAF_CHECK_EQUAL(l[0]["create"].get<int>(), 1);
  CAF_CHECK_EQUAL(l[0]["sid"].get<std::string>(), sid);
  CAF_CHECK_EQUAL(l[1]["kind"].get<std::string>(), "life");
  CAF_CHECK_EQUAL(l[2]["create"].get<int>(), 2);
  CAF_CHECK_EQUAL(l[2]["status"].get<int>(), 400);
  CAF_CHECK_EQUAL(l[2]["call_made"].get<bool>(), false);
  CAF_CHECK_EQUAL(l[2]["at"].get<std::string>(), "2026-12-01T12:00:00.001500Z");
  CAF_CHECK(!l[3].contains("create"));
}
