#define CAF_SUITE talk_trouble
#include <caf/test/unit_test.hpp>

#include "tests/actors/support/talk_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using then = line_document::next;

// Conversations through crashes and without a database.

CAF_TEST_FIXTURE_SCOPE(talk_trouble_tests, talk_stage)

CAF_TEST(a CALL that dies amid a conversation takes it up again) {
  models.lines = {"Do you have a table for two?", "At seven, please."};
  auto id = answered();
  auto first = got(open(id));
  auto second = got(hear(id, first.number, "Hello, how can I help?"));
  auto deaths = 1;
  models.speak_dies = [&] { return deaths-- > 0; };
  auto lost = hear(id, second.number, "Yes, for when?");
  drain();
  CAF_REQUIRE(lost->has_value());
  CAF_CHECK(lost->value().error().code == errc::unavailable);
  // The carrier asks the same again: it goes to the next CALL, which knows what was said.
  auto third = got(hear(id, second.number, "Yes, for when?"));
  CAF_CHECK(says(third, "At seven, please."));
  CAF_CHECK(third.number > second.number);
  CAF_CHECK_EQUAL(counters->actor_restarts.load(), 1);
  CAF_CHECK(models.turns.back().said.so_far.size() >= 3);
  line.complete(sid_of(id));
  elapse(5s);
  CAF_CHECK(has_no_gap(id));
  CAF_CHECK(talk_of(id).wrapped);
  CAF_CHECK(!says(third, "automated call"));
}

CAF_TEST(a CALL that dies closes its socket and promises another one) {
  in_streams();
  auto id = answered();
  got(open(id));
  auto s = attach(id, 1);
  models.speak_dies = [] { return true; };
  s->tell(talk::words{"Hello, how can I help?", true});
  elapse(100ms);
  CAF_CHECK(s->got<line_closed>());
  models.speak_dies = nullptr;
  models.lines = {"Do you have a table for two?"};
  auto again = got(leave(id));
  CAF_CHECK(again.then == then::relay);
  CAF_CHECK_EQUAL(again.session, 2);
  auto next = attach(id, 2);
  elapse(1s);
  CAF_CHECK(next->words().find("cut off") != std::string::npos);
}

CAF_TEST(an engine that was killed amid a conversation goes on with it) {
  models.lines = {"Do you have a table for two?", "!Thank you, goodbye."};
  auto id = answered();
  auto first = got(open(id));
  auto second = got(hear(id, first.number, "Hello, how can I help?"));
  elapse(1s);
  restart();
  CAF_CHECK_EQUAL(books.loads, 1u);
  auto last = got(hear(id, second.number, "Yes. At seven then, see you."));
  CAF_CHECK(says(last, "Thank you, goodbye."));
  CAF_CHECK(last.then == then::hang_up);
  line.complete(sid_of(id));
  elapse(5s);
  CAF_CHECK(is_over(id));
  CAF_CHECK(has_no_gap(id));
  CAF_CHECK_EQUAL(books.data.wrap_ups, 1u);
  CAF_CHECK(no_attempt_twice());
}

CAF_TEST(a call that ended while no engine ran is processed once by the next one) {
  models.lines = {"Do you have a table for two?"};
  auto id = answered();
  auto first = got(open(id));
  got(hear(id, first.number, "Hello, how can I help you?"));
  elapse(1s);
  crash();
  line.complete(sid_of(id));
  elapse(1s); // its callback is lost
  start();
  CAF_CHECK(until([&] { return is_over(id); }, 30min)); // found by asking the carrier
  elapse(5s);
  CAF_CHECK_EQUAL(books.data.wrap_ups, 1u);
  restart();
  elapse(1min);
  CAF_CHECK_EQUAL(books.data.wrap_ups, 1u);
}

CAF_TEST(without a database the talk goes on and nothing of it is lost) {
  models.lines = {"Do you have a table for two?", "At seven, please.", "!Thank you, goodbye."};
  auto id = answered();
  auto first = got(open(id));
  database.away = true;
  auto second = got(hear(id, first.number, "Hello, how can I help?"));
  CAF_CHECK(says(second, "Do you have a table for two?"));
  elapse(10s);
  auto third = got(hear(id, second.number, "Yes, for when?"));
  CAF_CHECK(says(third, "At seven, please."));
  auto pieces = talk_of(id).pieces.size();
  elapse(10s);
  CAF_CHECK_EQUAL(talk_of(id).pieces.size(), pieces);
  database.away = false;
  elapse(5s);
  CAF_CHECK(transcript(id).find("human: Yes, for when?") != std::string::npos);
  got(hear(id, third.number, "Fine, see you."));
  line.complete(sid_of(id));
  elapse(5s);
  CAF_CHECK(is_over(id));
  CAF_CHECK(has_no_gap(id));
  CAF_CHECK_EQUAL(
      talk_of(id).pieces.size(), heard("segment", "") > 0 ? talk_of(id).pieces.size() : 0u);
}

CAF_TEST(a call that ends while the database is away is stored whole when it is back) {
  models.lines = {"Do you have a table for two?"};
  auto id = answered();
  auto first = got(open(id));
  got(hear(id, first.number, "Hello, how can I help you today?"));
  elapse(1s);
  auto refuse = true;
  database.refuse = [&](const store_change& c) {
    return refuse && std::holds_alternative<change::note_talk>(c);
  };
  line.complete(sid_of(id));
  elapse(10s);
  CAF_CHECK(!is_over(id)); // what was said is stored first
  refuse = false;
  elapse(5s);
  CAF_CHECK(is_over(id));
  CAF_CHECK(talk_of(id).wrapped);
}

CAF_TEST(a note that is never taken does not keep the call open for ever) {
  auto id = answered();
  got(open(id));
  elapse(1s);
  database.refuse = [](const store_change& c) {
    return std::holds_alternative<change::note_talk>(c);
  };
  line.complete(sid_of(id));
  CAF_CHECK(until([&] { return is_over(id); }, 5min));
}

CAF_TEST(the facts of a call are waited for but not for ever) {
  auto id = answered();
  auto allowed = false;
  books.admit = [&](const identity&) { return allowed; };
  auto place = open(id);
  elapse(2s);
  CAF_CHECK(!place->has_value());
  allowed = true;
  CAF_CHECK(says(got(place), "automated call"));
  allowed = false;
  auto other = attempt_id{};
  for (const auto& [key, a] : database.attempts)
    other = key;
  CAF_CHECK(other == id);
  crash();
  start();
  auto late = hear(id, 1, "Hello?");
  elapse(15s);
  CAF_REQUIRE(late->has_value());
  CAF_CHECK(late->value().error().code == errc::unavailable);
}

CAF_TEST(a draining engine takes no requests and writes what was said) {
  auto id = answered();
  got(open(id));
  caf::anon_send(life->all->scheduler, retire{});
  drain();
  auto place = hear(id, 1, "Hello?");
  drain();
  CAF_REQUIRE(place->has_value());
  CAF_CHECK(place->value().error().code == errc::unavailable);
  CAF_CHECK(!talk_of(id).pieces.empty());
}

CAF_TEST_FIXTURE_SCOPE_END()
