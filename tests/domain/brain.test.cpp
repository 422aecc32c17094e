#define CAF_SUITE brain
#include <caf/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/brain.hpp"
#include "domain/rules.hpp"
#include "tests/domain/knowledge_files.hpp"

using namespace ringmaster;
using brain::gate;

namespace {

const std::vector<knowledge::passage>& known() {
  static const auto all = testing::read_business("business.txt").passages();
  return all;
}

/// All at once.
std::string through(gate& g, const std::string& text) {
  auto out = g.push(text);
  out += g.finish();
  return out;
}

assistant::turn_end
chat(const std::string& question, knowledge::agent who = knowledge::agent::aloha) {
  auto about = std::make_shared<assistant::chat_brief>();
  about->who = who;
  about->question = question;
  about->found = known();
  assistant::turn t;
  t.chat = about;
  return rules::speak(t);
}

} // namespace

CAF_TEST(whole grounded sentences are let out as they come) {
  gate g{"How much is a tune-up?", known()};
  CAF_CHECK_EQUAL(g.push("A basic tune"), "");
  CAF_CHECK_EQUAL(g.push("-up costs 79 dollars"), "");
  CAF_CHECK_EQUAL(
      g.push(" and takes two working days. It"),
      "A basic tune-up costs 79 dollars and takes two working days. ");
  CAF_CHECK_EQUAL(g.push(" is done here"), "");
  CAF_CHECK_EQUAL(g.finish(), "It is done here");
  CAF_CHECK(!g.broken());
  CAF_REQUIRE(!g.sources().empty());
  CAF_CHECK(g.sources().front().reference == "chunk:Tune-up");
}

CAF_TEST(a fact of no source ends the answer before it is told) {
  gate g{"How much is a tune-up?", known()};
  auto out = g.push("A tune-up costs 79 dollars. Polishing is 35 dollars. Bye. ");
  CAF_CHECK_EQUAL(out, "A tune-up costs 79 dollars. ");
  CAF_CHECK(g.broken());
  CAF_REQUIRE_EQUAL(g.strange().size(), 1u);
  CAF_CHECK(g.strange().front() == "35");
  CAF_CHECK_EQUAL(g.push("More. "), "");
  CAF_CHECK_EQUAL(g.finish(), "");
  CAF_CHECK_EQUAL(g.text(), "A tune-up costs 79 dollars. ");
}

CAF_TEST(marks of sources are taken out and remembered) {
  const std::vector<knowledge::passage> two{
      {"a", "A", "Coffee is free.",         knowledge::category::services, 0, {}},
      {"b", "B", "The shop opens at 9 am.", knowledge::category::hours,    0, {}}
  };
  gate g{"When do you open?", two};
  auto out = g.push("The shop opens at 9 am [2]. ");
  CAF_CHECK_EQUAL(out, "The shop opens at 9 am. ");
  out = through(g, "Welcome.[7][2]");
  CAF_CHECK_EQUAL(out, "Welcome.");
  CAF_REQUIRE_EQUAL(g.sources().size(), 1u);
  CAF_CHECK(g.sources().front().reference == "b");
  CAF_CHECK(g.sources().front().quote == "The shop opens at 9 am.");
  // What stands around a mark does not grow together.
  gate h{"", {}};
  CAF_CHECK_EQUAL(through(h, "4[1]5"), "");
  CAF_CHECK(h.broken());
}

CAF_TEST(no number leaves the gate that no source has) {
  CAF_CHECK(rc::check("whatever the cuts of the stream", [] {
    auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(
        rc::gen::element<std::string>(
            "It costs 79 dollars. ", "It costs ", "80", " dollars", ". ", "[1]", "[", "]", "7", "9",
            "1", ",", ":", "\n", "We open at 9 am. ", "Yes! ", "18", " [2] ", "twenty", ".", "? ",
            "-"),
        rc::gen::map(rc::gen::inRange(0, 10'000), [](int n) { return std::to_string(n); })));
    gate g{"Is it 7?", known()};
    std::string shown;
    for (const auto& p : pieces)
      shown += g.push(p);
    shown += g.finish();
    RC_ASSERT(shown == g.text());
    RC_ASSERT(knowledge::ungrounded(shown, "Is it 7?", known()).empty());
    RC_ASSERT(g.broken() == !g.strange().empty());
    std::string all;
    for (const auto& p : pieces)
      all += p;
    // The cuts change nothing.
    gate once{"Is it 7?", known()};
    auto whole = once.push(all);
    whole += once.finish();
    RC_ASSERT(whole == shown);
    RC_ASSERT(once.broken() == g.broken());
  }));
}

CAF_TEST(arguments of the tool are read and nothing else) {
  auto all = brain::read_gap_arguments(
      R"({"question":" Do you rent tandems? ","requested_info":"whether","category":"services"})");
  CAF_REQUIRE(all.has_value());
  CAF_CHECK_EQUAL(all->question, "Do you rent tandems?");
  CAF_CHECK_EQUAL(all->requested_info, "whether");
  CAF_CHECK_EQUAL(all->category, "services");
  auto bare = brain::read_gap_arguments("{}");
  CAF_REQUIRE(bare.has_value());
  CAF_CHECK(bare->question.empty() && bare->category.empty());
  CAF_CHECK(brain::read_gap_arguments(R"({"question":7})")->question.empty());
  for (const char* bad : {"[]", "{", "tandem", R"({"question":{"a":1}})", "\xff"}) {
    auto r = brain::read_gap_arguments(bad);
    CAF_CHECK(!r.has_value() && r.error().code == errc::malformed);
  }
  CAF_CHECK(brain::gap_tool().name == "log_knowledge_gap");
}

CAF_TEST(the rules answer a chat from a marked source or log the gap) {
  auto end = chat("How much is a tune-up?");
  CAF_CHECK(end.calls.empty());
  gate g{"How much is a tune-up?", known()};
  auto shown = through(g, end.text);
  CAF_CHECK_EQUAL(shown, "A basic tune-up costs 79 dollars and takes two working days.");
  CAF_REQUIRE_EQUAL(g.sources().size(), 1u);
  CAF_CHECK(g.sources().front().reference == "chunk:Tune-up");

  auto unknown = chat("Do you rent out tandems?", knowledge::agent::studio);
  CAF_CHECK_EQUAL(unknown.text, std::string{knowledge::does_not_know(knowledge::agent::studio)});
  CAF_REQUIRE_EQUAL(unknown.calls.size(), 1u);
  CAF_CHECK(unknown.calls.front().name == "log_knowledge_gap");
  auto logged = brain::read_gap_arguments(unknown.calls.front().arguments);
  CAF_REQUIRE(logged.has_value());
  CAF_CHECK_EQUAL(logged->question, "Do you rent out tandems?");
  CAF_CHECK_EQUAL(logged->category, "services");

  for (const char* talk : {"Hello", "Thank you!", "who are you"}) {
    auto small = chat(talk);
    CAF_CHECK(small.calls.empty() && !small.text.empty());
  }
}

CAF_TEST(each question of the set goes through chat and gate as it should) {
  std::string wrong;
  for (const auto& q : testing::read_questions("questions.txt")) {
    auto end = chat(q.text);
    gate g{q.text, known()};
    auto shown = through(g, end.text);
    bool logged = !end.calls.empty();
    auto sources = g.sources();
    bool right = q.source == "-"
                     ? logged && sources.empty()
                     : !logged && !sources.empty() && sources.front().reference == q.source;
    if (g.broken() || shown.empty() || !right)
      wrong += "\n  " + q.text + ": " + shown;
  }
  CAF_CHECK_EQUAL(wrong, "");
}
