#define CAF_SUITE evidence
#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/attempt.hpp"
#include "tests/domain/instants.hpp"

using namespace ringmaster;
using attempt::conclusion;
using attempt::fence;
using attempt::status;
using attempt::weigh;
using ringmaster::testing::at;
using namespace std::chrono_literals;

namespace {

const auto permit_at = at("2026-12-01T15:00:00Z");
const auto deadline = permit_at + 500ms;
const attempt::ladder rules;

attempt::doubt doubtful() {
  return {phone_number::from_canonical("+14155550100"), phone_number::from_canonical("+14155550199"),
          permit_at, deadline, std::nullopt};
}

attempt::listed_call our_call(char last = '1') {
  attempt::listed_call c;
  c.sid = call_sid{"CA0123456789abcdef0123456789abcde" + std::string(1, last)};
  c.to = "+14155550100";
  c.from = "+14155550199";
  c.direction = "outbound-api";
  c.created_at = permit_at + 300ms;
  return c;
}

attempt::sighting seen(std::vector<attempt::listed_call> calls = {}, bool fresh = false) {
  return {true, std::move(calls), fresh};
}

std::string shown(const conclusion& c) {
  constexpr const char* words[] = {"bind", "wait", "not_placed", "needs_review", "unknown_final"};
  std::string out = words[static_cast<int>(c.what)];
  if (c.counts_absent)
    out += " absent";
  return out;
}

std::string at_time(const attempt::sighting& s, std::chrono::milliseconds after_deadline,
                    std::optional<std::chrono::milliseconds> first_absent = std::nullopt) {
  auto d = doubtful();
  if (first_absent)
    d.first_absent_read = deadline + *first_absent;
  return shown(weigh(d, s, rules, deadline + after_deadline));
}

} // namespace

// -- one call or several ----------------------------------------------------------------------------

CAF_TEST(one matching call binds at any time) {
  for (auto after : {1s, 59s, 61s, 3600s, 86'400s, 200'000s}) {
    auto c = weigh(doubtful(), seen({our_call()}), rules, deadline + after);
    CAF_CHECK(c.what == conclusion::kind::bind);
    CAF_CHECK(c.sid == our_call().sid);
  }
}

CAF_TEST(several calls need a person) {
  CAF_CHECK_EQUAL(at_time(seen({our_call('1'), our_call('2')}), 5s), "needs_review");
}

CAF_TEST(one call that is listed twice is one call) {
  CAF_CHECK_EQUAL(at_time(seen({our_call(), our_call()}), 5s), "bind");
}

CAF_TEST(calls of others are no evidence) {
  auto other = our_call();
  other.to = "+14155550111";
  CAF_CHECK_EQUAL(at_time(seen({other}), 61s), "wait absent");
  other = our_call();
  other.from = "+14155550111";
  CAF_CHECK_EQUAL(at_time(seen({other}), 61s), "wait absent");
  other = our_call();
  other.direction = "inbound";
  CAF_CHECK_EQUAL(at_time(seen({other}), 61s), "wait absent");
  other = our_call();
  other.has_parent = true;
  CAF_CHECK_EQUAL(at_time(seen({other}), 61s), "wait absent");
  CAF_CHECK_EQUAL(at_time(seen({other, our_call('2')}), 61s), "bind");
}

CAF_TEST(the stamp of a call lies from two seconds before the permit to a minute after the deadline) {
  auto stamped = [](instant t) {
    auto c = our_call();
    c.created_at = t;
    return at_time(seen({c}), 120s);
  };
  CAF_CHECK_EQUAL(stamped(permit_at - 2s), "bind");
  CAF_CHECK_EQUAL(stamped(permit_at - 2s - 1us), "wait absent");
  CAF_CHECK_EQUAL(stamped(deadline + 60s), "bind");
  CAF_CHECK_EQUAL(stamped(deadline + 60s + 1us), "wait absent");
}

CAF_TEST(a call that tells too little neither binds nor lets absence count) {
  auto vague = our_call();
  vague.created_at.reset();
  CAF_CHECK_EQUAL(at_time(seen({vague}), 61s), "wait");
  CAF_CHECK_EQUAL(at_time(seen({vague}, true), 1000s, 100s), "wait");
  CAF_CHECK_EQUAL(at_time(seen({vague}), 86'400s, 100s), "unknown_final");
  CAF_CHECK_EQUAL(at_time(seen({vague, our_call('2')}), 61s), "needs_review");
}

// -- absence ------------------------------------------------------------------------------------------

CAF_TEST(the first absent read counts from a minute after the deadline) {
  auto early = weigh(doubtful(), seen(), rules, deadline + 59'999ms);
  CAF_CHECK_EQUAL(shown(early), "wait");
  CAF_CHECK(early.next_read >= deadline + 60s);
  CAF_CHECK(early.next_read <= deadline + 61s);
  CAF_CHECK_EQUAL(at_time(seen(), 60s), "wait absent");
}

CAF_TEST(the second absent read counts half a minute after the first and needs a fresh list) {
  CAF_CHECK_EQUAL(at_time(seen({}, true), 89'999ms, 60s), "wait");
  CAF_CHECK_EQUAL(at_time(seen({}, true), 90s, 60s), "not_placed");
  CAF_CHECK_EQUAL(at_time(seen({}, false), 90s, 60s), "wait");
}

CAF_TEST(after ten minutes absence counts without a fresh list) {
  CAF_CHECK_EQUAL(at_time(seen(), 599'999ms, 60s), "wait");
  CAF_CHECK_EQUAL(at_time(seen(), 600s, 60s), "not_placed");
  // But never by one read alone.
  CAF_CHECK_EQUAL(at_time(seen({}, true), 700s), "wait absent");
}

CAF_TEST(an absent read that was too early does not count as the first) {
  CAF_CHECK_EQUAL(at_time(seen({}, true), 100s, 10s), "wait absent");
}

CAF_TEST(a list that cannot be read proves nothing until a day has passed) {
  attempt::sighting blind;
  CAF_CHECK_EQUAL(at_time(blind, 61s), "wait");
  CAF_CHECK_EQUAL(at_time(blind, 700s, 60s), "wait");
  CAF_CHECK_EQUAL(at_time(blind, 86'399s, 60s), "wait");
  CAF_CHECK_EQUAL(at_time(blind, 86'400s, 60s), "unknown_final");
}

CAF_TEST(following the ladder ends in a verdict and every wait moves on) {
  CAF_CHECK(rc::check("a doubt ends", [] {
    auto d = doubtful();
    auto now = deadline + std::chrono::milliseconds{*rc::gen::inRange(0, 100'000)};
    const auto lag = std::chrono::seconds{*rc::gen::inRange(0, 1000)};
    const auto call_exists = *rc::gen::arbitrary<bool>();
    const auto fresh_after = deadline + std::chrono::seconds{*rc::gen::inRange(0, 2000)};
    const auto readable = *rc::gen::arbitrary<std::vector<bool>>();
    for (std::size_t reads = 0; reads < 3000; ++reads) {
      attempt::sighting s;
      s.readable = reads >= readable.size() || readable[reads];
      if (call_exists && now >= permit_at + lag)
        s.unbound.push_back(our_call());
      s.fresh = now >= fresh_after;
      auto c = weigh(d, s, rules, now);
      if (c.what == conclusion::kind::wait) {
        RC_ASSERT(c.next_read > now);
        RC_ASSERT(c.next_read <= now + 61s);
        if (c.counts_absent) {
          RC_ASSERT(s.readable);
          RC_ASSERT((!d.first_absent_read || *d.first_absent_read < deadline + rules.first));
          d.first_absent_read = now;
        }
        now = c.next_read;
        continue;
      }
      if (c.what == conclusion::kind::not_placed) {
        RC_ASSERT((d.first_absent_read && *d.first_absent_read >= deadline + 60s));
        RC_ASSERT(now >= *d.first_absent_read + 30s);
        RC_ASSERT((s.fresh || now >= deadline + 600s));
        RC_ASSERT(s.unbound.empty());
      } else {
        RC_ASSERT(c.what == conclusion::kind::bind);
        RC_ASSERT(call_exists);
      }
      return;
    }
    RC_FAIL("no verdict");
  }));
}

// -- fences ---------------------------------------------------------------------------------------------

CAF_TEST(every state of an attempt has its fence) {
  for (int s = 0; s < 9; ++s) {
    attempt::fence_facts f;
    f.attempt = static_cast<status>(s);
    auto passes = f.attempt == status::intent || f.attempt == status::accepted
                  || f.attempt == status::ambiguous || f.attempt == status::needs_review;
    CAF_CHECK((attempt::judge_fence(f) == fence::pass) == passes);
    f.answered = true;
    CAF_CHECK((attempt::judge_fence(f) == fence::pass) == passes);
  }
}

CAF_TEST(only a running campaign lets a call pass) {
  for (int s = 0; s < 6; ++s) {
    attempt::fence_facts f;
    f.owner = static_cast<campaign::status>(s);
    auto passes = f.owner == campaign::status::running;
    CAF_CHECK((attempt::judge_fence(f) == fence::pass) == passes);
  }
}

CAF_TEST(a stop or a closed window or another call hangs up) {
  for (auto s : {status::intent, status::accepted, status::ambiguous, status::needs_review}) {
    attempt::fence_facts f;
    f.attempt = s;
    f.stopped = true;
    CAF_CHECK(attempt::judge_fence(f) == fence::hang_up);
    f.stopped = false;
    f.window_open = false;
    CAF_CHECK(attempt::judge_fence(f) == fence::hang_up);
    f.window_open = true;
    f.other_sid = true;
    CAF_CHECK(attempt::judge_fence(f) == fence::hang_up);
  }
}

CAF_TEST(late news of a call that is over are no late call but its answer request is) {
  attempt::fence_facts f;
  f.attempt = status::ended;
  f.call_over = true;
  CAF_CHECK(attempt::judge_fence(f) == fence::pass);
  f.answered = true;
  CAF_CHECK(attempt::judge_fence(f) == fence::hang_up);
}
