#define CAF_SUITE carrier_switchboard
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "tests/carrier/samples.hpp"

using namespace ringmaster;
using namespace ringmaster::telco;
using namespace ringmaster::telco::samples;

namespace {

using words = std::vector<std::string>;

scenario always(outcome o) {
  auto s = plain();
  s.outcomes = {};
  s.outcomes[static_cast<std::size_t>(o)] = 1;
  return s;
}

int code_of(const verdict& v) { return json::parse(v.answer.body).value("code", 0); }

} // namespace

// -- lives -----------------------------------------------------------------------------------------

CAF_TEST(an answered call goes through all states and ends when the callee hangs up) {
  office o;
  auto sid = o.create()["sid"].get<std::string>();
  auto sent = o.live(60s);
  CAF_CHECK((statuses(sent) == words{"initiated", "ringing", "in-progress", "completed"}));
  auto c = o.call(sid);
  CAF_CHECK_EQUAL(c["status"].get<std::string>(), "completed");
  CAF_CHECK_EQUAL(c["duration"].get<std::string>(), "30");
  CAF_CHECK(c["start_time"].is_string() && c["end_time"].is_string());
  CAF_CHECK_EQUAL(c["price"].get<std::string>(), "-0.01400");
  const auto& last = sent.back();
  CAF_CHECK_EQUAL(value(last, "CallDuration"), "30");
  CAF_CHECK_EQUAL(value(last, "Duration"), "1");
  CAF_CHECK_EQUAL(value(last, "SipResponseCode"), "200");
  CAF_CHECK_EQUAL(value(last, "SequenceNumber"), "3");
}

CAF_TEST(a phone that is not answered ends as its outcome says) {
  for (auto [o, status, sip] : {std::tuple{outcome::busy, "busy", "486"},
                                {outcome::no_answer, "no-answer", "487"},
                                {outcome::failed, "failed", ""}}) {
    office off(always(o));
    auto sid = off.create()["sid"].get<std::string>();
    auto sent = off.live(100s);
    auto c = off.call(sid);
    CAF_CHECK_EQUAL(c["status"].get<std::string>(), status);
    CAF_CHECK(c["duration"].is_null() && c["price"].is_null());
    CAF_CHECK_EQUAL(value(sent.back(), "CallDuration"), "0");
    CAF_CHECK_EQUAL(value(sent.back(), "Duration"), "(none)");
    if (*sip)
      CAF_CHECK_EQUAL(value(sent.back(), "SipResponseCode"), sip);
    // No document is fetched for a call that nobody takes.
    CAF_CHECK(std::none_of(sent.begin(), sent.end(), [](const errand& e) {
      return e.what == errand::kind::document;
    }));
  }
}

CAF_TEST(the timeout of the create ends the ringing) {
  auto s = plain();
  s.ring = {20s, 20s};
  office o(s);
  auto sid = o.create(with(order(), "Timeout", "5"))["sid"].get<std::string>();
  o.live(5s);
  CAF_CHECK_EQUAL(o.status(sid), "ringing");
  o.live(2s);
  CAF_CHECK_EQUAL(o.status(sid), "no-answer");
}

CAF_TEST(the time limit of the create ends the talk) {
  auto s = plain();
  s.talk = {600s, 600s};
  office o(s);
  auto sid = o.create(with(order(), "TimeLimit", "10"))["sid"].get<std::string>();
  o.live(30s);
  CAF_CHECK_EQUAL(o.status(sid), "completed");
  CAF_CHECK_EQUAL(o.call(sid)["duration"].get<std::string>(), "10");
}

CAF_TEST(a time scale shortens the wait and not the told duration) {
  auto s = plain();
  s.time_scale = 20;
  office o(s);
  auto sid = o.create()["sid"].get<std::string>();
  o.live(2s);
  CAF_CHECK_EQUAL(o.status(sid), "completed");
  CAF_CHECK_EQUAL(o.call(sid)["duration"].get<std::string>(), "30");
}

CAF_TEST(only the events that were asked for are sent and numbered) {
  office o;
  auto form = without(order(), "StatusCallbackEvent");
  form.emplace_back("StatusCallbackEvent", "answered");
  form.emplace_back("StatusCallbackEvent", "completed");
  o.create(form);
  auto sent = o.live(60s);
  CAF_CHECK((statuses(sent) == words{"in-progress", "completed"}));
  CAF_CHECK_EQUAL(value(sent.front(), "SequenceNumber"), "0");
  CAF_CHECK_EQUAL(value(sent.back(), "SequenceNumber"), "1");
}

CAF_TEST(a whole day that passes at once leaves a whole life behind) {
  office o;
  o.create();
  o.now += 24h;
  o.board.advance(o.now);
  // In one chain: each leaves when the one before was answered.
  CAF_CHECK((statuses(o.live(1s)) == words{"initiated", "ringing", "in-progress", "completed"}));
}

// -- queue and cancel ------------------------------------------------------------------------------

CAF_TEST(the queue dials at its rate and tells how long it takes) {
  auto s = plain();
  s.calls_per_second = 2;
  office o(s);
  words queue_times;
  for (int i = 0; i < 4; ++i)
    queue_times.push_back(o.create(order("+1212555010" + std::to_string(i)))["queue_time"]);
  CAF_CHECK((queue_times == words{"0", "500", "1000", "1500"}));
  o.now += 999ms;
  auto queued = [&] {
    return json::parse(o.get(calls_path + "?Status=queued").answer.body)["calls"].size();
  };
  // Those that were dialled count as queued for the list until they ring.
  o.board.advance(o.now);
  int initiated = 0;
  for (const auto& c : o.board.calls().all())
    initiated += c.started_at.has_value();
  CAF_CHECK_EQUAL(initiated, 2);
  CAF_CHECK(queued() >= 2u);
}

CAF_TEST(a queue of more than a day refuses the next call) {
  auto s = plain();
  s.calls_per_second = 0.01;
  office o(s);
  int made = 0;
  verdict v;
  do {
    v = o.post(order("+1212" + std::to_string(5000000 + made++)));
  } while (v.answer.status == 201);
  CAF_CHECK_EQUAL(code_of(v), 22005);
  CAF_CHECK_EQUAL(made, 864 + 2);
}

CAF_TEST(a call canceled in the queue ends without any callback) {
  auto s = plain();
  s.calls_per_second = 1;
  office o(s);
  o.create();
  auto sid = o.create(order("+12125550101"))["sid"].get<std::string>();
  auto v = o.change(sid, {{"Status", "canceled"}});
  CAF_CHECK_EQUAL(v.answer.status, 200);
  CAF_CHECK_EQUAL(o.status(sid), "canceled");
  for (const auto& e : o.live(120s))
    CAF_CHECK(e.sid != sid);
}

CAF_TEST(a ringing call can be canceled and tells of it) {
  office o;
  auto sid = o.create()["sid"].get<std::string>();
  o.live(1500ms);
  CAF_REQUIRE_EQUAL(o.status(sid), "ringing");
  CAF_CHECK_EQUAL(o.change(sid, {{"Status", "canceled"}}).answer.status, 200);
  CAF_CHECK((statuses(o.live(60s)) == words{"canceled"}));
}

CAF_TEST(canceled has no effect once the call is in progress and completed hangs up) {
  office o;
  auto sid = o.create()["sid"].get<std::string>();
  o.live(10s);
  CAF_REQUIRE_EQUAL(o.status(sid), "in-progress");
  CAF_CHECK_EQUAL(o.change(sid, {{"Status", "canceled"}}).answer.status, 200);
  CAF_CHECK_EQUAL(o.status(sid), "in-progress");
  CAF_CHECK_EQUAL(o.change(sid, {{"Status", "completed"}}).answer.status, 200);
  CAF_CHECK_EQUAL(o.status(sid), "completed");
  CAF_CHECK((statuses(o.live(60s)) == words{"completed"}));
  for (auto status : {"canceled", "completed"})
    CAF_CHECK_EQUAL(code_of(o.change(sid, {{"Status", status}})), 21220);
}

CAF_TEST(only a call in progress can be redirected) {
  office o;
  auto sid = o.create()["sid"].get<std::string>();
  CAF_CHECK_EQUAL(code_of(o.change(sid, {{"Twiml", "<Response/>"}})), 21220);
  o.live(10s);
  CAF_CHECK_EQUAL(o.change(sid, {{"Twiml", "<Response><Pause/></Response>"}}).answer.status, 200);
  CAF_CHECK_EQUAL(o.status(sid), "in-progress");
  o.live(2s);
  CAF_CHECK_EQUAL(o.status(sid), "completed");
  CAF_CHECK_EQUAL(code_of(o.change(sid, {{"Url", "https://e.example/x"}})), 21220);
}

CAF_TEST(a late answer to the old document does not disturb the new one) {
  office o;
  auto sid = o.create()["sid"].get<std::string>();
  o.now += 5s;
  o.board.advance(o.now);
  auto first = o.board.take_due(o.now);
  std::optional<errand> fetch;
  for (auto& e : first)
    if (e.what == errand::kind::document)
      fetch = e;
  CAF_REQUIRE(fetch);
  CAF_CHECK_EQUAL(
    o.change(sid, {{"Twiml", "<Response><Pause length=\"9\"/></Response>"}}).answer.status, 200);
  errand_answer late;
  late.result = {try_result::how::answered, 200};
  late.content_type = "text/xml";
  late.body = "<Response><Hangup/></Response>";
  o.board.finished(*fetch, late, o.now);
  CAF_CHECK_EQUAL(o.status(sid), "in-progress");
}

// -- lists -----------------------------------------------------------------------------------------

CAF_TEST(a list pages from the newest call to the oldest without a gap) {
  office o;
  words made;
  for (int i = 0; i < 7; ++i) {
    made.insert(made.begin(), o.create(order("+1212555010" + std::to_string(i % 2)))["sid"]);
    o.now += 1s;
  }
  words seen;
  auto next = calls_path + "?PageSize=3&From=%2B14155550199";
  std::vector<std::size_t> sizes;
  while (!next.empty()) {
    auto page = json::parse(o.get(next).answer.body);
    for (const auto& c : page["calls"])
      seen.push_back(c["sid"]);
    sizes.push_back(page["calls"].size());
    CAF_CHECK_EQUAL(page["start"].get<std::size_t>(), (sizes.size() - 1) * 3);
    // A call that is made while pages are read does not move them.
    o.create();
    next = page["next_page_uri"].is_null() ? "" : page["next_page_uri"].get<std::string>();
    CAF_CHECK(next.empty() || next.starts_with("/2010-04-01/"));
  }
  CAF_CHECK((sizes == std::vector<std::size_t>{3, 3, 1}));
  CAF_CHECK(seen == made);
}

CAF_TEST(filters narrow a list) {
  auto s = plain();
  CAF_REQUIRE(parse_script("{\"to\":\"+12125550101\",\"outcome\":\"busy\"}", s));
  s.calls_per_second = 0.1;
  office o(s);
  o.create();
  o.create(order("+12125550101"));
  o.live(15s);
  o.create();
  auto count = [&](const std::string& query) {
    return json::parse(o.get(calls_path + "?" + query).answer.body)["calls"].size();
  };
  CAF_CHECK_EQUAL(count(""), 3u);
  CAF_CHECK_EQUAL(count("To=%2B12125550100"), 2u);
  CAF_CHECK_EQUAL(count("To=%2B12125550100&PageSize=1"), 1u);
  CAF_CHECK_EQUAL(count("To=%2B12125550199"), 0u);
  CAF_CHECK_EQUAL(count("From=%2B12125550100"), 0u);
  CAF_CHECK_EQUAL(count("Status=busy"), 1u);
  CAF_CHECK_EQUAL(count("Status=in-progress"), 1u);
  CAF_CHECK_EQUAL(count("StartTime=2026-12-01"), 2u); // the third was not dialled yet
  CAF_CHECK_EQUAL(count("StartTime%3C=2026-12-01"), 0u);
  CAF_CHECK_EQUAL(count("StartTime%3E=2026-12-02"), 0u);
  CAF_CHECK_EQUAL(count("EndTime%3E=2026-12-01T00:00:00Z"), 1u);
  CAF_CHECK_EQUAL(o.get(calls_path + "?Status=nonsense").answer.status, 400);
}

CAF_TEST(a lagging list hides new calls that a fetch shows) {
  auto s = plain();
  s.list_lag = 3s;
  office o(s);
  auto sid = o.create()["sid"].get<std::string>();
  auto count = [&] { return json::parse(o.get(calls_path).answer.body)["calls"].size(); };
  CAF_CHECK_EQUAL(count(), 0u);
  CAF_CHECK_EQUAL(o.get(office::path_of(sid)).answer.status, 200);
  o.now += 2999ms;
  CAF_CHECK_EQUAL(count(), 0u);
  o.now += 1ms;
  CAF_CHECK_EQUAL(count(), 1u);
}

CAF_TEST(finished calls beyond the limit are forgotten and the others stay) {
  auto s = always(outcome::busy);
  s.keep_calls = 3;
  office o(s);
  words sids;
  for (int i = 0; i < 10; ++i) {
    sids.push_back(o.create()["sid"]);
    o.live(2s);
  }
  CAF_CHECK_EQUAL(o.board.calls().size(), 4u);
  CAF_CHECK_EQUAL(o.get(office::path_of(sids.front())).answer.status, 404);
  CAF_CHECK_EQUAL(o.get(office::path_of(sids.back())).answer.status, 200);
  CAF_CHECK_EQUAL(json::parse(o.get(calls_path + "?To=%2B12125550100").answer.body)["calls"].size(), 4u);
}

// -- callbacks -------------------------------------------------------------------------------------

CAF_TEST(a callback carries the fields of the carrier with empty ones too) {
  office o;
  o.create(with(order(), "MachineDetection", "Enable"));
  auto sent = o.live(60s);
  std::map<std::string, std::size_t> sizes;
  for (const auto& e : sent)
    if (e.what == errand::kind::status) {
      sizes[e.status] = e.params.size();
      std::set<std::string> names;
      for (const auto& [name, v] : e.params)
        CAF_CHECK(names.insert(name).second);
    }
  CAF_CHECK_EQUAL(sizes["initiated"], 28u);
  CAF_CHECK_EQUAL(sizes["ringing"], 29u);
  CAF_CHECK_EQUAL(sizes["completed"], 32u);
  const auto& last = sent.back();
  CAF_CHECK_EQUAL(value(last, "ToCity"), "NEW YORK");
  CAF_CHECK_EQUAL(value(last, "AnsweredBy"), "human");
  CAF_CHECK_EQUAL(value(last, "CallbackSource"), "call-progress-events");
  CAF_CHECK_EQUAL(value(last, "Timestamp"), "Tue, 01 Dec 2026 12:00:" + std::string(value(last, "Timestamp").substr(23, 2)) + " +0000");
  o.create(order("+447700900123"));
  CAF_CHECK_EQUAL(value(o.live(1s).front(), "ToCity"), "");
}

CAF_TEST(lost callbacks are numbered and logged but never leave) {
  auto s = plain();
  s.callback_lost = 1;
  office o(s);
  auto sid = o.create()["sid"].get<std::string>();
  CAF_CHECK(statuses(o.live(60s)).empty());
  CAF_CHECK_EQUAL(o.status(sid), "completed");
  int lost = 0;
  for (const auto& l : o.lines())
    lost += l["kind"] == "callback" && l["lost"] == true && l["sequence"] == lost;
  CAF_CHECK_EQUAL(lost, 4);
}

CAF_TEST(a duplicate is the same event with the same token) {
  auto s = plain();
  s.callback_duplicate = 1;
  office o(s);
  o.create();
  std::map<std::string, std::vector<errand>> by_token;
  for (auto& e : o.live(120s))
    if (e.what == errand::kind::status)
      by_token[e.idempotency_token].push_back(e);
  CAF_CHECK_EQUAL(by_token.size(), 4u);
  for (const auto& [token, copies] : by_token) {
    CAF_REQUIRE_EQUAL(copies.size(), 2u);
    CAF_CHECK(copies[0].params == copies[1].params);
    CAF_CHECK(copies[0].duplicate != copies[1].duplicate);
  }
}

CAF_TEST(reordered callbacks arrive in another order and all of them) {
  auto s = plain();
  s.callback_reorder = 0.5;
  int disorder = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    s.seed = seed;
    office o(s);
    o.create();
    auto got = statuses(o.live(120s));
    CAF_CHECK_EQUAL(got.size(), 4u);
    disorder += got != words{"initiated", "ringing", "in-progress", "completed"};
    std::sort(got.begin(), got.end());
    CAF_CHECK((got == words{"completed", "in-progress", "initiated", "ringing"}));
  }
  CAF_CHECK(disorder > 5);
}

CAF_TEST(shuffled callbacks lose their order and nothing else) {
  auto s = plain();
  s.callbacks = callback_order::shuffled;
  s.ring = s.talk = {100ms, 100ms};
  int disorder = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    s.seed = seed;
    office o(s);
    o.create();
    auto got = statuses(o.live(120s));
    CAF_CHECK_EQUAL(got.size(), 4u);
    disorder += got != words{"initiated", "ringing", "in-progress", "completed"};
  }
  CAF_CHECK(disorder > 10);
}

CAF_TEST(an ordered callback waits for the answer to the one before) {
  office o;
  o.create();
  o.now += 60s;
  o.board.advance(o.now);
  auto first = o.board.take_due(o.now);
  CAF_CHECK((statuses(first) == words{"initiated"}));
  CAF_CHECK(o.board.take_due(o.now).empty());
  for (const auto& e : first)
    o.board.finished(e, {}, o.now);
  CAF_CHECK((statuses(o.board.take_due(o.now)) == words{"ringing"}));
}

CAF_TEST(without callbacks nothing leaves and calls live all the same) {
  auto s = plain();
  s.callbacks = callback_order::off;
  office o(s);
  auto sid = o.create(with(order(), "MachineDetection", "Enable"))["sid"].get<std::string>();
  CAF_CHECK(o.live(60s).empty());
  CAF_CHECK_EQUAL(o.status(sid), "completed");
  CAF_CHECK_EQUAL(o.call(sid)["answered_by"].get<std::string>(), "human");
}

CAF_TEST(the same seed gives each number the same callbacks in any order of arrival) {
  scenario s;
  s.seed = 99;
  s.callback_lost = 0.2;
  s.callback_duplicate = 0.2;
  auto run = [&](bool backwards) {
    office o(s);
    for (int i = 0; i < 30; ++i)
      o.create(order("+12125550" + std::to_string(backwards ? 129 - i : 100 + i)));
    std::map<std::string, words> by_number;
    for (const auto& e : o.live(600s))
      if (e.what == errand::kind::status)
        by_number[value(e, "To")].push_back(e.status + (e.duplicate ? "+" : ""));
    for (auto& [number, events] : by_number)
      std::sort(events.begin(), events.end());
    return by_number;
  };
  CAF_CHECK(run(false) == run(true));
}
