#define CAF_SUITE conversations
#include <caf/test/unit_test.hpp>

#include "tests/actors/support/talk_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using then = line_document::next;

// Conversations turn by turn: one document for each request.

CAF_TEST_FIXTURE_SCOPE(conversation_tests, talk_stage)

CAF_TEST(a call is talked through turn by turn and ends settled and processed) {
  models.lines = {"Do you have a table for two at seven?", "!Thank you, goodbye."};
  auto id = answered();
  auto first = got(open(id));
  CAF_CHECK(says(first, "This is an automated call."));
  CAF_CHECK(!first.interruptible);
  CAF_CHECK(first.then == then::listen);
  auto second = got(hear(id, first.number, "Luigi's, good evening, how can I help you?"));
  CAF_CHECK(second.number > first.number);
  CAF_CHECK_EQUAL(words(second), "Do you have a table for two at seven?");
  CAF_CHECK(second.then == then::listen);
  auto last = got(hear(id, second.number, "Yes, seven is fine. See you then."));
  CAF_CHECK(says(last, "Thank you, goodbye."));
  CAF_CHECK(last.then == then::hang_up);
  line.complete(sid_of(id));
  elapse(5s);
  CAF_CHECK(is_over(id));
  CAF_CHECK(has_no_gap(id));
  CAF_CHECK(transcript(id).find("human: Yes, seven is fine.") != std::string::npos);
  CAF_CHECK(heard("segment", R"("speaker":"human")") >= 2);
  CAF_CHECK(heard("segment", R"("text":"Do you have a table for two at seven?")") >= 1);
  CAF_CHECK(talk_of(id).wrapped);
  CAF_CHECK_EQUAL(books.data.wrap_ups, 1u);
  CAF_CHECK_EQUAL(heard("call", R"("what":"processed")"), 1u);
  CAF_CHECK_EQUAL(models.count(assistant::function::extract), 1u);
  CAF_CHECK_EQUAL(costs(assistant::function::turn), 2u);
  CAF_CHECK_EQUAL(costs(assistant::function::extract), 1u);
  const auto& target = database.targets.at(database.attempts.at(id).what.target);
  CAF_CHECK(target.outcome == call::outcome::answered);
  CAF_CHECK(line.hung_up.empty());
}

CAF_TEST(the model is given what was said and the tools) {
  models.lines = {"Seven, please."};
  books.data.secrets["openai"] = "sk-1";
  auto id = answered();
  auto first = got(open(id));
  got(hear(id, first.number, "What time would you like?"));
  CAF_REQUIRE(models.turns.size() == 1);
  const auto& turn = models.turns.front();
  CAF_CHECK(turn.user == user);
  CAF_CHECK(turn.about != nullptr);
  CAF_CHECK(!turn.tools.empty());
  CAF_REQUIRE(!turn.said.so_far.empty());
  CAF_CHECK_EQUAL(turn.said.so_far.back().text, "What time would you like?");
}

CAF_TEST(a slow model is bridged by a filler and its words come with the next document) {
  models.thinks_long = true;
  models.lines = {"Do you have a table for two?"};
  auto id = answered();
  auto first = got(open(id));
  auto asked_at = time.steady;
  auto filler = got(hear(id, first.number, "Good evening, how can I help?"));
  CAF_CHECK(time.steady - asked_at <= options.document_patience + 100ms);
  CAF_CHECK(filler.then == then::again);
  CAF_CHECK(!filler.say.empty());
  auto rest = come_back(id, filler.number);
  elapse(500ms);
  CAF_CHECK(!rest->has_value());
  models.go_on_speaking();
  auto whole = got(rest);
  CAF_CHECK(says(whole, "Do you have a table for two?"));
  CAF_CHECK(whole.then == then::listen);
  CAF_CHECK_EQUAL(models.turns.size(), 1u);
}

CAF_TEST(words that are ready before the carrier comes back are given at once) {
  models.thinks_long = true;
  models.lines = {"Do you have a table for two?"};
  auto id = answered();
  auto filler = got(hear(id, got(open(id)).number, "Good evening, how can I help?"));
  models.go_on_speaking();
  drain();
  CAF_CHECK(line.redirects.empty());
  auto rest = come_back(id, filler.number);
  drain();
  CAF_REQUIRE(rest->has_value());
  CAF_CHECK(says(rest->value().value(), "Do you have a table for two?"));
}

CAF_TEST(a request that is repeated gets the same document) {
  models.lines = {"First answer, with a question?", "Second answer, with a question?"};
  auto id = answered();
  auto first = got(open(id));
  CAF_CHECK_EQUAL(got(open(id)).number, first.number);
  auto second = got(hear(id, first.number, "Hello there, who is this?"));
  auto again = got(hear(id, first.number, "Hello there, who is this?"));
  CAF_CHECK_EQUAL(again.number, second.number);
  CAF_CHECK(again.say == second.say);
  CAF_CHECK_EQUAL(models.turns.size(), 1u);
  auto third = got(hear(id, second.number, "And what do you want?"));
  CAF_CHECK(third.number > second.number);
  // One that comes very late changes nothing.
  CAF_CHECK_EQUAL(got(hear(id, first.number, "Hello there, who is this?")).number, third.number);
  CAF_CHECK_EQUAL(got(open(id)).number, third.number);
  CAF_CHECK_EQUAL(models.turns.size(), 2u);
}

CAF_TEST(requests repeated while the answer is made are all answered) {
  models.thinks_long = true;
  models.lines = {"Do you have a table?"};
  auto id = answered();
  auto first = got(open(id));
  auto one = hear(id, first.number, "Hello, how can I help?");
  auto two = hear(id, first.number, "Hello, how can I help?");
  drain();
  models.go_on_speaking();
  CAF_CHECK_EQUAL(got(one).number, got(two).number);
  CAF_CHECK_EQUAL(models.turns.size(), 1u);
}

CAF_TEST(a wish not to be called is stored before anything is said to it) {
  auto id = answered();
  auto first = got(open(id));
  auto last = got(hear(id, first.number, "Take me off your list and stop calling me."));
  CAF_CHECK(last.then == then::hang_up);
  CAF_REQUIRE(books.data.opted_out.size() == 1);
  CAF_CHECK_EQUAL(
      books.data.opted_out.front().second, "Take me off your list and stop calling me.");
  CAF_CHECK(models.turns.empty());
  line.complete(sid_of(id));
  elapse(5s);
  CAF_CHECK(talk_of(id).now.opted_out);
  CAF_CHECK(talk_of(id).found.opt_out);
}

CAF_TEST(a wish not to be called is stored also if the database is away at that moment) {
  auto id = answered();
  auto first = got(open(id));
  auto allowed = false;
  books.admit = [&](const identity&) { return allowed; };
  auto last = got(hear(id, first.number, "Stop calling me."));
  CAF_CHECK(last.then == then::hang_up); // it does not wait for ever
  CAF_CHECK(books.data.opted_out.empty());
  elapse(3s);
  allowed = true;
  elapse(3s);
  CAF_CHECK_EQUAL(books.data.opted_out.size(), 1u);
}

CAF_TEST(what the owner says interrupts the listening) {
  models.lines = {"Do you have a table for two?"};
  auto id = answered();
  auto first = got(open(id));
  auto second = got(hear(id, first.number, "Hello, how can I help?"));
  auto place = control(id, talk::owner_says{"Ask for the garden, please."});
  drain();
  CAF_REQUIRE(place->has_value());
  CAF_CHECK(place->value().has_value());
  CAF_REQUIRE(line.redirects.size() == 1);
  auto number = line.redirects.front().second;
  CAF_CHECK(number > second.number);
  CAF_CHECK(line.redirects.front().first == sid_of(id));
  auto doc = got(hear(id, number, {}));
  CAF_CHECK_EQUAL(words(doc), "Ask for the garden, please.");
  CAF_CHECK(doc.then == then::listen);
  CAF_CHECK(doc.number > number);
}

CAF_TEST(a whisper is followed by the next turn) {
  models.lines = {"One.", "Two."};
  auto id = answered();
  auto first = got(open(id));
  control(id, talk::owner_whispers{"Ask whether they have parking."});
  drain();
  CAF_CHECK(line.redirects.empty());
  got(hear(id, first.number, "Hello, how can I help?"));
  CAF_REQUIRE(models.turns.size() == 1);
  CAF_CHECK_EQUAL(models.turns.front().said.whisper, "Ask whether they have parking.");
}

CAF_TEST(the owner hangs up and the carrier is told even if it does not come back) {
  auto id = answered();
  got(open(id));
  auto place = control(id, talk::owner_hangs_up{});
  drain();
  CAF_REQUIRE(place->has_value() && place->value().has_value());
  CAF_CHECK(until([&] { return is_over(id); }, 30s));
  CAF_CHECK_EQUAL(line.hung_up.size(), 1u);
  auto late = control(id, talk::owner_says{"Hello"});
  drain();
  CAF_REQUIRE(late->has_value());
  CAF_CHECK(late->value().error().code == errc::wrong_state);
}

CAF_TEST(calls are handed to known numbers only and steered by their owner only) {
  auto mine = phone_number::from_canonical("+12125550199");
  books.data.how_to_talk.transfers = {mine};
  auto id = answered();
  auto early = control(id, talk::owner_says{"Hello"});
  drain();
  CAF_REQUIRE(early->has_value());
  CAF_CHECK(early->value().error().code == errc::wrong_state); // nobody has talked yet
  got(open(id));
  auto strange = control(id, talk::owner_transfers{phone_number::from_canonical("+12125550177")});
  auto other = ask<control_call, control_taken>({
      identity{user_id{make_uuid7(time.now(), random)}, "user:eve", {}},
      id,
      talk::owner_says{"x"                                    }
  });
  drain();
  CAF_REQUIRE(strange->has_value() && other->has_value());
  CAF_CHECK(strange->value().error().code == errc::invalid);
  CAF_CHECK(other->value().error().code == errc::not_found);
  auto fine = control(id, talk::owner_transfers{mine});
  drain();
  CAF_REQUIRE(fine->has_value() && fine->value().has_value());
  CAF_REQUIRE(line.redirects.size() == 1);
  auto doc = got(hear(id, line.redirects.front().second, {}));
  CAF_CHECK(doc.then == then::connect);
  CAF_CHECK(doc.to == mine);
}

CAF_TEST(a machine that the carrier detects late is judged and settled as one) {
  models.lines = {"Hello?"};
  auto id = answered();
  auto first = got(open(id));
  change::record_callback amd;
  amd.user = user;
  amd.attempt = id;
  amd.kind = "amd";
  amd.sid = sid_of(id);
  amd.answered_by = "machine_start";
  line.callback(amd);
  elapse(1s);
  CAF_CHECK(talk_of(id).now.who == talk::listener::voicemail);
  auto interrupted = !line.redirects.empty();
  auto number = interrupted ? line.redirects.front().second : first.number;
  auto doc = got(hear(id, number, interrupted ? "" : "Please leave a message after the tone."));
  CAF_CHECK(doc.then == then::hang_up); // the settings say so
  line.complete(sid_of(id));
  elapse(5s);
  const auto& target = database.targets.at(database.attempts.at(id).what.target);
  CAF_CHECK(target.outcome == call::outcome::voicemail);
}

CAF_TEST(the line of another call and a call that nobody knows are not found) {
  auto id = answered();
  auto wrong =
      ask<open_line, line_document>({user, id, call_sid{"CA0000000000000000000000000000beef"}});
  auto nobody = open_line{user, attempt_id{make_uuid7(time.now(), random)}, sid_of(id)};
  auto unknown = ask<open_line, line_document>(nobody);
  elapse(1s);
  CAF_REQUIRE(wrong->has_value() && unknown->has_value());
  CAF_CHECK(wrong->value().error().code == errc::not_found);
  CAF_CHECK(unknown->value().error().code == errc::not_found);
}

CAF_TEST(a call that only rings loads nothing) {
  line.choose = nullptr;
  line.choose = [](const create_order&) { return virtual_carrier::fate{}; };
  auto campaign = running(3);
  start();
  CAF_CHECK(until([&] { return database.ended_targets(campaign) == 3; }, 5min));
  CAF_CHECK_EQUAL(books.loads, 0u);
  CAF_CHECK(database.talks.empty());
}

CAF_TEST_FIXTURE_SCOPE_END()
