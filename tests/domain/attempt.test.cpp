#define CAF_SUITE attempt
#include <caf/test/unit_test.hpp>

#include <string>

#include <rapidcheck.h>

#include "domain/attempt.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using attempt::consequence;
using attempt::event;
using attempt::exchange;
using attempt::judge;
using attempt::status;
using ringmaster::testing::steps_of;

namespace {

const call_sid sid{"CA0123456789abcdef0123456789abcdef"};

exchange answered(int http_status, std::optional<std::int32_t> code = std::nullopt) {
  exchange x;
  x.how = exchange::how::answered;
  x.http_status = http_status;
  x.carrier_code = code;
  return x;
}

std::string shown(const exchange& x) {
  constexpr const char* consequences[] = {"none", "back_off", "pause_campaign", "stop_account"};
  auto j = judge(x);
  CAF_CHECK(!j.reason.empty());
  return std::string{attempt::to_string(j.on)} + ' ' + consequences[static_cast<int>(j.then)] + ' '
         + std::string{target::to_string(j.target_step)};
}

} // namespace

CAF_TEST(every pair of status and event does what the life says) {
  auto life = steps_of<status, event>(
    9, 8, [](status s, event e) { return attempt::decide(s, e); },
    [](status s, event, const error& why) {
      CAF_CHECK(why.code == errc::wrong_state);
      CAF_CHECK_EQUAL(why.current_status, attempt::to_string(s));
    });
  CAF_CHECK_EQUAL(
    life,
    "intent accept accepted\n"
    "intent reject rejected\n"
    "intent withdraw voided\n"
    "intent lose ambiguous\n"
    "accepted settle ended\n"
    "ambiguous accept accepted\n"
    "ambiguous absent not_placed\n"
    "ambiguous confuse needs_review\n"
    "ambiguous expire unknown_final\n"
    "rejected accept ended\n"
    "voided accept ended\n"
    "not_placed accept ended\n"
    "needs_review accept accepted\n"
    "unknown_final accept ended\n");
}

CAF_TEST(a proof of a call leads out of every verdict of absence and never holds the number again) {
  for (auto verdict : {status::rejected, status::voided, status::not_placed, status::unknown_final}) {
    auto step = attempt::decide(verdict, event::accept);
    CAF_REQUIRE(step);
    CAF_CHECK(!attempt::live(step->to));
    CAF_CHECK(step->to == status::ended);
  }
}

CAF_TEST(an attempt that may ring holds its number) {
  for (auto s : {status::intent, status::accepted, status::ambiguous})
    CAF_CHECK(attempt::live(s));
  for (auto s : {status::ended, status::rejected, status::voided, status::not_placed,
                 status::needs_review, status::unknown_final})
    CAF_CHECK(!attempt::live(s));
}

CAF_TEST(words of statuses read back) {
  for (int s = 0; s < 9; ++s)
    CAF_CHECK(attempt::parse_status(attempt::to_string(static_cast<status>(s))) == static_cast<status>(s));
  CAF_CHECK(!attempt::parse_status("void"));
}

// -- judgement ------------------------------------------------------------------------------------

CAF_TEST(what was never sent is withdrawn) {
  exchange x;
  x.detail = "connection refused";
  CAF_CHECK_EQUAL(shown(x), "withdraw none requeue");
  CAF_CHECK(judge(x).reason.find("connection refused") != std::string::npos);
}

CAF_TEST(an accepted call needs its sid and our numbers) {
  auto x = answered(201);
  CAF_CHECK_EQUAL(shown(x), "lose none requeue");
  x.sid = sid;
  CAF_CHECK_EQUAL(shown(x), "lose none requeue");
  x.numbers_match = true;
  CAF_CHECK_EQUAL(shown(x), "accept none requeue");
  x.http_status = 200;
  CAF_CHECK_EQUAL(shown(x), "accept none requeue");
  x.sid = call_sid{};
  CAF_CHECK_EQUAL(shown(x), "lose none requeue");
}

CAF_TEST(what is broken after a byte was sent is ambiguous whatever else it carries) {
  auto x = answered(400, 21211);
  x.how = exchange::how::broken;
  CAF_CHECK_EQUAL(shown(x), "lose none requeue");
  x.http_status = 429;
  CAF_CHECK_EQUAL(shown(x), "lose none requeue");
}

CAF_TEST(redirects and errors of the carrier and odd answers are ambiguous) {
  for (int http : {0, 100, 101, 199, 300, 301, 302, 307, 308, 399, 500, 502, 503, 504, 599, 999, -1})
    CAF_CHECK_EQUAL(shown(answered(http)), "lose none requeue");
  CAF_CHECK_EQUAL(shown(answered(500, 20500)), "lose none requeue");
  CAF_CHECK_EQUAL(shown(answered(503, 21211)), "lose none requeue");
}

CAF_TEST(throttling is withdrawn and slows down) {
  CAF_CHECK_EQUAL(shown(answered(429, 20429)), "withdraw back_off requeue");
  CAF_CHECK_EQUAL(shown(answered(429)), "withdraw back_off requeue");
}

CAF_TEST(a refusal without the code of the carrier proves nothing but for 401 403 and 404) {
  for (int http : {400, 402, 405, 408, 409, 410, 411, 413, 415, 422, 431, 451, 499})
    CAF_CHECK_EQUAL(shown(answered(http)), "lose none requeue");
  CAF_CHECK_EQUAL(shown(answered(400, 0)), "lose none requeue");
  CAF_CHECK_EQUAL(shown(answered(400, 7)), "lose none requeue");
  CAF_CHECK_EQUAL(shown(answered(401)), "reject stop_account requeue");
  CAF_CHECK_EQUAL(shown(answered(403)), "reject stop_account requeue");
  CAF_CHECK_EQUAL(shown(answered(404)), "reject pause_campaign requeue");
}

CAF_TEST(the codes of the carrier are judged one by one) {
  for (int code : {21211, 21217, 21215, 21203, 21216})
    CAF_CHECK_EQUAL(shown(answered(400, code)), "reject none refuse");
  CAF_CHECK_EQUAL(shown(answered(400, 21214)), "reject none retry");
  for (int code : {21219, 21210, 21212, 21213, 21201, 21205, 21206, 21208, 21209, 21218, 21234, 32018})
    CAF_CHECK_EQUAL(shown(answered(400, code)), "reject pause_campaign requeue");
  for (int code : {10001, 10002, 20003, 20005, 20010, 22005})
    CAF_CHECK_EQUAL(shown(answered(400, code)), "reject stop_account requeue");
  CAF_CHECK_EQUAL(shown(answered(400, 10004)), "reject back_off requeue");
  CAF_CHECK_EQUAL(shown(answered(400, 20429)), "withdraw back_off requeue");
  CAF_CHECK_EQUAL(shown(answered(400, 20500)), "lose none requeue");
  CAF_CHECK_EQUAL(shown(answered(404, 20404)), "reject pause_campaign requeue");
  CAF_CHECK_EQUAL(shown(answered(401, 20003)), "reject stop_account requeue");
  CAF_CHECK_EQUAL(shown(answered(401, 21211)), "reject stop_account requeue");
  CAF_CHECK_EQUAL(shown(answered(403, 21215)), "reject none refuse");
  CAF_CHECK_EQUAL(shown(answered(400, 21999)), "reject none retry");
}

CAF_TEST(a reason names what the carrier said) {
  auto x = answered(400, 21211);
  x.detail = "Invalid 'To' Phone Number";
  CAF_CHECK_EQUAL(judge(x).reason, "not a valid number (HTTP 400, code 21211): Invalid 'To' Phone Number");
}

CAF_TEST(no exchange maps to no call after bytes were sent unless the carrier refused) {
  CAF_CHECK(rc::check("judgement is total and never optimistic", [] {
    exchange x;
    x.how = static_cast<enum exchange::how>(*rc::gen::inRange(0, 3));
    x.http_status = *rc::gen::weightedOneOf<int>(
      {{3, rc::gen::inRange(-5, 700)}, {2, rc::gen::element(200, 201, 400, 401, 403, 404, 408, 429, 500)}});
    if (*rc::gen::arbitrary<bool>())
      x.carrier_code = *rc::gen::weightedOneOf<std::int32_t>(
        {{1, rc::gen::arbitrary<std::int32_t>()},
         {2, rc::gen::inRange(10'000, 33'000)},
         {3, rc::gen::element(10001, 10004, 20003, 20404, 20429, 20500, 20503, 21211, 21214, 22005, 32018)}});
    if (*rc::gen::arbitrary<bool>())
      x.sid = *rc::gen::arbitrary<bool>() ? sid : call_sid{};
    x.numbers_match = *rc::gen::arbitrary<bool>();
    auto j = judge(x);
    RC_ASSERT(!j.reason.empty());
    auto says_no_call = j.on == event::reject || j.on == event::withdraw;
    RC_ASSERT((says_no_call || j.on == event::accept || j.on == event::lose));
    if (x.how == exchange::how::not_sent)
      RC_ASSERT(j.on == event::withdraw);
    if (x.how == exchange::how::broken)
      RC_ASSERT(j.on == event::lose);
    if (x.how == exchange::how::answered && says_no_call) {
      RC_ASSERT((x.http_status >= 400 && x.http_status < 500));
      auto by_status = x.http_status == 401 || x.http_status == 403 || x.http_status == 404 || x.http_status == 429;
      RC_ASSERT((by_status || (x.carrier_code && *x.carrier_code >= 10'000 && *x.carrier_code <= 99'999)));
    }
    if (j.on == event::accept)
      RC_ASSERT((x.sid && *x.sid && x.numbers_match && x.http_status / 100 == 2));
    // It is not the target's fault.
    if (j.then != consequence::none)
      RC_ASSERT(j.target_step == target::event::requeue);
    RC_ASSERT(attempt::decide(status::intent, j.on).has_value());
  }));
}
