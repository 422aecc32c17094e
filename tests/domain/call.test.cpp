#define CAF_SUITE call
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/call.hpp"

using namespace ringmaster;
using call::status;

namespace {

constexpr std::array every_status{
  status::queued, status::initiated, status::ringing, status::in_progress, status::completed,
  status::busy, status::no_answer, status::failed, status::canceled};

/// What is known after some news came in this order.
status after(const std::vector<status>& news) {
  auto known = status::queued;
  for (auto each : news)
    if (call::judge(known, each) == call::change::advance)
      known = each;
  return known;
}

} // namespace

CAF_TEST(a call sid is CA and thirty two lower case hex digits) {
  CAF_CHECK(call_sid::parse("CA0123456789abcdef0123456789abcdef"));
  CAF_CHECK(!call_sid::parse(""));
  CAF_CHECK(!call_sid::parse("CA0123456789ABCDEF0123456789abcdef"));
  CAF_CHECK(!call_sid::parse("AC0123456789abcdef0123456789abcdef"));
  CAF_CHECK(!call_sid::parse("CA0123456789abcdef0123456789abcde"));
  CAF_CHECK(!call_sid::parse("CA0123456789abcdef0123456789abcdef0"));
  CAF_CHECK(!call_sid::parse("CA0123456789abcdef0123456789abcdeg"));
  // A name and a value can trade their border under the carrier's signature.
  CAF_CHECK(!call_sid::parse("CA0123456789abcdef0123456789abcdefCallStatuscompleted"));
}

CAF_TEST(statuses are spelled as the carrier spells them) {
  for (auto s : every_status)
    CAF_CHECK(call::parse_status(call::to_string(s)) == s);
  CAF_CHECK_EQUAL(call::to_string(status::in_progress), "in-progress");
  CAF_CHECK_EQUAL(call::to_string(status::no_answer), "no-answer");
  CAF_CHECK(call::parse_status("answered") == status::in_progress);
  CAF_CHECK(!call::parse_status("cancelled"));
  CAF_CHECK(!call::parse_status("Completed"));
  CAF_CHECK(!call::parse_status(""));
}

CAF_TEST(news advance by rank and every pair is judged) {
  for (auto known : every_status) {
    for (auto news : every_status) {
      auto verdict = call::judge(known, news);
      if (call::rank(news) > call::rank(known))
        CAF_CHECK(verdict == call::change::advance);
      else if (call::ended(known) && call::ended(news) && known != news)
        CAF_CHECK(verdict == call::change::conflict);
      else
        CAF_CHECK(verdict == call::change::repeat);
    }
  }
  CAF_CHECK(call::judge(status::completed, status::busy) == call::change::conflict);
  CAF_CHECK(call::judge(status::completed, status::completed) == call::change::repeat);
  CAF_CHECK(call::judge(status::completed, status::ringing) == call::change::repeat);
  CAF_CHECK(call::judge(status::queued, status::busy) == call::change::advance);
}

CAF_TEST(all orders and duplicates of one calls news end alike) {
  for (auto last : {status::completed, status::busy, status::no_answer, status::failed, status::canceled}) {
    std::vector<status> news{status::initiated, status::ringing, status::ringing, status::in_progress, last, last};
    std::sort(news.begin(), news.end());
    do {
      CAF_CHECK(after(news) == last);
    } while (std::next_permutation(news.begin(), news.end()));
  }
}

CAF_TEST(a rank never falls whatever comes) {
  CAF_CHECK(rc::check("rank is monotone and the first final status stands", [](const std::vector<std::uint8_t>& raw) {
    auto known = status::queued;
    for (auto byte : raw) {
      auto news = every_status[byte % every_status.size()];
      auto before = known;
      if (call::judge(known, news) == call::change::advance)
        known = news;
      RC_ASSERT(call::rank(known) >= call::rank(before));
      if (call::ended(before))
        RC_ASSERT(known == before);
    }
  }));
}

CAF_TEST(who answered is read and unknown words are unknown) {
  using call::answerer;
  CAF_CHECK(call::read_answered_by("") == answerer::not_told);
  CAF_CHECK(call::read_answered_by("human") == answerer::human);
  CAF_CHECK(call::read_answered_by("fax") == answerer::fax);
  for (auto text : {"machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other"})
    CAF_CHECK(call::read_answered_by(text) == answerer::machine);
  CAF_CHECK(call::read_answered_by("unknown") == answerer::unknown);
  CAF_CHECK(call::read_answered_by("robot") == answerer::unknown);
}

CAF_TEST(an outcome is told for every final status and answerer) {
  using call::answerer;
  using call::outcome;
  for (auto by : {answerer::not_told, answerer::human, answerer::unknown})
    CAF_CHECK(call::outcome_of(status::completed, by) == outcome::answered);
  CAF_CHECK(call::outcome_of(status::completed, answerer::machine) == outcome::voicemail);
  CAF_CHECK(call::outcome_of(status::completed, answerer::fax) == outcome::failed);
  for (auto by : {answerer::not_told, answerer::human, answerer::machine, answerer::fax, answerer::unknown}) {
    CAF_CHECK(call::outcome_of(status::busy, by) == outcome::busy);
    CAF_CHECK(call::outcome_of(status::no_answer, by) == outcome::no_answer);
    CAF_CHECK(call::outcome_of(status::failed, by) == outcome::failed);
    CAF_CHECK(call::outcome_of(status::canceled, by) == outcome::canceled);
    for (auto open : {status::queued, status::initiated, status::ringing, status::in_progress})
      CAF_CHECK(call::outcome_of(open, by) == outcome::none);
  }
}

CAF_TEST(outcomes and answerers have words of their own) {
  std::set<std::string> words;
  for (int i = 0; i <= static_cast<int>(call::outcome::unknown); ++i)
    words.emplace(call::to_string(static_cast<call::outcome>(i)));
  CAF_CHECK_EQUAL(words.size(), static_cast<std::size_t>(call::outcome::unknown) + 1);
  CAF_CHECK_EQUAL(call::to_string(call::answerer::machine), "machine");
}
