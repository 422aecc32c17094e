#define CAF_SUITE knowledge
#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/knowledge.hpp"
#include "domain/text.hpp"
#include "tests/domain/knowledge_files.hpp"

using namespace ringmaster;
using namespace ringmaster::knowledge;

namespace {

passage of(std::string reference, std::string title, std::string text) {
  auto about = categorise(title + ". " + text);
  return {std::move(reference), std::move(title), std::move(text), about, 0, {}};
}

answer ask(const std::string& question, const std::vector<passage>& known) {
  return compose(read(question), known);
}

bool same(const std::string& a, const std::string& b) {
  return same_question(read(a).asks, read(b).asks);
}

/// Bytes of all sorts: text, digits, broken UTF-8, brackets.
std::string any_text() {
  auto piece = *rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(
      rc::gen::element<std::string>(
          "how much", "is", "the", "open", "sunday", "9 am", "[1]", "[2]", "$5", "12.50", "?", ". ",
          "\n", "Maria", "\xe2\x80\x93", "\xff", "not", "mon-fri", "007", "1,000", "a@b.cd",
          "www.x.yz"),
      rc::gen::container<std::string>(rc::gen::arbitrary<char>())));
  std::string out;
  for (const auto& p : piece)
    out += (*rc::gen::arbitrary<bool>() ? " " : "") + p;
  return out;
}

std::vector<passage> any_passages() {
  std::vector<passage> out;
  auto count = *rc::gen::inRange(0, 6);
  for (int i = 0; i < count; ++i)
    out.push_back(of("chunk:" + std::to_string(i), any_text(), any_text()));
  return out;
}

} // namespace

CAF_TEST(words of agents and categories read back) {
  for (auto a : {agent::aloha, agent::sync, agent::studio, agent::insight})
    CAF_CHECK(parse_agent(to_string(a)) == a);
  CAF_CHECK(!parse_agent("Aloha"));
  for (int c = 0; c <= static_cast<int>(category::other); ++c)
    CAF_CHECK(parse_category(to_string(static_cast<category>(c))) == static_cast<category>(c));
  CAF_CHECK(!parse_category(""));
  std::set<std::string_view> refusals;
  for (auto a : {agent::aloha, agent::sync, agent::studio, agent::insight}) {
    CAF_CHECK(refusals.insert(does_not_know(a)).second);
    CAF_CHECK(ungrounded(does_not_know(a), "", {}).empty());
  }
}

CAF_TEST(only aloha holds calls and only aloha and sync propose) {
  CAF_CHECK(may(agent::aloha, power::hold_calls));
  CAF_CHECK(may(agent::aloha, power::propose_calendar));
  CAF_CHECK(!may(agent::sync, power::hold_calls));
  CAF_CHECK(may(agent::sync, power::propose_calendar));
  for (auto a : {agent::studio, agent::insight})
    for (auto p : {power::hold_calls, power::propose_calendar})
      CAF_CHECK(!may(a, p));
}

CAF_TEST(chunks are checked and completed) {
  auto good = check(chunk_draft{"", "  Haircuts cost 30 dollars.\nChildren pay 15. ", "", ""});
  CAF_REQUIRE(good.has_value());
  CAF_CHECK_EQUAL(good->title, "Haircuts cost 30 dollars. Children pay 15");
  CAF_CHECK_EQUAL(good->text, "Haircuts cost 30 dollars.\nChildren pay 15.");
  CAF_CHECK_EQUAL(good->source, "user");
  CAF_CHECK(good->about == category::prices);
  auto named = check(chunk_draft{"T", "x", "flyer", "people"});
  CAF_REQUIRE(named.has_value());
  CAF_CHECK(named->about == category::people && named->source == "flyer" && named->title == "T");
  auto bad = check(chunk_draft{std::string(201, 'x'), "", std::string(201, 'y'), "gossip"});
  CAF_REQUIRE(!bad.has_value());
  CAF_CHECK(bad.error().code == errc::invalid);
  std::vector<std::string> pointers;
  for (const auto& f : bad.error().fields)
    pointers.push_back(f.pointer);
  const std::vector<std::string> expected{"/title", "/text", "/source", "/category"};
  CAF_CHECK(pointers == expected);
  CAF_CHECK(!check(chunk_draft{"", std::string(4'001, 'x'), "", ""}));
  auto longest = check(chunk_draft{"", std::string(4'000, 'x'), "", ""});
  CAF_REQUIRE(longest.has_value());
  CAF_CHECK(longest->title.size() <= 200);
  CAF_CHECK(!check(chunk_draft{"", "\xff", "", ""}));
}

CAF_TEST(a profile gives a passage for each of its parts) {
  auto known = testing::read_business("business.txt");
  auto all = passages_of(known.profile);
  std::vector<std::string> references;
  for (const auto& p : all)
    references.push_back(p.reference);
  const std::vector<std::string> expected{
      "profile:name",          "profile:description",       "profile:hours",
      "profile:address",       "profile:website",           "profile:email",
      "profile:phone",         "profile:facts/parking",     "profile:facts/public transport",
      "profile:facts/payment", "profile:facts/cancellation"};
  CAF_CHECK(references == expected);
  CAF_CHECK_EQUAL(all[2].title, "Business profile: hours");
  CAF_CHECK(all[2].about == category::hours);
  CAF_CHECK(passages_of({}).empty());
}

CAF_TEST(questions are read into what they ask for) {
  struct line {
    const char* text;
    const char* asks;
  };
  std::string wrong;
  for (const auto& l : {
           line{"How much is a haircut for kids?",                                        "cost haircut kid"},
           line{
                "um, hi, could you please tell me what you charge for a child's haircut", "cost haircut kid"},
           line{"What are your opening hours?",                                           "hours"           },
           line{"Great, thanks. My son turns six next week, do you rent helmets?",        "helmet rent"     },
           line{"I am a student, do I get a discount?",                                   "discount student"},
           line{"Are you open on Sundays?",                                               "hours sunday"    },
           line{"Do you have a table for twelve?",                                        "12 tabl"         },
           line{"Hello!",                                                                 ""                },
           line{"",                                                                       ""                },
  })
    if (auto got = read(l.text).asks; got != l.asks)
      wrong += std::string{"\n  "} + l.text + " -> " + got;
  CAF_CHECK_EQUAL(wrong, "");
  auto r = read("We came by yesterday. It was nice. Do you deliver on Tuesdays?");
  CAF_CHECK_EQUAL(r.text, "Do you deliver on Tuesdays?");
  CAF_CHECK(std::find(r.terms.begin(), r.terms.end(), "deliver") != r.terms.end());
  CAF_CHECK(std::find(r.terms.begin(), r.terms.end(), "shipping") != r.terms.end());
}

CAF_TEST(a question is told from what is none) {
  std::string wrong;
  for (const char* yes :
       {"Do you have parking?", "do you have parking", "i was wondering whether you deliver",
        "okay so how much is it", "could you tell me when you close", "what time do you open",
        "is there a bus", "I'd like to know the price", "Really?", "and where are you"})
    wrong += is_question(yes) ? "" : std::string{"\n  misses: "} + yes;
  for (const char* no :
       {"Yes, please.", "We are open until six.", "That is what I need.", "What a nice day.",
        "Do not call again.", "Have a nice day.", "I will do that.",
        "When you come, ring the bell.", "How nice.", "Hold on, please.", "Is fine.", "",
        "Tuesday at three works."})
    wrong += !is_question(no) ? "" : std::string{"\n  wrongly: "} + no;
  CAF_CHECK_EQUAL(wrong, "");
}

CAF_TEST(other days numbers names and denials make other questions) {
  CAF_CHECK(same("How much is a haircut for kids?", "what's the price of a child's hair cut"));
  CAF_CHECK(!same("Are you open on Sunday?", "Are you open on Saturday?"));
  CAF_CHECK(!same("Are you open on Sunday?", "Are you open?"));
  CAF_CHECK(!same("Do you have a table for 4?", "Do you have a table for 12?"));
  CAF_CHECK(!same("Is there a discount for students?", "Is there a discount for seniors?"));
  CAF_CHECK(!same("Can I talk to Maria?", "Can I talk to Robert?"));
  CAF_CHECK(!same("Which dishes are vegan?", "Which dishes are not vegan?"));
  CAF_CHECK(!same("How much is delivery?", "Do you deliver?"));
  CAF_CHECK(!same("How long does a tune-up take?", "How much is a tune-up?"));
  CAF_CHECK(!same_question("", ""));
  CAF_CHECK_EQUAL(likeness("cost haircut kid", "cost haircut kid"), 1.0);
  CAF_CHECK_EQUAL(likeness("haircut", "parking"), 0.0);
  CAF_CHECK(
      likeness("cost haircut kid", "cost haircut man") <
      likeness("cost haircut kid", "haircut kid"));
}

CAF_TEST(questions to any trade are the same in other words) {
  std::string wrong;
  auto merges = [&](const char* a, const char* b) {
    wrong += same(a, b) ? "" : std::string{"\n  parted: "} + a + " | " + b;
  };
  auto parts = [&](const char* a, const char* b) {
    wrong += same(a, b) ? std::string{"\n  merged: "} + a + " | " + b : "";
  };
  // A verb and its noun, forms that no ending tells.
  merges("Do you evaluate paintings?", "Do you do evaluations of paintings?");
  merges("Did you teach pottery?", "Have you taught pottery?");
  merges("Can you pick us up at the airport?", "Is there an airport shuttle?");
  // A slip, short words left alone.
  merges("Do you do chiropractic?", "Do you do chiroprcatic?");
  parts("Do you have boats?", "Do you have goats?");
  // Frames, and what points back to the words before.
  merges("Am I allowed to visit the cellar?", "is it possible to visit the cellar");
  merges("My drone has a crack, can you repair it?", "do you fix broken drones");
  merges("Do you bring your own ladder?", "Do you bring a ladder?");
  // The kind of what is asked for, and what excludes each other.
  parts("Do you ship to Mexico?", "How much is shipping to Mexico?");
  parts("Do you have a morning course?", "Do you have an evening course?");
  parts("What time is check-in?", "What time is check-out?");
  parts("Do you rent skis?", "Do you repair skis?");
  parts("How much is it an hour?", "How much is tuition?");
  parts("Can you pause my contract?", "Can you cancel my contract?");
  CAF_CHECK_EQUAL(wrong, "");
}

CAF_TEST(an own thing is no owner) {
  const std::vector<passage> owners{
      of("chunk:1", "Owners", "The shop belongs to Ingrid Solberg. She owns the workshop, too.")};
  CAF_CHECK(ask("Who is the owner?", owners).covered);
  CAF_CHECK(!ask("Can I bring my own parts?", owners).covered);
  auto terms = read("Can I bring my own parts?").terms;
  CAF_CHECK(std::find(terms.begin(), terms.end(), "owner") == terms.end());
}

CAF_TEST(conditions are kept and nothing is concluded) {
  const std::vector<passage> weekdays{
      of("profile:hours", "Business profile: hours", "Monday to Friday 9 am to 5 pm.")};
  CAF_CHECK(ask("When are you open?", weekdays).covered);
  CAF_CHECK(ask("Are you open on Wednesdays?", weekdays).covered);
  // Nobody said that it is closed then.
  CAF_CHECK(!ask("Are you open on Sundays?", weekdays).covered);
  const std::vector<passage> closed{
      of("profile:hours", "Business profile: hours", "Mon-Fri 9-5. Closed on Sundays.")};
  CAF_CHECK(ask("Are you open on Sundays?", closed).text == "Closed on Sundays.");
  CAF_CHECK(ask("are you open tuesday", closed).text == "Mon-Fri 9-5.");
  CAF_CHECK(!ask("Are you open on Saturday?", closed).covered);

  const std::vector<passage> yard{of("chunk:1", "Parking", "There is parking in the yard.")};
  CAF_CHECK(ask("Do you have parking?", yard).covered);
  CAF_CHECK(!ask("Do you have a parking garage for trucks?", yard).covered);
  CAF_CHECK(!ask("How much is parking?", yard).covered); // no price
  CAF_CHECK(!ask("When is parking allowed?", yard).covered);

  const std::vector<passage> grooming{
      of("chunk:2", "Dog grooming", "Dog grooming costs 40 dollars.")};
  CAF_CHECK(ask("How much is it to groom a dog?", grooming).covered);
  CAF_CHECK(!ask("Can I bring my dog?", grooming).covered);
  CAF_CHECK(!ask("How much is grooming a cat?", grooming).covered);
  CAF_CHECK(!ask("How long does dog grooming take?", grooming).covered);

  const std::vector<passage> tables{
      of("chunk:3", "Tables", "We have tables for groups of up to 20 guests.")};
  CAF_CHECK(ask("Do you have a table for a group of 12?", tables).covered);
  CAF_CHECK(!ask("Do you have a table for a group of 25?", tables).covered);

  const std::vector<passage> cargo{
      of("chunk:6", "Cargo bike", "The cargo bike carries up to three children or 80 kilograms.")};
  CAF_CHECK(ask("How many children fit in the cargo bike?", cargo).covered);
  CAF_CHECK(!ask("How many cargo bikes do you have?", cargo).covered);

  // What is said of one thing is not said of another that stands beside it.
  const std::vector<passage> beside{
      of("chunk:4", "Accessories", "We sell helmets. Locks cost 5 dollars.")};
  CAF_CHECK(ask("How much are locks?", beside).covered);
  CAF_CHECK(!ask("How much is a helmet?", beside).covered);
  CAF_CHECK(!ask("How much is it?", beside).covered);
  // But what leans on the sentence before it is.
  const std::vector<passage> leaning{
      of("chunk:5", "Rental", "We rent tandems. They cost 30 dollars a day.")};
  CAF_CHECK(
      ask("How much is it to rent a tandem?", leaning).text ==
      "We rent tandems. They cost 30 dollars a day.");
}

CAF_TEST(what the user answered a question with answers it) {
  auto p = of("chunk:9", "Trailer", "Ask at the desk.");
  CAF_CHECK(!ask("Do you have anything for a recumbent?", {p}).covered);
  p.answers = read("Do you have anything for a recumbent?").asks;
  auto a = ask("have you got something for recumbents", {p});
  CAF_REQUIRE(a.covered);
  CAF_CHECK_EQUAL(a.text, "Ask at the desk.");
  CAF_CHECK(a.sources.front().reference == "chunk:9");
}

CAF_TEST(facts that no source has are found) {
  const std::vector<passage> known{
      of("profile:hours", "Business profile: hours",
         "Monday to Friday 09:00 to 17:30. Closed in August."),
      of("profile:phone", "Business profile: phone", "+12075550142"),
      of("chunk:1", "Prices",
         "A tune-up costs $1,250.00 or twenty five dollars. Ask for Ingrid Solberg."),
      of("chunk:2", "Mail", "Write to hello@wheels.example or see www.wheels.example.")};
  std::string wrong;
  for (const char* good :
       {"We are open from 9 am to 5:30 pm.", "It costs 1250 dollars.", "That is 25 dollars.",
        "On Tuesdays, yes.", "Call +1 207 555 0142.", "Call 207-555-0142.",
        "Write to hello@wheels.example.", "Ask for Ingrid.", "I do not know that.",
        "Would you like Sunday or Saturday?", "In August we are closed.", "You said 77.", ""})
    if (auto strange = ungrounded(good, "Is 77 right?", known); !strange.empty())
      wrong += std::string{"\n  wrongly: "} + good + " (" + strange.front() + ")";
  for (const char* bad :
       {"We are open from 8 am.", "It costs 45 dollars.", "That is thirty dollars.",
        "On Sundays, yes.", "Call 207 555 0199.", "Write to info@wheels.example.",
        "See www.other.example.", "Ask for Robert.", "We are closed in December.",
        "It costs $12.50.", "I do not know, but it may be 90 dollars."})
    if (ungrounded(bad, "Is 77 right?", known).empty())
      wrong += std::string{"\n  misses: "} + bad;
  CAF_CHECK_EQUAL(wrong, "");
}

CAF_TEST(a text is traced to the passages that bear it) {
  auto known = testing::read_business("business.txt").passages();
  auto sources = sources_of("A basic tune-up costs 79 dollars.", known);
  CAF_REQUIRE(!sources.empty());
  CAF_CHECK(sources.front().reference == "chunk:Tune-up");
  CAF_CHECK(sources_of("I do not know that.", known).empty());
  CAF_CHECK(sources_of("", known).empty());
}

CAF_TEST(reading and comparing hold for any bytes) {
  CAF_CHECK(rc::check("reading is total and settled", [] {
    auto text = any_text();
    auto r = read(text);
    RC_ASSERT(count_characters(r.text).value_or(501) <= 500u);
    RC_ASSERT(!has_control_character(r.text));
    for (const auto& t : r.terms)
      RC_ASSERT(t.find_first_of(" '\"\\|&!:()*<>.,%_") == std::string::npos);
    (void)is_question(text);
    (void)categorise(text);
    if (!r.asks.empty()) {
      RC_ASSERT(same_question(r.asks, r.asks));
      std::vector<std::string> words(1);
      for (char c : r.asks)
        if (c == ' ')
          words.emplace_back();
        else
          words.back() += c;
      RC_ASSERT(
          std::adjacent_find(words.begin(), words.end(), std::greater_equal<>{}) == words.end());
    }
    auto other = read(any_text());
    RC_ASSERT(same_question(r.asks, other.asks) == same_question(other.asks, r.asks));
    auto alike = likeness(r.asks, other.asks);
    RC_ASSERT(alike >= 0 && alike <= 1);
  }));
  CAF_CHECK(rc::check("checks are total", [] {
    chunk_draft d{any_text(), any_text(), any_text(), any_text()};
    if (auto c = check(d)) {
      RC_ASSERT(!c->title.empty() && !c->text.empty() && !c->source.empty());
      RC_ASSERT(check(chunk_draft{c->title, c->text, c->source, std::string{to_string(c->about)}})
                    .has_value());
    } else {
      RC_ASSERT(!c.error().fields.empty());
    }
  }));
}

CAF_TEST(whatever is asked an answer is words of a passage) {
  CAF_CHECK(rc::check("composed answers are quotes", [] {
    auto known = any_passages();
    // Often a question that has to do with them.
    auto question = read(
        known.empty() || *rc::gen::arbitrary<bool>() ? any_text()
                                                     : "how much is " + known.front().title + "?");
    auto a = compose(question, known);
    RC_ASSERT(!a.text.empty());
    RC_ASSERT(a.covered == !a.sources.empty());
    for (const auto& c : a.sources) {
      auto from = std::find_if(
          known.begin(), known.end(), [&](const auto& p) { return p.reference == c.reference; });
      RC_ASSERT(from != known.end());
      RC_ASSERT(!c.quote.empty() && from->text.find(c.quote) != std::string::npos);
    }
    if (a.covered) {
      // Line ends are spoken as spaces, and the sentence is ended: nothing else is added.
      auto quote = a.sources.front().quote;
      std::replace_if(
          quote.begin(), quote.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; },
          ' ');
      RC_ASSERT(a.text == quote || a.text == quote + ".");
    }
    (void)ungrounded(any_text(), any_text(), known);
    (void)sources_of(any_text(), known);
  }));
}
