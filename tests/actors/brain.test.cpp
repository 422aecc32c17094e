#define CAF_SUITE brain
#include <caf/test/unit_test.hpp>

#include <stdexcept>

#include "domain/text.hpp"
#include "tests/actors/support/task_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using knowledge::agent;

namespace {

assistant::turn_end says(std::string text) {
  assistant::turn_end end;
  end.text = std::move(text);
  return end;
}

/// The model gives up: it says so, and calls the tool.
assistant::turn_end gives_up(std::string text, std::string arguments) {
  auto end = says(std::move(text));
  end.calls.push_back({"c1", "log_knowledge_gap", std::move(arguments), {}});
  return end;
}

/// A stage with a business that is known, and users who ask its agents.
struct brain_stage : task_stage {
  using place = std::shared_ptr<std::optional<result<brain::answered>>>;

  struct asking {
    place answer = std::make_shared<std::optional<result<brain::answered>>>();
    std::shared_ptr<std::string> heard = std::make_shared<std::string>();
  };

  brain_stage() {
    books.data.profile.hours = "Monday to Friday 9 am to 5 pm";
    add("Parking", "There is free parking behind the house.");
    add("Dogs", "Dogs are welcome on a leash.");
    books.data.settings.timezone = "America/New_York";
    start();
    follow();
  }

  identity human() const { return {user, "user:ann", "r-7"}; }
  void add(std::string title, std::string text, std::optional<gap_id> answers = {}) {
    knowledge::chunk_draft d;
    d.title = std::move(title);
    d.text = std::move(text);
    auto fits = knowledge::check(d);
    if (!fits || !books.known.knowledge(human()).add_chunk(
                     chunk_id{make_uuid7(time.now(), random)}, *fits, answers))
      CAF_FAIL("a chunk of the fixture does not fit");
  }

  asking ask(brain::inquiry what, bool streams = true, user_id who = {}) {
    asking a;
    ask_brain message{
        identity{who ? who : user, "user:ann", "r-8"},
        std::move(what), {     }
    };
    if (streams)
      message.on_text = std::make_shared<std::function<void(std::string_view)>>(
          [heard = a.heard](std::string_view text) { *heard += text; });
    auto reply = std::make_shared<responder<brain::answered>>(
        [answer = a.answer](result<brain::answered> r) { *answer = std::move(r); });
    caf::anon_send(life->all->brain, asked_brain{std::move(message), std::move(reply)});
    return a;
  }
  asking ask(std::string text, agent to = agent::aloha, std::optional<chat_id> chat = {}) {
    brain::inquiry what;
    what.to = to;
    what.text = std::move(text);
    what.chat = chat;
    return ask(std::move(what));
  }
  brain::answered got(const asking& a) {
    if (!until([&] { return a.answer->has_value(); }, 30s) || !a.answer->value())
      CAF_FAIL("a question got no answer");
    return a.answer->value().value();
  }
  error refusal(const asking& a) {
    if (!until([&] { return a.answer->has_value(); }, 2min) || a.answer->value())
      CAF_FAIL("a question was not refused");
    return a.answer->value().error();
  }
  support::memory_knowledge::shelf& shelf() { return books.known.of(user); }
  std::vector<brain::message> kept(const chat_id& id) {
    auto all = books.known.chats(human()).messages(id, 200);
    return all ? *all : std::vector<brain::message>{};
  }
  std::size_t costs() const {
    std::size_t n = 0;
    for (const auto& c : books.data.costs)
      n += c.what == assistant::function::chat;
    return n;
  }
};

} // namespace

// Questions of users to their agents.

CAF_TEST_FIXTURE_SCOPE(brain_tests, brain_stage)

CAF_TEST(a covered question is answered with its source and the chat is kept) {
  models.talks = [](const assistant::turn&) {
    return says("There is free parking behind the house. [1]");
  };
  auto a = ask("Do you have parking?");
  auto answer = got(a);
  CAF_CHECK(answer.covered);
  CAF_CHECK_EQUAL(answer.reply, "There is free parking behind the house.");
  CAF_CHECK_EQUAL(std::string(trimmed(*a.heard)), answer.reply);
  CAF_CHECK(!answer.sources.empty());
  CAF_CHECK(!answer.gap);
  CAF_CHECK_EQUAL(answer.by, "openai small");
  CAF_REQUIRE(answer.chat.has_value());
  auto messages = kept(*answer.chat);
  CAF_REQUIRE(messages.size() == 2);
  CAF_CHECK(messages[0].from_user);
  CAF_CHECK_EQUAL(messages[0].text, "Do you have parking?");
  CAF_CHECK(!messages[1].from_user);
  CAF_CHECK_EQUAL(messages[1].text, answer.reply);
  CAF_CHECK(messages[1].sources == answer.sources);
  CAF_CHECK_EQUAL(costs(), 1u);
  CAF_CHECK(shelf().gaps.empty());
}

CAF_TEST(the model is given who asks whom and what is known and said before) {
  books.data.secrets["openai"] = "sk-1";
  models.talks = [](const assistant::turn&) { return says("Dogs are welcome on a leash. [1]"); };
  auto first = got(ask("May I bring my dog?", agent::insight));
  got(ask("And is there parking for it?", agent::insight, first.chat));
  CAF_REQUIRE(models.turns.size() == 2);
  const auto& turn = models.turns.back();
  CAF_CHECK(turn.user == user);
  CAF_REQUIRE(turn.keys.size() == 1);
  CAF_CHECK_EQUAL(turn.keys.front().secret, "sk-1");
  CAF_REQUIRE(turn.tools.size() == 1);
  CAF_CHECK_EQUAL(turn.tools.front().name, "log_knowledge_gap");
  CAF_REQUIRE(turn.chat != nullptr);
  CAF_CHECK(turn.chat->who == agent::insight);
  CAF_CHECK_EQUAL(turn.chat->question, "And is there parking for it?");
  CAF_CHECK_EQUAL(turn.chat->timezone, "America/New_York");
  CAF_CHECK(!turn.chat->found.empty());
  CAF_REQUIRE(turn.chat->before.size() == 2);
  CAF_CHECK(turn.chat->before[0].first);
  CAF_CHECK_EQUAL(turn.chat->before[1].second, first.reply);
  CAF_CHECK_EQUAL(kept(*first.chat).size(), 4u);
  // The engine's own rights are those with which an agent reads.
  CAF_CHECK(!shelf().chats.empty());
}

CAF_TEST(what no source has is not let out and becomes a gap) {
  models.talks = [](const assistant::turn&) {
    return says("There is free parking behind the house. It costs 17 dollars an hour. Enjoy!");
  };
  auto a = ask("What does parking cost?");
  auto answer = got(a);
  CAF_CHECK(!answer.covered);
  CAF_CHECK(answer.reply.find("17") == std::string::npos);
  CAF_CHECK(a.heard->find("17") == std::string::npos);
  CAF_CHECK(a.heard->find("Enjoy") == std::string::npos);
  CAF_CHECK(answer.reply.find(knowledge::does_not_know(agent::aloha)) != std::string::npos);
  CAF_CHECK_EQUAL(std::string(trimmed(*a.heard)), answer.reply);
  CAF_REQUIRE(answer.gap.has_value());
  CAF_CHECK_EQUAL(answer.gap->question, "What does parking cost?");
  CAF_CHECK(answer.gap->from == gap::source::chat);
  CAF_CHECK(answer.gap->context == answer.chat->value);
  auto messages = kept(*answer.chat);
  CAF_REQUIRE(messages.size() == 2);
  CAF_CHECK(messages[1].gap == answer.gap->id);
  CAF_CHECK_EQUAL(books.told(notification::kind::knowledge_gap), 1u);
  drain();
  CAF_CHECK_EQUAL(heard("gap", R"("status":"open")"), 1u);
  CAF_CHECK_EQUAL(heard("notification", R"("kind":"knowledge_gap")"), 1u);
}

CAF_TEST(without a stream nothing but that it is not known is said) {
  models.talks = [](const assistant::turn&) {
    return says("There is free parking behind the house. It costs 17 dollars an hour.");
  };
  brain::inquiry what;
  what.text = "What does parking cost?";
  auto answer = got(ask(what, false));
  CAF_CHECK_EQUAL(answer.reply, knowledge::does_not_know(agent::aloha));
}

CAF_TEST(a model that gives up by its tool words the gap) {
  models.talks = [](const assistant::turn&) {
    return gives_up(
        "I do not know that, and I have noted the question.",
        R"({"question":"Do you sell gift cards?","requested_info":"Whether there are gift cards","category":"services"})");
  };
  auto answer = got(ask("Gift cards?", agent::studio));
  CAF_CHECK(!answer.covered);
  CAF_CHECK_EQUAL(answer.reply, "I do not know that, and I have noted the question.");
  CAF_REQUIRE(answer.gap.has_value());
  CAF_CHECK_EQUAL(answer.gap->question, "Do you sell gift cards?");
  CAF_CHECK_EQUAL(answer.gap->requested_info, "Whether there are gift cards");
  CAF_CHECK(answer.gap->who == agent::studio);
  CAF_CHECK_EQUAL(answer.gap->last_answer, answer.reply);
}

CAF_TEST(a tool call that cannot be read still logs what was asked) {
  models.talks = [](const assistant::turn&) { return gives_up("", R"({"question":7})"); };
  auto answer = got(ask("Do you sell gift cards?"));
  CAF_CHECK_EQUAL(answer.reply, knowledge::does_not_know(agent::aloha));
  CAF_REQUIRE(answer.gap.has_value());
  CAF_CHECK_EQUAL(answer.gap->question, "Do you sell gift cards?");
}

CAF_TEST(an answer that rests on nothing is none) {
  models.talks = [](const assistant::turn&) { return says("Certainly, with pleasure!"); };
  auto answer = got(ask("Do you sell gift cards?"));
  CAF_CHECK(!answer.covered);
  CAF_CHECK(answer.sources.empty());
  CAF_CHECK(answer.gap.has_value());
  CAF_CHECK(answer.reply.find(knowledge::does_not_know(agent::aloha)) != std::string::npos);
}

CAF_TEST(a greeting needs no source and is no gap) {
  models.talks = [](const assistant::turn&) { return says("Hello, how can I help?"); };
  auto answer = got(ask("Hello!"));
  CAF_CHECK(!answer.covered);
  CAF_CHECK_EQUAL(answer.reply, "Hello, how can I help?");
  CAF_CHECK(!answer.gap);
  CAF_CHECK(shelf().gaps.empty());
}

CAF_TEST(the same question again counts and a resolved one comes back) {
  models.talks = [](const assistant::turn&) { return gives_up("", "{}"); };
  auto first = got(ask("Do you sell gift cards?"));
  auto second = got(ask("Do you sell gift cards?", agent::sync));
  CAF_REQUIRE(first.gap && second.gap);
  CAF_CHECK(first.gap->id == second.gap->id);
  CAF_CHECK_EQUAL(second.gap->times_asked, 2);
  CAF_CHECK_EQUAL(books.told(notification::kind::knowledge_gap), 1u);
  auto resolved =
      books.known.knowledge(human()).act(first.gap->id, gap::resolve{"Yes, at the counter.", {}});
  CAF_REQUIRE(resolved.has_value());
  auto third = got(ask("Do you sell gift cards?"));
  CAF_REQUIRE(third.gap.has_value());
  CAF_CHECK(third.gap->id == first.gap->id);
  CAF_CHECK(third.gap->state == gap::status::open);
  CAF_CHECK_EQUAL(third.gap->times_reopened, 1);
  CAF_CHECK_EQUAL(books.told(notification::kind::knowledge_gap), 2u);
}

CAF_TEST(a rehearsal leaves nothing but its cost) {
  models.talks = [](const assistant::turn&) { return gives_up("", "{}"); };
  brain::inquiry what;
  what.text = "Do you sell gift cards?";
  what.rehearsal = true;
  auto answer = got(ask(what, false));
  drain();
  CAF_CHECK(!answer.covered);
  CAF_CHECK(!answer.chat);
  CAF_CHECK(!answer.gap);
  CAF_CHECK(shelf().gaps.empty());
  CAF_CHECK(shelf().chats.empty());
  CAF_CHECK_EQUAL(costs(), 1u);
  models.talks = [](const assistant::turn&) { return says("Dogs are welcome on a leash. [1]"); };
  what.text = "Are dogs welcome?";
  CAF_CHECK(got(ask(what, false)).covered);
  what.text = "Put the dentist on Tuesday at 3 pm into my calendar";
  auto planned = got(ask(what, false));
  CAF_CHECK(!planned.proposal);
  CAF_CHECK(shelf().proposals.empty());
}

CAF_TEST(when all models fail nothing is kept) {
  models.talks = [](const assistant::turn&) -> result<assistant::turn_end> {
    return fail(errc::unavailable, "nobody answered");
  };
  auto why = refusal(ask("Do you have parking?"));
  CAF_CHECK(why.code == errc::unavailable);
  CAF_CHECK(shelf().chats.empty());
  CAF_CHECK(shelf().gaps.empty());
}

CAF_TEST(an answer that cannot be stored is not given and its cost is kept) {
  models.talks = [&](const assistant::turn&) {
    books.admit = [n = 0](const identity&) mutable { return ++n > 1; };
    return gives_up("", "{}");
  };
  auto why = refusal(ask("Do you sell gift cards?"));
  drain();
  CAF_CHECK(why.code == errc::unavailable);
  CAF_CHECK(shelf().chats.empty());
  CAF_CHECK(shelf().gaps.empty());
  CAF_CHECK_EQUAL(costs(), 1u);
  CAF_CHECK_EQUAL(heard("gap", ""), 0u);
}

CAF_TEST(a chat of somebody else is not found) {
  models.talks = [](const assistant::turn&) { return says("Dogs are welcome on a leash. [1]"); };
  auto mine = got(ask("Are dogs welcome?"));
  auto eve = user_id{make_uuid7(time.now(), random)};
  brain::inquiry what;
  what.text = "Are dogs welcome?";
  what.chat = mine.chat;
  CAF_CHECK(refusal(ask(what, false, eve)).code == errc::not_found);
  what.chat = chat_id{make_uuid7(time.now(), random)};
  CAF_CHECK(refusal(ask(what)).code == errc::not_found);
  CAF_CHECK_EQUAL(kept(*mine.chat).size(), 2u);
}

// -- the calendar --

CAF_TEST(a wish becomes a proposal and no model is asked) {
  auto a = ask("Put the dentist on Tuesday at 3 pm into my calendar", agent::sync);
  auto answer = got(a);
  CAF_CHECK(answer.covered);
  CAF_CHECK_EQUAL(*a.heard, answer.reply);
  CAF_CHECK(models.turns.empty());
  CAF_REQUIRE(answer.proposal.has_value());
  CAF_CHECK(answer.proposal->who == agent::sync);
  CAF_CHECK(answer.proposal->from == calendar::origin::chat);
  CAF_CHECK(answer.proposal->context == answer.chat->value);
  CAF_CHECK(answer.proposal->what == calendar::change::create);
  CAF_CHECK(answer.proposal->state == calendar::status::pending);
  CAF_CHECK_EQUAL(answer.proposal->as.timezone, "America/New_York");
  CAF_CHECK(shelf().events.empty()); // nothing changes silently
  auto messages = kept(*answer.chat);
  CAF_REQUIRE(messages.size() == 2);
  CAF_CHECK(messages[1].proposal == answer.proposal->id);
  drain();
  CAF_CHECK_EQUAL(heard("proposal", R"("status":"pending")"), 1u);
  CAF_CHECK_EQUAL(heard("notification", R"("kind":"calendar_proposal")"), 1u);
  CAF_CHECK_EQUAL(books.told(notification::kind::calendar_proposal), 1u);
}

CAF_TEST(what is missing of a wish is asked back and then proposed) {
  auto first = got(ask("Put the dentist into my calendar"));
  CAF_CHECK(!first.covered);
  CAF_CHECK(!first.proposal);
  CAF_CHECK(!first.gap);
  CAF_CHECK(first.reply.find('?') != std::string::npos);
  auto second = got(ask("Tuesday at 3 pm", agent::aloha, first.chat));
  CAF_REQUIRE(second.proposal.has_value());
  CAF_CHECK(models.turns.empty());
  CAF_CHECK_EQUAL(kept(*first.chat).size(), 4u);
}

CAF_TEST(what stands in the calendar is moved and cancelled by proposals) {
  auto made = got(ask("Put the haircut on Tuesday at 3 pm into my calendar"));
  CAF_REQUIRE(made.proposal.has_value());
  auto approved = books.known.calendar(human()).act(made.proposal->id, calendar::approve{});
  CAF_REQUIRE(approved.has_value());
  CAF_REQUIRE(shelf().events.size() == 1);
  const auto before = shelf().events.front().as;
  auto moved = got(ask("Move the haircut to 4 pm"));
  CAF_REQUIRE(moved.proposal.has_value());
  CAF_CHECK(moved.proposal->what == calendar::change::move);
  CAF_CHECK(moved.proposal->event == shelf().events.front().id);
  CAF_CHECK(moved.proposal->as.starts_at - before.starts_at == 1h);
  CAF_CHECK(
      moved.proposal->as.ends_at - moved.proposal->as.starts_at ==
      before.ends_at - before.starts_at);
  auto gone = got(ask("Cancel the haircut"));
  CAF_REQUIRE(gone.proposal.has_value());
  CAF_CHECK(gone.proposal->what == calendar::change::cancel);
  CAF_CHECK(shelf().events.front().as == before); // until the user says yes
  auto none = got(ask("Cancel the massage"));
  CAF_CHECK(!none.proposal);
  CAF_CHECK(!none.covered);
}

CAF_TEST(an agent without the power proposes nothing) {
  models.talks = [](const assistant::turn&) { return gives_up("", "{}"); };
  auto answer = got(ask("Put the dentist on Tuesday at 3 pm into my calendar", agent::insight));
  CAF_CHECK(!answer.proposal);
  CAF_CHECK(shelf().proposals.empty());
  CAF_CHECK_EQUAL(models.turns.size(), 1u);
}

// -- many at once, and trouble --

CAF_TEST(so many questions are answered at once and the others wait or are refused) {
  options.questions_per_user = 2;
  options.questions_queued_per_user = 3;
  restart();
  models.thinks_long = true;
  models.talks = [](const assistant::turn&) { return says("Dogs are welcome on a leash. [1]"); };
  std::vector<asking> all;
  for (int i = 0; i < 6; ++i)
    all.push_back(ask("Are dogs welcome?"));
  drain();
  CAF_CHECK_EQUAL(models.speaking.size(), 2u);
  CAF_REQUIRE(all[5].answer->has_value());
  auto why = refusal(all[5]);
  CAF_CHECK(why.code == errc::rate_limited);
  CAF_CHECK(why.retry_after.has_value());
  // Another user does not wait behind them.
  auto eve = user_id{make_uuid7(time.now(), random)};
  brain::inquiry hers;
  hers.text = "Are dogs welcome?";
  auto other = ask(hers, false, eve);
  drain();
  CAF_CHECK_EQUAL(models.speaking.size(), 3u);
  for (int i = 0; i < 6; ++i) {
    CAF_REQUIRE(!models.speaking.empty());
    models.go_on_speaking();
    drain();
  }
  for (int i = 0; i < 5; ++i)
    CAF_CHECK(all[static_cast<std::size_t>(i)].answer->has_value());
  CAF_CHECK(other.answer->has_value());
  CAF_CHECK_EQUAL(shelf().chats.size(), 5u);
}

CAF_TEST(so many questions of all users are answered at once) {
  options.questions_most = 3;
  options.questions_queued = 2;
  restart();
  models.thinks_long = true;
  models.talks = [](const assistant::turn&) { return says("Hello."); };
  std::vector<asking> all;
  for (int i = 0; i < 6; ++i) {
    brain::inquiry what;
    what.text = "Hello";
    all.push_back(ask(what, false, user_id{make_uuid7(time.now(), random)}));
  }
  drain();
  CAF_CHECK_EQUAL(models.speaking.size(), 3u);
  CAF_REQUIRE(all[5].answer->has_value());
  CAF_CHECK(refusal(all[5]).code == errc::rate_limited);
  for (int i = 0; i < 5; ++i) {
    CAF_REQUIRE(!models.speaking.empty());
    models.go_on_speaking();
    drain();
  }
  for (int i = 0; i < 5; ++i)
    CAF_CHECK(got(all[static_cast<std::size_t>(i)]).chat.has_value());
}

CAF_TEST(a question that breaks loses no other) {
  models.speak_dies = [n = 0]() mutable { return n++ == 0; };
  models.talks = [](const assistant::turn&) { return says("Dogs are welcome on a leash. [1]"); };
  auto one = ask("Are dogs welcome?");
  auto two = ask("May I bring dogs?");
  CAF_CHECK(refusal(one).code == errc::unavailable);
  CAF_CHECK(got(two).covered);
  CAF_CHECK_EQUAL(shelf().chats.size(), 1u);
}

CAF_TEST(a reader that breaks loses no answer) {
  models.talks = [](const assistant::turn&) { return says("Dogs are welcome on a leash. [1]"); };
  asking a;
  brain::inquiry what;
  what.text = "Are dogs welcome?";
  ask_brain message{human(), what, {}};
  message.on_text = std::make_shared<std::function<void(std::string_view)>>(
      [](std::string_view) { throw std::runtime_error("the reader is gone"); });
  auto reply = std::make_shared<responder<brain::answered>>(
      [answer = a.answer](result<brain::answered> r) { *answer = std::move(r); });
  caf::anon_send(life->all->brain, asked_brain{std::move(message), std::move(reply)});
  CAF_CHECK(got(a).covered);
}

CAF_TEST(an answer that never comes is given up and makes room) {
  options.questions_per_user = 1;
  restart();
  models.thinks_long = true;
  auto one = ask("Are dogs welcome?");
  auto two = ask("Are cats welcome?");
  drain();
  CAF_CHECK_EQUAL(models.speaking.size(), 1u);
  CAF_CHECK(refusal(one).code == errc::unavailable);
  CAF_CHECK(!*models.speaking.front().wanted); // it is called off
  drain();
  CAF_CHECK_EQUAL(models.speaking.size(), 2u);
  CAF_CHECK(!two.answer->has_value());
}

CAF_TEST(whoever waits when the engine ends is told so) {
  options.questions_per_user = 1;
  restart();
  models.thinks_long = true;
  auto one = ask("Are dogs welcome?");
  auto two = ask("Are cats welcome?");
  drain();
  crash();
  CAF_REQUIRE(one.answer->has_value() && two.answer->has_value());
  CAF_CHECK(one.answer->value().error().code == errc::unavailable);
  CAF_CHECK(two.answer->value().error().code == errc::unavailable);
  CAF_CHECK(shelf().chats.empty());
}

CAF_TEST_FIXTURE_SCOPE_END()
