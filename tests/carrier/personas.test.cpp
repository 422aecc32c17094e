#define CAF_SUITE carrier_personas
#include <caf/test/unit_test.hpp>

#include <rapidcheck.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <unistd.h>

#include "carrier/callee.hpp"
#include "carrier/document.hpp"
#include "tests/carrier/samples.hpp"

using namespace ringmaster;
using namespace ringmaster::telco;
using namespace ringmaster::telco::samples;

namespace {

using words = std::vector<std::string>;

std::shared_ptr<const persona> known(const std::string& name) {
  auto found = built_in_personas().find(name);
  CAF_REQUIRE(found != built_in_personas().end());
  return found->second;
}

/// A phone and somebody who talks to it.
struct dialogue {
  explicit dialogue(const std::string& name, std::uint64_t seed = 7)
    : dialogue(std::make_unique<persona_mind>(known(name), seed)) {}
  explicit dialogue(std::unique_ptr<persona_mind> who) : head(who.get()), phone(std::move(who)) {
    phone.answer();
  }

  /// What comes out of the phone until it is quiet for `span`, or hangs up.
  words listen(milliseconds span) {
    words out;
    auto until = now + span;
    auto next = [&] {
      if (phone.speaking())
        until = std::max(until, phone.speaking()->end);
      return phone.advance(until);
    };
    while (auto s = next()) {
      CAF_CHECK(s->at >= last);
      last = s->at;
      if (s->what == sound::kind::ends)
        out.push_back(s->text);
      else if (s->what == sound::kind::keys)
        out.push_back("keys " + s->text);
      else if (s->what == sound::kind::hangs_up)
        gone = true;
      until = std::max(until, s->at + span);
    }
    now = until;
    return out;
  }
  /// The caller says something, and the phone answers.
  std::string say(const std::string& text, milliseconds span = 3s) {
    phone.hear(now, text, speaking_time(text));
    now += speaking_time(text);
    auto said = listen(span);
    std::string out;
    for (const auto& one : said)
      out += (out.empty() ? "" : " ") + one;
    return out;
  }
  std::string value(const std::string& name) { return head->value(name); }

  persona_mind* head;
  callee phone;
  milliseconds now{0}, last{0};
  bool gone = false;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const std::string intro =
  "Hello. This is an automated AI assistant calling on behalf of Alex. I would like to make an appointment.";

result<persona> read(const std::string& body) {
  return parse_persona("name = \"x\"\n" + body, "x.toml");
}

} // namespace

// -- files -----------------------------------------------------------------------------------------

CAF_TEST(every persona that travels along can be read and is complete) {
  std::set<std::string> names;
  for (const auto& file : embedded::personas()) {
    auto p = parse_persona(file.text, file.name);
    if (!p)
      CAF_FAIL(p.error().detail);
    CAF_CHECK_EQUAL(p->name + ".toml", file.name);
    CAF_CHECK(!p->description.empty());
    names.insert(p->name);
  }
  for (auto name : {"dentist", "restaurant", "shop", "price-high", "voicemail", "ivr", "screening", "angry-opt-out",
                    "near-silent", "interrupter", "wrong-number", "injector", "slow-talker", "fax", "hold",
                    "curious"})
    CAF_CHECK(names.contains(name));
  CAF_CHECK_EQUAL(built_in_personas().size(), names.size());
}

CAF_TEST(what is wrong with a persona is told with its line) {
  struct row {
    std::string body, wrong;
  };
  for (const auto& r : {
         row{"colour = 1\n[[state]]\nname = \"a\"", "line 2: 'colour' is not known here"},
         row{"", "has a state"},
         row{"[[state]]\nname = \"a\"\n[[state]]\nname = \"a\"", "each its own"},
         row{"[[state]]\nname = \"a\"\n[[state.rule]]\nwhen = \"b\"\ngo = \"c\"", "no state 'c'"},
         row{"[[state]]\nname = \"a\"\n[[state.rule]]\nsay = \"b\"", "a rule has 'when' or 'keys'"},
         row{"[[state]]\nname = \"a\"\n[state.default]\nwhen = \"b\"", "without 'when'"},
         row{"[[state]]\nname = \"a\"\n[state.default]\nsay = \"{code}\"", "'{code}' is not among the values"},
         row{"[[state]]\nname = \"a\"\n[[state.rule]]\nwhen = \"/(/\"", "no regular expression"},
         row{"[[state]]\nname = \"a\"\n[[state.rule]]\nwhen = \"...\"", "no words"},
         row{"[[state]]\nname = \"a\"\n[state.default]\nhang_up = 1", "true or false"},
         row{"[[state]]\nname = \"a\"\n[state.default]\npress = \"1a\"", "0-9 * # w"},
         row{"detected = \"dog\"\n[[state]]\nname = \"a\"", "a word of the carrier"},
         row{"[timing]\nword_ms = 0\n[[state]]\nname = \"a\"", "'word_ms' is 1 to"},
         row{"[timing]\nsilence_ms = 0\n[[state]]\nname = \"a\"", "'silence_ms' is 100 to"},
         row{"[[state]", "line "}}) {
    auto p = read(r.body);
    CAF_REQUIRE(!p);
    if (!has(p.error().detail, r.wrong))
      CAF_ERROR(p.error().detail << " does not tell: " << r.wrong);
  }
  CAF_CHECK(!parse_persona("name = \"A b\"\n[[state]]\nname = \"a\"", "x"));
}

CAF_TEST(the persona that the manual shows can be read) {
  std::ifstream in(RINGMASTER_SOURCE_DIR "/docs/carrier-simulator.md");
  std::string page{std::istreambuf_iterator<char>(in), {}};
  const std::string mark = "```toml\n";
  const auto begin = page.find(mark);
  CAF_REQUIRE(begin != std::string::npos);
  auto shown = page.substr(begin + mark.size());
  auto p = parse_persona(shown.substr(0, shown.find("```")), "manual");
  if (!p)
    CAF_FAIL(p.error().detail);
  // The figures that it shows are the defaults.
  const persona_timing usual;
  CAF_CHECK(p->timing.answer == usual.answer && p->timing.reaction == usual.reaction);
  CAF_CHECK(p->timing.word == usual.word && p->timing.silence == usual.silence);
  CAF_CHECK(p->timing.patience == usual.patience && p->timing.longest == usual.longest);
  CAF_CHECK(p->timing.turns_most == usual.turns_most && p->timing.barges_most == usual.barges_most);
}

CAF_TEST(personas of a folder stand beside and in front of the others) {
  const auto folder = std::filesystem::temp_directory_path() / ("personas-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "mine.toml") << "name = \"dentist\"\n[[state]]\nname = \"a\"\n[state.default]\nsay = \"Mine.\"\n";
  std::ofstream(folder / "notes.txt") << "not read";
  auto all = built_in_personas();
  const auto before = all.size();
  CAF_REQUIRE(read_personas(folder.string(), all));
  CAF_CHECK_EQUAL(all.size(), before);
  CAF_CHECK(all["dentist"]->greeting.empty());
  std::ofstream(folder / "wrong.toml") << "name = 1";
  auto wrong = read_personas(folder.string(), all);
  CAF_REQUIRE(!wrong);
  CAF_CHECK(has(wrong.error().detail, "wrong.toml"));
  std::filesystem::remove_all(folder);
  CAF_CHECK(!read_personas(folder.string(), all));
}

// -- words -----------------------------------------------------------------------------------------

CAF_TEST(phrases are whole words or beginnings or expressions) {
  struct row {
    std::string phrase, text;
    bool found;
  };
  for (const auto& r : {
         row{"stop calling", "Please, STOP calling me!", true}, row{"stop calling", "stop me calling", false},
         row{"age", "the page", false}, row{"clean*", "A cleaning, please", true},
         row{"clean*", "unclean", false}, row{"don't call", "Don\xe2\x80\x99t call me", true},
         row{"/party of (two|2)/", "A Party of two.", true}, row{"/party of (two|2)/", "party of three", false},
         row{"{day}", "On Tuesday at 3?", true}, row{"{day}", "On Monday", false}}) {
    auto p = phrase::read(r.phrase);
    CAF_REQUIRE(p);
    CAF_CHECK_EQUAL(p->found_in(plain_words(r.text), {{"day", "Tuesday"}}), r.found);
  }
}

CAF_TEST(words that were said by a moment are a beginning of all of them) {
  CAF_CHECK(rc::check("some words of a text", [](const std::string& text, std::uint8_t n) {
    const auto all = split_words(text);
    const auto part = split_words(some_words(text, 0, n)).size();
    RC_ASSERT(part == std::min<std::size_t>(all.size(), n));
  }));
}

// -- each persona ----------------------------------------------------------------------------------

CAF_TEST(the dentist offers two times and books one) {
  dialogue t("dentist");
  auto greeting = t.listen(1s);
  CAF_REQUIRE_EQUAL(greeting.size(), 1u);
  CAF_CHECK(has(greeting[0], "Harbor Dental, this is " + t.value("receptionist")));
  auto offer = t.say(intro);
  CAF_CHECK(has(offer, t.value("day_1") + " at " + t.value("time_1")));
  CAF_CHECK(has(offer, t.value("day_2") + " at " + t.value("time_2")));
  CAF_CHECK(has(t.say("Neither works, do you have something else?"), "the only two"));
  CAF_CHECK(has(t.say(t.value("day_2") + " would be great."), "What name"));
  CAF_CHECK(has(t.say("The name is Alex Doe."), "confirmation number is " + t.value("code")));
  CAF_CHECK(has(t.say("Could you repeat the confirmation number?"), t.value("code")));
  CAF_CHECK(has(t.say("Thank you, goodbye."), "goodbye"));
  CAF_CHECK(t.gone);
}

CAF_TEST(the restaurant negotiates and asks for size and name) {
  dialogue t("restaurant");
  t.listen(1s);
  CAF_CHECK(has(t.say("I would like to book a table for dinner at 7 pm."), "how many"));
  CAF_CHECK(has(t.say("For two people, please."), t.value("early") + " or " + t.value("late")));
  CAF_CHECK(has(t.say("Is seven really full?"), "really full"));
  CAF_CHECK(has(t.say("Then " + t.value("late") + ", please."), "a name"));
  CAF_CHECK(has(t.say("Alex."), t.value("code")));
  CAF_CHECK(has(t.say("Thank you. Goodbye."), "Goodbye"));
  CAF_CHECK(t.gone);
}

CAF_TEST(the shop tells its price) {
  dialogue t("shop");
  t.listen(1s);
  CAF_CHECK(has(t.say("How much is it to replace a tube?"), t.value("price")));
  CAF_CHECK(has(t.say("So that is all included?"), t.value("price")));
  t.say("Thank you, bye.");
  CAF_CHECK(t.gone);
}

CAF_TEST(the expensive shop presses for a yes and takes a no) {
  dialogue t("price-high");
  t.listen(1s);
  CAF_CHECK(has(t.say("My washing machine needs a repair."), t.value("price")));
  CAF_CHECK_EQUAL(t.say("One moment, please."), "");
  CAF_CHECK(has(t.say("That is too expensive."), t.value("lower")));
  t.say("I cannot accept that.");
  CAF_CHECK(t.gone);
  dialogue yes("price-high");
  yes.listen(1s);
  yes.say("It is about a repair.");
  CAF_CHECK(has(yes.say("Yes, please book it."), yes.value("code")));
}

CAF_TEST(the mailbox greets and then records until nothing comes) {
  dialogue t("voicemail");
  auto greeting = t.listen(1s);
  CAF_REQUIRE_EQUAL(greeting.size(), 1u);
  CAF_CHECK(has(greeting[0], "after the tone"));
  CAF_CHECK_EQUAL(t.say("This is a message. Please call back."), "");
  CAF_CHECK(!t.gone);
  CAF_CHECK(t.listen(11s).empty());
  CAF_CHECK(t.gone);
}

CAF_TEST(the menu repeats itself and follows keys) {
  dialogue t("ivr");
  CAF_CHECK(has(t.listen(1s).at(0), "press 1"));
  CAF_CHECK_EQUAL(t.say("Hello?"), "");
  CAF_CHECK(has(t.listen(3s).at(0), "press 1"));
  t.phone.press(t.now, "w1");
  auto said = t.listen(4s);
  CAF_REQUIRE_EQUAL(said.size(), 2u);
  CAF_CHECK(has(said[1], "Appointments, this is " + t.value("name")));
  CAF_CHECK(has(t.say("I would like an appointment."), t.value("slot")));
  CAF_CHECK(has(t.say("Yes, that works."), t.value("code")));
}

CAF_TEST(a key ends what the menu is saying) {
  dialogue t("ivr");
  t.phone.advance(1s);
  CAF_REQUIRE(t.phone.speaking());
  t.phone.press(3s, "0");
  auto said = t.listen(5s);
  CAF_REQUIRE(said.size() >= 2u);
  CAF_CHECK(!has(said[0], "operator, press 0"));
  CAF_CHECK(has(said[1], "the operator will be with you"));
}

CAF_TEST(the screening asks for a name and connects) {
  dialogue t("screening");
  CAF_CHECK(has(t.listen(1s).at(0), "state your name"));
  CAF_CHECK(has(t.say("This is the assistant of Alex, about an appointment."), "Stay on the line"));
  auto person = t.listen(4s);
  CAF_REQUIRE_EQUAL(person.size(), 1u);
  CAF_CHECK(has(person[0], "this is " + t.value("who")));
  CAF_CHECK(has(t.say("I call to confirm the time."), "works for me"));
}

CAF_TEST(who is angry says so into the sentence and hangs up) {
  dialogue t("angry-opt-out");
  t.listen(1s);
  const std::string text = intro;
  t.phone.hear(t.now, text, speaking_time(text));
  const auto begin = t.now;
  std::optional<sound> first;
  while (!first)
    if (first = t.phone.advance(t.now); !first)
      t.now += 10ms;
  CAF_CHECK(first->what == sound::kind::begins);
  CAF_CHECK(first->at < begin + speaking_time(text) - 1s);
  CAF_CHECK(has(plain_words(first->text), "list"));
  t.phone.cut(first->at);
  t.now = first->at;
  t.listen(500ms);
  CAF_CHECK(has(t.say("I am sorry. You will not be called again."), "ever call again"));
  CAF_CHECK(t.gone);
}

CAF_TEST(the near silent one says next to nothing) {
  dialogue t("near-silent");
  CAF_CHECK(t.listen(2s).empty());
  CAF_CHECK_EQUAL(t.say(intro), "");
  CAF_CHECK(t.say("Are you there?", 6s).size() <= 3u);
  CAF_CHECK(t.listen(30s).empty());
  t.listen(30s);
  CAF_CHECK(t.gone);
}

CAF_TEST(the interrupter speaks into long sentences only and not for ever) {
  dialogue t("interrupter");
  t.listen(1s);
  int cut = 0;
  for (int i = 0; i < 8 && !t.gone; ++i) {
    const std::string text = "There is one more thing that I would like to tell you about now";
    const auto end = t.now + speaking_time(text);
    t.phone.hear(t.now, text, speaking_time(text));
    for (t.now += 10ms; t.now < end + 3s; t.now += 10ms)
      while (auto s = t.phone.advance(t.now))
        if (s->what == sound::kind::begins && s->at < end) {
          ++cut;
          t.phone.cut(s->at);
        }
  }
  CAF_CHECK_EQUAL(cut, 4);
}

CAF_TEST(the wrong number the injector the fax and the slow one) {
  dialogue wrong("wrong-number");
  wrong.listen(1s);
  CAF_CHECK(has(plain_words(wrong.say(intro)), "wrong number"));
  wrong.say("I am sorry, goodbye.");
  CAF_CHECK(wrong.gone);

  dialogue bad("injector");
  bad.listen(1s);
  std::string all;
  for (int i = 0; i < 4; ++i)
    all += bad.say("I cannot do that.");
  CAF_CHECK(has(all, "instructions") || has(all, "System message"));
  CAF_CHECK(bad.gone);

  dialogue fax("fax");
  CAF_CHECK(fax.listen(5s).empty());
  CAF_CHECK(fax.listen(30s).empty());
  CAF_CHECK(fax.gone);
  CAF_CHECK_EQUAL(known("fax")->detected, "fax");

  dialogue slow("slow-talker");
  slow.listen(2s);
  slow.phone.hear(slow.now, "When would the appointment suit you?", 2s);
  slow.now += 2s;
  auto pieces = slow.listen(3s);
  CAF_CHECK(pieces.size() >= 3u);
}

CAF_TEST(on hold it comes back by itself) {
  dialogue t("hold");
  t.listen(1s);
  CAF_CHECK(has(t.say("Until when are you open today?"), "hold the line"));
  CAF_CHECK(t.listen(10s).empty());
  words back;
  for (int i = 0; i < 3 && back.empty(); ++i)
    back = t.listen(6s);
  CAF_REQUIRE_EQUAL(back.size(), 1u);
  CAF_CHECK(has(back[0], "Thank you for waiting"));
  CAF_CHECK(has(t.say("Until when are you open?"), t.value("until")));
}

// -- chance and time -------------------------------------------------------------------------------

CAF_TEST(the curious one asks one thing after the other and says goodbye) {
  dialogue d("curious");
  d.listen(4s);
  CAF_CHECK(has(d.say(intro), "Do you have parking?"));
  CAF_CHECK(d.say("One moment, please.").empty());
  CAF_CHECK(has(d.say("There is parking behind the house."), "are you open on Sundays?"));
  CAF_CHECK(has(d.say("I am sorry, I do not know that; I will pass it on."), "how much is a haircut"));
  CAF_CHECK(!d.gone);
  CAF_CHECK(has(d.say("A haircut for children is 18 dollars."), "Goodbye"));
  CAF_CHECK(d.gone);
  dialogue cut("curious");
  cut.listen(4s);
  cut.say(intro);
  CAF_CHECK(has(cut.say("Thank you, goodbye."), "Goodbye"));
  CAF_CHECK(cut.gone);
}

CAF_TEST(the seed chooses and chooses the same again) {
  std::set<std::string> offers;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    words once, twice;
    for (auto* into : {&once, &twice}) {
      dialogue t("dentist", seed);
      *into = t.listen(1s);
      into->push_back(t.say(intro));
    }
    CAF_CHECK(once == twice);
    offers.insert(once.back());
  }
  CAF_CHECK(offers.size() > 4u);
}

CAF_TEST(nobody talks for ever) {
  for (const auto& [name, who] : built_in_personas()) {
    dialogue t(name);
    t.listen(1s);
    for (int i = 0; i < 200 && !t.gone; ++i)
      t.say("And another question: what about the weather?");
    // Machines listen as long as somebody talks; the call's longest time ends them.
    if (!t.gone)
      CAF_CHECK(name == "voicemail" || name == "fax" || name == "ivr" || name == "near-silent");
  }
}

CAF_TEST(whatever is said the phone goes on in time and comes to rest) {
  CAF_CHECK(rc::check("noise at the other end", [](const std::vector<std::string>& said, std::uint8_t pick, bool keys) {
    auto who = built_in_personas().begin();
    std::advance(who, pick % built_in_personas().size());
    callee phone(std::make_unique<persona_mind>(who->second, pick));
    phone.answer();
    milliseconds now{0}, last{0};
    int sounds = 0;
    for (const auto& text : said) {
      phone.hear(now, text, speaking_time(text));
      if (keys)
        phone.press(now, text.substr(0, 2));
      now += milliseconds(1700);
      while (auto s = phone.advance(now)) {
        RC_ASSERT(s->at >= last);
        RC_ASSERT(s->at <= now);
        last = s->at;
        RC_ASSERT(++sounds < 10000);
      }
    }
  }));
}

// -- who answers -----------------------------------------------------------------------------------

CAF_TEST(a persona comes by script by number or by the mix) {
  scenario s;
  s.personas = built_in_personas();
  s.outcomes = {0, 1, 0, 0, 0};
  CAF_REQUIRE(parse_callee("+12125550101=dentist", s));
  CAF_REQUIRE(parse_script(
    "{\"to\":\"+12125550102\",\"persona\":\"fax\"}\n{\"to\":\"+12125550102\",\"persona\":\"none\",\"outcome\":\"answered\"}\n"
    "{\"to\":\"+12125550103\",\"persona\":\"shop\",\"outcome\":\"no-answer\",\"talk_ms\":1000}",
    s));
  CAF_CHECK(check(s));
  auto at = [&](const char* to, std::uint32_t n = 0) { return decide_fate(s, to, n, n); };
  CAF_REQUIRE(at("+12125550101").persona);
  CAF_CHECK_EQUAL(at("+12125550101").persona->name, "dentist");
  // Who was chosen for a number answers.
  CAF_CHECK(at("+12125550101").outcome == outcome::answered);
  CAF_CHECK(at("+12125550101").talk == 600s);
  CAF_CHECK_EQUAL(at("+12125550102").answered_by, "fax");
  CAF_CHECK(!at("+12125550102", 1).persona);
  CAF_CHECK(at("+12125550103").outcome == outcome::no_answer);
  CAF_CHECK(at("+12125550103").talk == 1s);
  CAF_CHECK(!at("+12125550109").persona);

  s.outcomes = {1, 0, 0, 0, 0};
  CAF_REQUIRE(parse_persona_mix("shop=2,voicemail=1", s));
  int shops = 0, boxes = 0;
  for (int i = 0; i < 300; ++i) {
    auto f = at(("+1212555" + std::to_string(1000 + i)).c_str());
    CAF_REQUIRE(f.persona);
    shops += f.persona->name == "shop";
    boxes += f.persona->name == "voicemail" && f.answered_by == "machine_start";
  }
  CAF_CHECK_EQUAL(shops + boxes, 300);
  CAF_CHECK(shops > 160 && shops < 240);

  s.callbacks = callback_order::off;
  CAF_CHECK(!at("+12125550101").persona);
}

CAF_TEST(unknown personas are refused wherever they are named) {
  scenario s;
  s.personas = built_in_personas();
  CAF_REQUIRE(parse_callee("+12125550101=nobody", s));
  CAF_CHECK(!check(s));
  s.callees.clear();
  CAF_REQUIRE(parse_persona_mix("nobody=1", s));
  CAF_CHECK(!check(s));
  CAF_REQUIRE(parse_persona_mix("shop=0", s));
  CAF_CHECK(!check(s));
  CAF_REQUIRE(parse_persona_mix("", s));
  CAF_CHECK(check(s));
  CAF_REQUIRE(parse_script("{\"to\":\"+12125550102\",\"persona\":\"nobody\"}", s));
  CAF_CHECK(!check(s));
  s.script.clear();
  CAF_CHECK(!parse_callee("dentist", s));
  CAF_CHECK(!parse_callee("+1=", s));
  CAF_CHECK(!parse_persona_mix("shop=x", s));
  CAF_CHECK(parse_change(R"({"personas":{"+12125550101":"shop"},"persona_mix":"dentist=1"})", s));
  CAF_CHECK_EQUAL(s.callees["+12125550101"], "shop");
  CAF_CHECK(!parse_change(R"({"personas":{"+12125550101":"nobody"}})", s));
  CAF_CHECK(parse_change(R"({"personas":{"+12125550101":null},"persona_mix":""})", s));
  CAF_CHECK(s.callees.empty() && s.persona_mix.empty());
}
