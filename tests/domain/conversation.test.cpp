#define CAF_SUITE conversation
#include <caf/test/unit_test.hpp>

#include <string>
#include <vector>

#include "tests/domain/conversation_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::talk;

namespace {

using ms = milliseconds;

result<assistant::turn_end> failed() { return fail(errc::unavailable, "no model answers"); }

/// Numbers without gaps, times that do not run back, and the note tells what stands.
void check_transcript(const conversation& c) {
  std::int32_t n = 0, start = 0;
  for (const auto& p : c.transcript()) {
    ++n;
    CAF_CHECK_EQUAL(p.n, n);
    CAF_CHECK(p.start_ms >= start);
    CAF_CHECK(p.end_ms >= p.start_ms);
    start = p.start_ms;
  }
}

} // namespace

CAF_TEST(the disclosure is said first and cannot be interrupted) {
  for (auto line : {line_kind::turns, line_kind::stream}) {
    stage s{line};
    s.take(line_open{});
    const auto* first = s.find<say>();
    CAF_REQUIRE(first);
    CAF_CHECK_EQUAL(first->text, s.brief.words.introduction);
    CAF_CHECK(!first->interruptible);
    CAF_CHECK(first->last);
    CAF_CHECK(s.talk->known().disclosed);
    CAF_CHECK_EQUAL(s.ends_with<listen>(), line == line_kind::turns);
    CAF_CHECK(s.find<note>() != nullptr);
    check_transcript(*s.talk);
  }
  stage campaign;
  campaign.brief.of_task = false;
  campaign.brief.words = {};
  campaign.brief.about.instruction = "This is the library. Your book has come.";
  campaign.take(line_open{});
  CAF_CHECK_EQUAL(
      campaign.spoken(), "I am an AI assistant. This is the library. Your book has come.");
}

CAF_TEST(a line that comes back is not greeted again) {
  stage s{line_kind::stream};
  s.known.disclosed = true;
  s.known.turn = 4;
  s.so_far = {
      {1, speaker::assistant, 0,   100, "Hello"  },
      {2, speaker::human,     200, 300, "Friday?"}
  };
  s.take(line_open{});
  CAF_CHECK_EQUAL(s.said, "I am sorry, we were cut off.\n");
  CAF_CHECK(s.find<think>() != nullptr); // the last words were not answered
  s.answer("Yes, on Friday.");
  s.take(line_lost{});
  CAF_CHECK(s.find<say>() == nullptr);
  s.take(line_open{});
  CAF_CHECK_EQUAL(s.spoken(), "I am sorry, we were cut off.");
  CAF_CHECK(s.find<think>() == nullptr);
}

CAF_TEST(words are answered by the model and tools are offered) {
  stage s;
  s.take(line_open{});
  s.hear("For which day would that be?");
  const auto* asked = s.find<think>();
  CAF_REQUIRE(asked);
  CAF_CHECK(!s.find<listen>());
  CAF_CHECK_EQUAL(asked->what.said.so_far.size(), 2u);
  CAF_CHECK_EQUAL(asked->what.tools.size(), 5u);
  s.answer("For **Friday** at seven. <b>Is that possible?</b>");
  CAF_CHECK_EQUAL(s.spoken(), "For Friday at seven. Is that possible?");
  CAF_CHECK(s.ends_with<listen>());
  check_transcript(*s.talk);
}

CAF_TEST(text of older turns is not spoken) {
  stage s{line_kind::stream};
  s.take(line_open{});
  s.hear("For which day?");
  auto old = s.asked();
  s.take(words{"And for how many?"});
  CAF_CHECK(s.find<forget>() != nullptr);
  CAF_CHECK(s.find<think>() != nullptr);
  s.take(thought{old, "For Friday."});
  s.take(thought_over{
      old, assistant::turn_end{"For Friday.", {}, {}}
  });
  CAF_CHECK(!s.has_said("Friday"));
  s.answer("For two.");
  CAF_CHECK(s.has_said("For two."));
}

CAF_TEST(a wish not to be called suppresses before anything else) {
  for (auto line : {line_kind::turns, line_kind::stream})
    for (int when = 0; when < 5; ++when) {
      stage s{line};
      s.take(line_open{});
      if (when >= 1)
        s.hear("What is it about?");
      if (when >= 2)
        s.answer("A table for two.");
      if (when >= 3)
        s.hear("One moment, please.");
      if (when >= 4)
        s.take(owner_hangs_up{});
      s.hear("Stop calling me and take me off your list.");
      CAF_REQUIRE(!s.acts.empty());
      CAF_CHECK(std::holds_alternative<suppress>(s.acts.front()));
      CAF_CHECK(s.ends_with<hang_up>() || line == line_kind::stream);
      CAF_CHECK(s.talk->known().opted_out);
      s.hear("Do not call me again!");
      CAF_CHECK_EQUAL(s.count<suppress>(), 1u);
    }
}

CAF_TEST(a wrong number is excused) {
  stage s;
  s.take(line_open{});
  s.hear("You have the wrong number.");
  CAF_CHECK(s.talk->known().wrong_number);
  CAF_CHECK(s.ends_with<hang_up>());
  CAF_CHECK(s.has_said("sorry"));
}

CAF_TEST(an interruption cuts the transcript and stops the model) {
  stage s{line_kind::stream};
  s.take(line_open{});
  s.hear("For which day would that be?");
  auto turn = s.asked();
  s.take(thought{turn, "We would like to come on Friday. And we would "});
  s.take(cut{"We would like to come", ms{1'300}}, ms{1'300});
  CAF_CHECK(s.find<forget>() != nullptr);
  CAF_CHECK_EQUAL(s.talk->transcript().back().text, "We would like to come");
  CAF_CHECK_EQUAL(s.talk->transcript().back().end_ms, static_cast<std::int32_t>(s.now.count()));
  s.take(thought{turn, "like to sit outside."});
  CAF_CHECK(!s.has_said("outside"));
  s.hear("We are closed on Friday, sorry.");
  CAF_CHECK(s.find<think>() != nullptr);
  check_transcript(*s.talk);
  // A disclosure that was cut was not given.
  stage t{line_kind::stream};
  t.take(line_open{});
  t.take(cut{"Hello!", ms{300}}, ms{300});
  CAF_CHECK(!t.talk->known().disclosed);
  t.hear("Who is this?");
  CAF_CHECK(t.spoken().find("AI assistant") != std::string::npos);
}

CAF_TEST(signs of life do not interrupt) {
  stage s{line_kind::stream};
  s.take(line_open{});
  s.take(words{"Hello?"}, ms{500});
  CAF_CHECK(s.find<think>() == nullptr);
  s.hear("For which day would that be?");
  s.take(words{"mm", false});
  s.take(words{"Uh-huh."});
  CAF_CHECK(s.find<think>() == nullptr);
  CAF_CHECK(s.find<forget>() == nullptr);
}

CAF_TEST(a slow model is filled in for once and a failing one ends the call) {
  stage s;
  s.take(line_open{});
  s.hear("For which day?");
  const auto* alarm = s.find<wake>();
  CAF_REQUIRE(alarm);
  CAF_CHECK(alarm->at == s.now + ms{2'500});
  s.take(awake{}, ms{2'500});
  CAF_CHECK(s.find<say>() != nullptr);
  CAF_CHECK(s.ends_with<hold_the_line>());
  s.take(awake{}, ms{3'000});
  CAF_CHECK(s.find<say>() == nullptr);
  CAF_CHECK(s.ends_with<hold_the_line>());
  s.take(awake{}, ms{4'600});
  CAF_CHECK(s.find<forget>() != nullptr);
  CAF_CHECK(s.ends_with<listen>());
  s.hear("On which day, I asked.");
  s.take(thought_over{s.asked(), failed()});
  CAF_CHECK(s.ends_with<hang_up>());
  CAF_CHECK_EQUAL(s.talk->known().ended, "the assistant could not go on");
}

CAF_TEST(silence is asked about and then ends the call) {
  stage s;
  s.take(line_open{});
  s.take(nothing{}, ms{9'000});
  CAF_CHECK_EQUAL(s.spoken(), "Are you still there?");
  s.take(nothing{}, ms{9'000});
  CAF_CHECK(s.ends_with<listen>());
  s.take(nothing{}, ms{9'000});
  CAF_CHECK(s.ends_with<hang_up>());
  CAF_CHECK(s.talk->known().who == listener::silence);
  stage t{line_kind::stream};
  t.take(line_open{});
  const auto* alarm = t.find<wake>();
  CAF_REQUIRE(alarm);
  // The voice needs its time first.
  CAF_CHECK(alarm->at == t.now + speaking_time(t.brief.words.introduction) + ms{8'000});
  auto at = alarm->at;
  t.take(awake{}, at - t.now);
  CAF_CHECK_EQUAL(t.spoken(), "Are you still there?");
}

CAF_TEST(holding costs no turns and has an end) {
  stage s;
  s.take(line_open{});
  s.hear("Please hold for a moment.");
  CAF_CHECK(s.find<think>() == nullptr);
  CAF_CHECK(s.ends_with<listen>());
  s.take(nothing{}, ms{30'000});
  CAF_CHECK_EQUAL(s.spoken(), "I am still here.");
  s.hear("Thank you for waiting, which day would you like?");
  CAF_CHECK(s.find<think>() != nullptr);
  CAF_CHECK(s.talk->known().held == ms{42'000});
  s.answer("Friday.");
  s.hear("One moment please.");
  for (int i = 0; i < 5 && !s.ends_with<hang_up>(); ++i)
    s.take(nothing{}, ms{30'000});
  CAF_CHECK(s.ends_with<hang_up>());
  CAF_CHECK_EQUAL(s.talk->known().ended, "held too long");
}

CAF_TEST(a voicemail is left or told what it is for) {
  for (auto line : {line_kind::turns, line_kind::stream}) {
    stage s{line};
    s.take(line_open{});
    s.take(detected{"machine_start"});
    CAF_CHECK(s.find<hang_up>() != nullptr);
    CAF_CHECK(s.find<say>() == nullptr);
    stage t{line};
    t.about.how.on_voicemail = machine_action::leave_message;
    t.take(line_open{});
    t.take(detected{"machine_start"});
    CAF_CHECK(t.find<hang_up>() == nullptr);
    t.take(detected{"machine_end_beep"});
    CAF_CHECK_EQUAL(t.spoken(), "I am an AI assistant. I am calling about a table. Goodbye.");
    CAF_CHECK(t.find<hang_up>() != nullptr);
    CAF_CHECK(t.talk->known().message_left);
  }
  stage words_first;
  words_first.about.how.on_voicemail = machine_action::leave_message;
  words_first.about.how.message = "Please call the office back.";
  words_first.take(line_open{});
  words_first.hear("You have reached the voicemail of Kim. Leave a message after the tone.");
  CAF_CHECK(words_first.find<say>() == nullptr);
  words_first.take(nothing{});
  CAF_CHECK_EQUAL(words_first.spoken(), "I am an AI assistant. Please call the office back.");
  stage person;
  person.about.how.on_voicemail = machine_action::leave_message;
  person.take(line_open{});
  person.take(detected{"machine_start"});
  person.hear("Hello, this is Kim, how can I help you?");
  CAF_CHECK(person.find<think>() != nullptr);
  CAF_CHECK(person.talk->known().who == listener::human);
  stage fax;
  fax.take(line_open{});
  fax.take(detected{"fax"});
  CAF_CHECK(fax.ends_with<hang_up>());
}

CAF_TEST(menus get keys and whoever is behind them the disclosure) {
  const std::string menu = "Press 1 for reservations, press 2 for billing.";
  stage s;
  s.about.how.menu_keys = "3,0";
  s.take(line_open{});
  s.hear(menu);
  CAF_REQUIRE(s.find<press>());
  CAF_CHECK_EQUAL(s.find<press>()->digits, "3");
  CAF_CHECK(s.ends_with<listen>());
  s.hear("For English press 1, for Spanish press 2.");
  CAF_REQUIRE(s.find<press>());
  CAF_CHECK_EQUAL(s.find<press>()->digits, "0");
  s.hear("Harbor Grill, this is Kim speaking, how can I help you?");
  CAF_CHECK_EQUAL(s.spoken(), s.brief.words.introduction);
  CAF_CHECK(s.talk->known().disclosed);
  stage chooses;
  chooses.brief.so_far.goal = "Make a reservation";
  chooses.take(line_open{});
  chooses.hear(menu);
  CAF_REQUIRE(chooses.find<press>());
  CAF_CHECK_EQUAL(chooses.find<press>()->digits, "1");
  stage refuses;
  refuses.about.how.on_menu = menu_action::hang_up;
  refuses.take(line_open{});
  refuses.hear(menu);
  CAF_CHECK(refuses.ends_with<hang_up>());
  CAF_CHECK(refuses.find<say>() == nullptr);
}

CAF_TEST(a screening is told who calls) {
  stage s;
  s.take(line_open{});
  s.hear("Please state your name and the reason for your call, and I will see if this person is "
         "available.");
  CAF_CHECK_EQUAL(s.spoken(), s.brief.words.introduction);
  CAF_CHECK(s.talk->known().who == listener::screening);
}

CAF_TEST(a price above the limit is not agreed to without a yes) {
  for (auto line : {line_kind::turns, line_kind::stream}) {
    stage s{line};
    s.take(line_open{});
    s.hear("That will be ninety-five dollars.");
    s.answer("I see. That works, please book it. Thank you!");
    CAF_CHECK(!s.has_said("That works"));
    CAF_CHECK(!s.has_said("Thank you!"));
    CAF_CHECK(s.has_said("I have to ask the person I am calling for."));
    CAF_REQUIRE_EQUAL(s.talk->known().questions.size(), 1u);
    CAF_CHECK(s.talk->known().questions[0].amount == (money{95'000'000, "USD"}));
    CAF_CHECK(!s.talk->known().agreed);
    s.take(awake{}, ms{12'000});
    CAF_CHECK(s.find<say>() != nullptr);
  }
}

CAF_TEST(a yes covers its amount and a no is kept) {
  stage s;
  s.take(line_open{});
  s.hear("That will be ninety-five dollars.");
  s.answer("That works.");
  s.take(owner_answer{1, true, "with a receipt"});
  CAF_REQUIRE(s.find<think>());
  CAF_CHECK_EQUAL(s.find<think>()->what.said.news.size(), 1u);
  s.answer("That works, please book it.");
  CAF_CHECK(s.has_said("please book it"));
  CAF_CHECK(s.talk->known().agreed == (money{95'000'000, "USD"}));
  s.hear("Oh, it is 120 dollars, actually.");
  s.answer("Fine, go ahead.");
  CAF_CHECK(!s.has_said("go ahead"));
  CAF_REQUIRE_EQUAL(s.talk->known().questions.size(), 2u);
  s.take(owner_answer{2, false, ""});
  s.answer("Okay, deal.");
  CAF_CHECK(!s.has_said("deal"));
  CAF_CHECK(s.spoken().find("cannot agree") != std::string::npos);
  CAF_CHECK(s.talk->known().agreed == (money{95'000'000, "USD"}));
  // The same answer twice changes nothing.
  s.take(owner_answer{2, true, ""});
  CAF_CHECK(s.talk->known().questions[1].now == owner_question::state::no);
}

CAF_TEST(an owner who does not answer is not waited for) {
  stage s;
  s.take(line_open{});
  s.hear("That will be 95 dollars.");
  s.answer("That works.");
  s.take(awake{}, ms{60'000});
  CAF_REQUIRE(s.find<close_question>());
  CAF_CHECK(s.find<think>() != nullptr);
  s.answer("Deal.");
  CAF_CHECK(!s.has_said("Deal"));
}

CAF_TEST(prices within the limit and texts without a price are free) {
  stage s;
  s.take(line_open{});
  s.hear("We have a table at seven. The deposit is 20 dollars.");
  s.answer("That works, please book it.");
  CAF_CHECK(s.has_said("please book it"));
  CAF_CHECK(s.talk->known().agreed == (money{20'000'000, "USD"}));
  stage euros;
  euros.take(line_open{});
  euros.hear("The deposit is 20 euros.");
  euros.answer("That works.");
  CAF_CHECK(!euros.has_said("That works"));
  stage free;
  free.brief.may_accept.reset();
  free.take(line_open{});
  free.hear("We have a table at seven.");
  free.answer("That works.");
  CAF_CHECK(free.has_said("That works"));
}

CAF_TEST(tools are judged before they are obeyed) {
  stage s;
  s.take(line_open{});
  s.hear("Anything else?");
  s.answer(
      "No, thank you. Goodbye.", {
                                     {"1", "end_call", R"({"reason":"done"})", ""}
  });
  CAF_CHECK(s.ends_with<hang_up>());
  CAF_CHECK_EQUAL(s.talk->known().ended, "done");
  stage keys;
  keys.take(line_open{});
  keys.hear("Please enter your party size.");
  keys.answer(
      "", {
              {"1", "press_keys", R"({"keys":"2#"})", ""}
  });
  CAF_REQUIRE(keys.find<press>());
  CAF_CHECK_EQUAL(keys.find<press>()->digits, "2#");
  stage asks;
  asks.take(line_open{});
  asks.hear("Inside or outside?");
  asks.answer(
      "", {
              {"1", "ask_owner", R"({"question":"Inside or outside?"})", ""}
  });
  CAF_REQUIRE(asks.find<ask_owner>());
  CAF_CHECK(asks.ends_with<hold_the_line>());
  stage waits;
  waits.take(line_open{});
  waits.hear("My colleague would know that.");
  waits.answer(
      "Thank you.", {
                        {"1", "hold", "{}", ""}
  });
  CAF_CHECK(waits.ends_with<listen>());
  stage wrong;
  wrong.take(line_open{});
  for (int i = 0; i < 4; ++i) {
    wrong.hear("And now, number " + std::to_string(i) + "?");
    wrong.answer(
        "Let me see " + std::to_string(i) + ".", {
                                                     {"1", "transfer_money", "{}", ""}
    });
  }
  CAF_CHECK(wrong.ends_with<hang_up>());
}

CAF_TEST(circles and long calls have an end) {
  stage s;
  s.take(line_open{});
  for (int i = 0; i < 3; ++i) {
    s.hear("Question " + std::to_string(i) + " of the list.");
    s.answer("I do not know that.");
  }
  CAF_CHECK(s.ends_with<hang_up>());
  stage t;
  t.take(line_open{});
  for (int i = 0; i < 3; ++i) {
    t.hear("We only take orders by post.");
    t.answer("Answer " + std::to_string(i));
  }
  CAF_CHECK(t.talk->known().ended == "the same was said again and again");
  stage late;
  late.take(line_open{});
  late.take(words{"Which day was it?"}, ms{590'000});
  CAF_CHECK(late.ends_with<hang_up>());
  CAF_CHECK_EQUAL(late.talk->known().ended, "the time is over");
  stage many;
  many.about.numbers.turns_most = 6;
  many.take(line_open{});
  for (int i = 0; i < 9 && many.talk->known().ended.empty(); ++i) {
    many.hear("Word number " + std::to_string(i) + " is here.");
    if (many.find<think>())
      many.answer("Answer number " + std::to_string(i));
  }
  CAF_CHECK_EQUAL(many.talk->known().ended, "too many turns");
  stage endless{line_kind::stream};
  endless.take(line_open{});
  endless.hear("Tell me more about it.");
  auto turn = endless.asked();
  for (int i = 0; i < 400; ++i)
    endless.take(thought{turn, "and it goes on "}, ms{10});
  CAF_CHECK(endless.said.size() < 1'600u);
  CAF_CHECK(endless.count<forget>() >= 1u);
}

CAF_TEST(the owner speaks whispers transfers and ends) {
  auto to = phone_number::from_canonical("+14155550100");
  stage s;
  s.about.transfers = {to};
  s.about.forbidden = {
      {"account_number", "AB-48213"}
  };
  s.take(line_open{});
  s.take(owner_says{"The number is AB 48213 <b>now</b>."});
  CAF_CHECK_EQUAL(s.spoken(), "The number is that I may not share now .");
  CAF_CHECK(s.ends_with<listen>());
  s.take(owner_whispers{"Ask for the window."});
  CAF_CHECK(s.find<say>() == nullptr);
  s.hear("Is there anything you would like?");
  CAF_CHECK_EQUAL(s.find<think>()->what.said.whisper, "Ask for the window.");
  s.answer("A table at the window.");
  s.hear("Very well, and what else?");
  CAF_CHECK(s.find<think>()->what.said.whisper.empty());
  s.take(owner_transfers{phone_number::from_canonical("+19005550100")});
  CAF_CHECK(s.find<connect>() == nullptr);
  s.take(owner_transfers{to});
  CAF_CHECK(s.ends_with<connect>());
  CAF_CHECK_EQUAL(s.talk->known().ended, "handed over");
  stage t;
  t.take(line_open{});
  t.take(owner_hangs_up{});
  CAF_CHECK(t.ends_with<hang_up>());
}

CAF_TEST(nothing is said after the end whatever happens) {
  const std::vector<event> events{
      line_open{                     },
      words{"Hello?"              },
      keys{"1"                   },
      nothing{                   },
      cut{"x",                      ms{1}},
      detected{"human"                     },
      thought{2,                "text"},
      thought_over{2,                      assistant::turn_end{"text", {}, {}}},
      awake{                      },
      owner_answer{1,                  true, ""},
      owner_says{"hello"                     },
      owner_whispers{"x"},
      owner_hangs_up{},
      owner_transfers{      },
      line_lost{                      },
      line_over{                     }
  };
  for (auto line : {line_kind::turns, line_kind::stream})
    for (int phase = 0; phase < 7; ++phase)
      for (const auto& e : events) {
        stage s{line};
        if (phase >= 1)
          s.take(line_open{});
        if (phase == 2)
          s.hear("For which day would it be?");
        if (phase == 3) {
          s.hear("It is 95 dollars.");
          s.answer("Deal.");
        }
        if (phase == 4)
          s.hear("Please hold.");
        if (phase == 5)
          s.take(owner_hangs_up{});
        if (phase == 6)
          s.take(line_over{});
        auto before = s.said;
        s.take(e);
        if (phase >= 5)
          CAF_CHECK_EQUAL(s.said, before);
        if (phase == 6)
          CAF_CHECK(s.acts.empty());
        std::size_t closings = 0, notes = 0, wakes = 0;
        for (const auto& a : s.acts) {
          closings += std::holds_alternative<listen>(a) || std::holds_alternative<hang_up>(a) ||
                      std::holds_alternative<hold_the_line>(a) ||
                      std::holds_alternative<connect>(a);
          notes += std::holds_alternative<note>(a);
          wakes += std::holds_alternative<wake>(a);
        }
        CAF_CHECK(closings <= 1u);
        CAF_CHECK(notes <= 1u);
        CAF_CHECK(wakes <= 1u);
        check_transcript(*s.talk);
        // It goes on, or it is over; in turns what is heard gets an answer or a thought.
        s.take(words{"And which name is it for?"}, ms{20'000});
        if (line == line_kind::turns && !s.talk->over())
          CAF_CHECK(
              s.find<think>() || s.ends_with<listen>() || s.ends_with<hang_up>() ||
              s.ends_with<hold_the_line>());
        s.take(line_over{});
        if (phase != 6 && !std::holds_alternative<line_over>(e))
          CAF_CHECK(s.find<note>() != nullptr);
        CAF_CHECK(s.talk->over());
        CAF_CHECK(s.take(line_open{}).empty());
      }
}

CAF_TEST(what may be agreed to follows the owner) {
  money twenty{20'000'000, "USD"}, fifty{50'000'000, "USD"}, euros{10'000'000, "EUR"}, none{};
  CAF_CHECK(!may_accept(std::nullopt, none, std::nullopt));
  CAF_CHECK(may_accept(std::nullopt, fifty, std::nullopt) == fifty);
  CAF_CHECK(may_accept(twenty, fifty, std::nullopt) == twenty);
  CAF_CHECK(may_accept(fifty, none, twenty) == twenty);
  CAF_CHECK(may_accept(twenty, none, fifty) == twenty);
  CAF_CHECK(!may_accept(fifty, none, std::nullopt));
  CAF_CHECK(!may_accept(euros, fifty, std::nullopt));
}
