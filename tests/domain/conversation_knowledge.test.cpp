// What happens in a call when the other end asks: looked up, logged, and not made up.

#define CAF_SUITE conversation_knowledge
#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include "tests/domain/conversation_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::talk;

namespace {

using ms = milliseconds;
const std::string not_known = "I am sorry, I do not know that; I will pass it on.";

const std::vector<knowledge::passage> yard{
    {"chunk:1",
     "Parking",             "There are four free parking spaces in the yard.",
     knowledge::category::location,
     0,                                                                                                        {}},
    {"chunk:2", "Delivery", "Delivery costs 35 dollars.",                      knowledge::category::prices, 0, {}}
};

/// A campaign's call in which the other end has asked something.
stage asked(const std::string& question, line_kind line = line_kind::turns, bool of_task = false) {
  stage s{line};
  s.brief.of_task = of_task;
  s.brief.about.instruction = "Your order 4711 is ready. We are at 12 Quay Street.";
  s.take(line_open{});
  s.hear(question);
  return s;
}

} // namespace

CAF_TEST(a made up answer to what nobody knows is not said) {
  for (auto line : {line_kind::turns, line_kind::stream}) {
    auto s = asked("How much is gift wrapping?", line);
    s.take(looked_up{s.asked(), yard}, ms{50});
    s.answer("Good question. Gift wrapping is 35 dollars. It looks lovely.");
    CAF_CHECK(!s.has_said("35"));
    CAF_CHECK(!s.has_said("lovely"));
    CAF_CHECK(s.has_said(not_known));
    CAF_REQUIRE_EQUAL(s.count<log_gap>(), 1u);
    for (const auto& a : s.all)
      if (const auto* l = std::get_if<log_gap>(&a)) {
        CAF_CHECK_EQUAL(l->what.question, "How much is gift wrapping?");
        CAF_CHECK_EQUAL(l->what.answered, not_known);
        CAF_CHECK_EQUAL(l->what.category, "prices");
      }
    CAF_CHECK(s.find<think>() == nullptr);
    // The call goes on.
    s.hear("Okay, thank you.");
    CAF_CHECK(s.find<think>() != nullptr);
    s.answer("You are welcome.");
    CAF_CHECK(s.has_said("You are welcome."));
  }
}

CAF_TEST(a streamed fact is held until its sentence is whole) {
  auto s = asked("Who wraps the gifts?", line_kind::stream);
  s.take(looked_up{s.asked(), yard}, ms{50});
  auto turn = s.asked();
  for (const char* piece : {"That ", "is ", "done ", "by ", "Rebecca", " Stone"})
    s.take(thought{turn, piece}, ms{50});
  CAF_CHECK(!s.has_said("That is done"));
  s.take(thought{turn, ". Every day. "}, ms{50});
  CAF_CHECK(!s.has_said("Rebecca"));
  CAF_CHECK(s.has_said(not_known));
  // What still comes of the turn is not said.
  s.take(thought{turn, "She is very good at it. "}, ms{50});
  CAF_CHECK(!s.has_said("very good"));
}

CAF_TEST(what was told or said or found may be said) {
  for (const char* answer :
       {"I do not know that, I am sorry.", "Your order 4711 is ready.",
        "Please come to 12 Quay Street.", "Is there anything else?"}) {
    auto s = asked("How much is gift wrapping?");
    s.take(looked_up{s.asked(), yard}, ms{50});
    s.answer(answer);
    CAF_CHECK(s.has_said(answer));
    CAF_CHECK_EQUAL(s.count<log_gap>(), 0u);
  }
  // Covered: the model's words are its own.
  auto s = asked("Do you have parking?");
  s.take(looked_up{s.asked(), yard}, ms{50});
  s.answer("Yes, four spaces in the yard.");
  CAF_CHECK(s.has_said("four spaces"));
}

CAF_TEST(without a look into the knowledge base nothing is held) {
  auto s = asked("How much is gift wrapping?");
  s.answer("It is 5 dollars.");
  CAF_CHECK(s.has_said("5 dollars"));
  // One that comes for another turn or too late changes nothing.
  auto t = asked("How much is gift wrapping?", line_kind::stream);
  t.take(looked_up{t.asked() - 1, yard}, ms{50});
  t.take(thought{t.asked(), "Well, "}, ms{50});
  t.take(looked_up{t.asked(), yard}, ms{50});
  t.answer("it is 5 dollars.");
  CAF_CHECK(t.has_said("5 dollars"));
}

CAF_TEST(the facts of a task follow from the task) {
  auto s = asked("For which day would that be?", line_kind::turns, true);
  s.take(looked_up{s.asked(), {}}, ms{50});
  s.answer("For Tuesday the 24th at 3 pm.");
  CAF_CHECK(s.has_said("Tuesday the 24th"));
  auto t = asked("Which number can we write to?", line_kind::turns, true);
  t.take(looked_up{t.asked(), {}}, ms{50});
  t.answer("Write to 207 555 0199.");
  CAF_CHECK(!t.has_said("0199"));
  CAF_CHECK(t.has_said(not_known));
}

CAF_TEST(what the other end asks is looked up before the model thinks) {
  stage s;
  s.take(line_open{});
  s.hear("Okay. Do you have parking?");
  CAF_REQUIRE(s.find<think>());
  CAF_CHECK_EQUAL(s.find<think>()->question, "Do you have parking?");
  s.answer("I will ask.");
  s.hear("Friday at seven works.");
  CAF_REQUIRE(s.find<think>());
  CAF_CHECK_EQUAL(s.find<think>()->question, "");
}

CAF_TEST(a question without an answer is logged once) {
  auto log = [](const std::string& question) {
    return assistant::tool_call{
        "1", "log_knowledge_gap", "{\"question\":\"" + question + "\"}", {}};
  };
  for (bool of_task : {true, false}) {
    stage s;
    s.brief.of_task = of_task;
    s.take(line_open{});
    s.hear("Do you have a terrace?");
    s.answer("I am sorry, I do not know that.", {log("Do you have a terrace?")});
    const auto* logged = s.find<log_gap>();
    CAF_REQUIRE(logged);
    CAF_CHECK_EQUAL(logged->what.question, "Do you have a terrace?");
    CAF_CHECK_EQUAL(logged->what.answered, "I am sorry, I do not know that.");
    CAF_CHECK(logged->what.from == (of_task ? gap::source::task : gap::source::call));
    CAF_CHECK(!logged->what.context.has_value());
    CAF_CHECK(s.ends_with<listen>());
    // Asked again in other words: the same gap.
    s.hear("So is there a terrace?");
    s.answer("I do not know.", {log("is there a terrace?")});
    CAF_CHECK_EQUAL(s.count<log_gap>(), 1u);
    s.hear("And how much is a beer?");
    s.answer("I do not know that either.", {log("How much is a beer?")});
    CAF_CHECK_EQUAL(s.count<log_gap>(), 2u);
  }
}

CAF_TEST(a turn that only logs still says something) {
  for (auto line : {line_kind::turns, line_kind::stream}) {
    stage s{line};
    s.take(line_open{});
    s.hear("Do you have a terrace?");
    s.answer(
        "", {
                {"1", "log_knowledge_gap", R"({"question":"Do you have a terrace?"})", {}}
    });
    CAF_CHECK(s.has_said("I am sorry, I do not know that; I will pass it on."));
    CAF_REQUIRE(s.find<log_gap>());
    CAF_CHECK_EQUAL(
        s.find<log_gap>()->what.answered, "I am sorry, I do not know that; I will pass it on.");
  }
}

CAF_TEST(a gap that is none is not logged) {
  for (const char* bad :
       {R"({"question":""})", R"({"question":"..."})", "[]",
        R"({"question":"Is it so?","answer":"yes"})"}) {
    stage s;
    s.take(line_open{});
    s.hear("Do you have a terrace?");
    s.answer(
        "I do not know that.", {
                                   {"1", "log_knowledge_gap", bad, {}}
    });
    CAF_CHECK_EQUAL(s.count<log_gap>(), 0u);
    s.hear("I see.");
    CAF_REQUIRE(s.last_question());
    CAF_CHECK_EQUAL(s.last_question()->what.said.news.size(), 1u); // the model is told
  }
}
