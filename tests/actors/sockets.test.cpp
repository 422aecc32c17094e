#define CAF_SUITE sockets
#include <caf/test/unit_test.hpp>

#include "tests/actors/support/talk_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using then = line_document::next;

// Conversations by a socket: promised, attached once, lost, and there again.

CAF_TEST_FIXTURE_SCOPE(socket_tests, talk_stage)

CAF_TEST(a call is talked through by its socket) {
  in_streams();
  models.lines = {"Do you have a table for two?", "!Thank you, goodbye."};
  auto id = answered();
  auto doc = got(open(id));
  CAF_CHECK(doc.then == then::relay);
  CAF_CHECK_EQUAL(doc.session, 1);
  CAF_CHECK_EQUAL(talk_of(id).now.sessions, 1); // stored before it was promised
  auto s = attach(id, 1);
  CAF_REQUIRE(!s->refused);
  CAF_CHECK(s->words().find("This is an automated call.") != std::string::npos);
  s->tell(talk::words{"Luigi's, how can I help you?", true});
  elapse(1s);
  CAF_CHECK(s->words().find("Do you have a table for two?") != std::string::npos);
  elapse(4s);
  s->tell(talk::words{"Yes, seven is fine. See you then.", true});
  elapse(1s);
  CAF_CHECK(s->words().find("Thank you, goodbye.") != std::string::npos);
  CAF_CHECK(s->got<talk::hang_up>());
  s->tell(talk::line_lost{});
  auto after = got(leave(id, true));
  CAF_CHECK(after.then == then::hang_up);
  line.complete(sid_of(id));
  elapse(5s);
  CAF_CHECK(is_over(id));
  CAF_CHECK(has_no_gap(id));
  CAF_CHECK(talk_of(id).wrapped);
  CAF_CHECK(line.hung_up.empty());
}

CAF_TEST(a socket is let in once and only for its own call) {
  in_streams();
  auto id = answered();
  CAF_CHECK(attach(id, 1)->refused.has_value()); // nobody promised one
  got(open(id));
  auto strange = attach(id, 1, call_sid{"CA0000000000000000000000000000beef"});
  CAF_REQUIRE(strange->refused.has_value());
  CAF_CHECK(strange->refused->code == errc::not_found);
  CAF_CHECK(attach(id, 2)->refused->code == errc::conflict);
  CAF_CHECK(!attach(id, 1)->refused);
  auto second = attach(id, 1);
  CAF_REQUIRE(second->refused.has_value());
  CAF_CHECK(second->refused->code == errc::conflict);
  CAF_CHECK(second->sent.empty());
}

CAF_TEST(a promise that is repeated is the same one) {
  in_streams();
  auto id = answered();
  CAF_CHECK_EQUAL(got(open(id)).number, got(open(id)).number);
  CAF_CHECK_EQUAL(talk_of(id).now.sessions, 1);
}

CAF_TEST(a lost socket gets a successor and the conversation goes on) {
  in_streams();
  models.lines = {"Do you have a table for two?", "At seven, please."};
  auto id = answered();
  got(open(id));
  auto s = attach(id, 1);
  s->tell(talk::words{"Hello, how can I help?", true});
  elapse(4s);
  s->tell(talk::line_lost{});
  auto again = got(leave(id));
  CAF_CHECK(again.then == then::relay);
  CAF_CHECK_EQUAL(again.session, 2);
  CAF_CHECK_EQUAL(attach(id, 1)->refused->code == errc::conflict, true);
  auto next = attach(id, 2);
  CAF_REQUIRE(!next->refused);
  CAF_CHECK(next->words().find("cut off") != std::string::npos);
  CAF_CHECK(next->words().find("automated call") == std::string::npos);
  next->tell(talk::words{"Yes, for when?", true});
  elapse(1s);
  CAF_CHECK(next->words().find("At seven, please.") != std::string::npos);
  // What the old one still has to say is not heard.
  auto said = models.turns.size();
  s->tell(talk::words{"Old words that nobody said", true});
  elapse(1s);
  CAF_CHECK_EQUAL(models.turns.size(), said);
  elapse(25s);
  CAF_CHECK(line.hung_up.empty()); // the patience with the lost one is over
}

CAF_TEST(sockets are not promised for ever) {
  in_streams();
  auto id = answered();
  auto doc = got(open(id));
  auto promised = 0;
  while (doc.then == then::relay && ++promised < 20) {
    auto s = attach(id, doc.session);
    CAF_REQUIRE(!s->refused);
    s->tell(talk::line_lost{});
    doc = got(leave(id));
  }
  CAF_CHECK_EQUAL(promised, 5);
  CAF_CHECK(doc.then == then::hang_up);
}

CAF_TEST(a call whose socket is gone and whose carrier is silent is ended) {
  in_streams();
  auto id = answered();
  got(open(id));
  auto s = attach(id, 1);
  s->tell(talk::line_lost{});
  CAF_CHECK(until([&] { return is_over(id); }, options.line_patience + 30s));
  CAF_CHECK_EQUAL(line.hung_up.size(), 1u);
}

CAF_TEST(a call that is to end and does not is ended by the carrier) {
  in_streams();
  auto id = answered();
  got(open(id));
  auto s = attach(id, 1);
  auto place = control(id, talk::owner_hangs_up{});
  drain();
  CAF_REQUIRE(place->has_value() && place->value().has_value());
  CAF_CHECK(s->got<talk::hang_up>());
  CAF_CHECK(until([&] { return is_over(id); }, 60s));
  CAF_CHECK_EQUAL(line.hung_up.size(), 1u);
}

CAF_TEST(the end of a call closes its socket) {
  in_streams();
  auto id = answered();
  got(open(id));
  auto s = attach(id, 1);
  line.complete(sid_of(id));
  elapse(5s);
  CAF_CHECK(is_over(id));
  CAF_CHECK(s->got<line_closed>());
  s->tell(talk::words{"Hello?", true}); // nobody is there any more
  elapse(1s);
  CAF_CHECK(models.turns.empty());
}

CAF_TEST(the silence of the other end is noticed by the clock) {
  in_streams();
  auto id = answered();
  got(open(id));
  auto s = attach(id, 1);
  auto before = s->words();
  CAF_CHECK(until([&] { return s->words() != before; }, 40s));
  CAF_CHECK(until([&] { return s->got<talk::hang_up>(); }, 2min));
}

CAF_TEST(a turn that was cut is not spoken later) {
  in_streams();
  models.thinks_long = true;
  models.lines = {"This is the first answer.", "This is the second answer."};
  auto id = answered();
  got(open(id));
  auto s = attach(id, 1);
  elapse(4s);
  auto turns = models.turns.size();
  s->tell(talk::words{"Hello, who is this?", true});
  drain();
  s->tell(talk::words{"And what do you want from us?", true});
  drain();
  CAF_REQUIRE(models.turns.size() == turns + 2);
  CAF_REQUIRE(models.speaking.size() >= 2);
  auto old = models.speaking[models.speaking.size() - 2];
  CAF_CHECK(!*old.wanted);
  auto now = models.speaking.back();
  now.say("This is what counts. ");
  now.end(assistant::turn_end{"This is what counts. ", {}, {}});
  elapse(1s);
  CAF_CHECK(s->words().find("This is what counts.") != std::string::npos);
}

CAF_TEST_FIXTURE_SCOPE_END()
