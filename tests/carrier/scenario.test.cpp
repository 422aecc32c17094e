#define CAF_SUITE carrier_scenario
#include <caf/test/unit_test.hpp>

#include <set>

#include "carrier/chance.hpp"
#include "carrier/fate.hpp"
#include "carrier/scenario.hpp"

using namespace ringmaster;
using namespace ringmaster::telco;
using namespace std::chrono_literals;

namespace {

bool same(const fate& a, const fate& b) {
  return a.outcome == b.outcome && a.ring == b.ring && a.talk == b.talk && a.setup == b.setup &&
         a.answered_by == b.answered_by && a.seed == b.seed;
}

} // namespace

CAF_TEST(times are read with their unit and refused without) {
  CAF_CHECK(*parse_time("250ms") == 250ms);
  CAF_CHECK(*parse_time("1.5s") == 1500ms);
  CAF_CHECK(*parse_time("2m") == 120s);
  for (auto wrong : {"", "5", "s", "-1s", "1h", "1 s", "nans", "999999m"})
    CAF_CHECK(!parse_time(wrong));
  CAF_CHECK((*parse_time_range("2s..6s") == time_range{2s, 6s}));
  CAF_CHECK((*parse_time_range("300ms") == time_range{300ms, 300ms}));
  CAF_CHECK(!parse_time_range("6s..2s"));
}

CAF_TEST(a mix names outcomes and needs a weight) {
  auto mix = parse_mix("answered=60,busy=10,no-answer=15,failed=5,voicemail=10");
  CAF_REQUIRE(mix);
  CAF_CHECK((*mix == outcome_mix{60, 10, 15, 5, 10}));
  CAF_CHECK((*parse_mix("busy=1") == outcome_mix{0, 1, 0, 0, 0}));
  for (auto wrong : {"answered=0", "lunch=1", "busy", "busy=x", "busy=0.5", "busy=-1"})
    CAF_CHECK(!parse_mix(wrong));
}

CAF_TEST(faults are probabilities that add up to at most one) {
  scenario s;
  CAF_REQUIRE(parse_faults("429=0.5,made-but-500=0.25,callback-lost=0.1", true, s));
  CAF_CHECK_EQUAL(s.create_faults[static_cast<std::size_t>(fault::made_but_500)], 0.25);
  CAF_CHECK_EQUAL(s.callback_lost, 0.1);
  CAF_CHECK(!parse_faults("hang=0.5", true, s));
  CAF_CHECK_EQUAL(s.create_faults[static_cast<std::size_t>(fault::hang)], 0.0);
  CAF_CHECK(!parse_faults("callback-lost=0.1", false, s));
  CAF_CHECK(!parse_faults("none=0.1", true, s));
  CAF_CHECK(!parse_faults("429=1.1", true, s));
  CAF_REQUIRE(parse_faults("503=1", false, s));
  CAF_CHECK_EQUAL(s.other_faults[static_cast<std::size_t>(fault::error_503)], 1.0);
}

CAF_TEST(a script line that cannot be read is named) {
  scenario s;
  CAF_CHECK(parse_script(
    "{\"to\":\"+12125550100\",\"outcome\":\"busy\",\"ring_ms\":10}\n\n"
    "{\"to\":\"+12125550100\",\"fault\":\"hang\",\"gather\":[\"yes\",null,{\"digits\":\"12#\"},"
    "{\"speech\":\"no\",\"confidence\":0.5}]}\n",
    s));
  CAF_CHECK_EQUAL(s.script.at("+12125550100").size(), 2u);
  CAF_CHECK_EQUAL(s.script.at("+12125550100")[1].gather->size(), 4u);
  for (auto wrong : {
         "{}", "[]", "x", "{\"to\":1}", "{\"to\":\"+1\",\"outcome\":\"lunch\"}",
         "{\"to\":\"+1\",\"ring_ms\":-1}", "{\"to\":\"+1\",\"more\":1}",
         "{\"to\":\"+1\",\"gather\":[{\"digits\":\"1\",\"confidence\":0.5}]}",
         "{\"to\":\"+1\",\"answered_by\":\"cat\"}"}) {
    auto refused = parse_script("{\"to\":\"+1\"}\n" + std::string(wrong), s);
    CAF_REQUIRE(!refused);
    CAF_CHECK(refused.error().detail.find("line 2") != std::string::npos);
  }
}

CAF_TEST(a change is taken whole or not at all) {
  scenario s;
  const auto talk = s.talk;
  CAF_CHECK(!parse_change(R"({"talk":"1s","mix":"lunch=1"})", s));
  CAF_CHECK(s.talk == talk);
  CAF_CHECK(parse_change(R"({"talk":"1s","callbacks":"shuffled","fault":"429=1","list_lag":"2s"})", s));
  CAF_CHECK(s.talk.min == 1s);
  CAF_CHECK(s.callbacks == callback_order::shuffled);
  CAF_CHECK(s.list_lag == 2s);
  CAF_CHECK(parse_change(R"({"faults_off":true})", s));
  CAF_CHECK_EQUAL(s.create_faults[static_cast<std::size_t>(fault::too_many)], 0.0);
  for (auto wrong : {"[]", "", R"({"seed":1})", R"({"listen":"x"})", R"({"calls_per_second":-1})"})
    CAF_CHECK(!parse_change(wrong, s));
}

CAF_TEST(all mistakes of a scenario are told together) {
  scenario s;
  s.account_sid = "AC1";
  s.time_scale = 0;
  auto told = check(s);
  CAF_REQUIRE(!told);
  CAF_CHECK(told.error().detail.find("account sid") != std::string::npos);
  CAF_CHECK(told.error().detail.find("time scale") != std::string::npos);
}

CAF_TEST(a number has the same fate whatever else is called and when) {
  scenario s;
  s.seed = 42;
  std::vector<fate> alone;
  for (std::uint32_t i = 0; i < 5; ++i)
    alone.push_back(decide_fate(s, "+12125550100", i, i));
  for (std::uint32_t i = 5; i-- > 0;) {
    decide_fate(s, "+12125550199", i, i);
    CAF_CHECK(same(decide_fate(s, "+12125550100", i, i), alone[i]));
  }
  // A request that was refused moves the request's ordinal but not the call's.
  CAF_CHECK(same(decide_fate(s, "+12125550100", 9, 2), alone[2]));
  s.seed = 43;
  CAF_CHECK(!same(decide_fate(s, "+12125550100", 0, 0), alone[0]));
}

CAF_TEST(outcomes and faults come about as often as asked for) {
  scenario s;
  CAF_REQUIRE(parse_faults("429=0.2,hang=0.1", true, s));
  int busy = 0, many = 0, hung = 0, none = 0;
  const int n = 20000;
  for (int i = 0; i < n; ++i) {
    const auto to = "+1212" + std::to_string(5000000 + i);
    busy += decide_fate(s, to, 0, 0).outcome == outcome::busy;
    const auto f = decide_create_fault(s, to, 0);
    many += f == fault::too_many;
    hung += f == fault::hang;
    none += f == fault::none;
  }
  CAF_CHECK(busy > n * 9 / 100 && busy < n * 11 / 100);
  CAF_CHECK(many > n * 19 / 100 && many < n * 21 / 100);
  CAF_CHECK(hung > n * 9 / 100 && hung < n * 11 / 100);
  CAF_CHECK_EQUAL(many + hung + none, n);
}

CAF_TEST(the script decides over chance and its last line stays) {
  scenario s;
  CAF_REQUIRE(parse_script(
    "{\"to\":\"+12125550100\",\"fault\":\"429\"}\n"
    "{\"to\":\"+12125550100\",\"outcome\":\"voicemail\",\"talk_ms\":7}\n",
    s));
  CAF_CHECK(decide_create_fault(s, "+12125550100", 0) == fault::too_many);
  CAF_CHECK(decide_create_fault(s, "+12125550100", 1) == fault::none);
  for (std::uint32_t i : {1u, 2u, 50u}) {
    auto f = decide_fate(s, "+12125550100", i, 0);
    CAF_CHECK(f.outcome == outcome::voicemail);
    CAF_CHECK(f.talk == 7ms);
    CAF_CHECK_EQUAL(f.answered_by, "machine_start");
  }
}

CAF_TEST(dice stay in their range and do not repeat themselves) {
  dice d(1);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 10000; ++i) {
    const auto x = d.between(-3, 4);
    CAF_REQUIRE(x >= -3 && x <= 4);
    const auto u = d.unit();
    CAF_REQUIRE(u >= 0 && u < 1);
    seen.insert(d.next());
  }
  CAF_CHECK_EQUAL(seen.size(), 10000u);
  // Known values hold the sequence still over compilers and versions.
  CAF_CHECK_EQUAL(mix(0), 0xe220a8397b1dcdafULL);
}
