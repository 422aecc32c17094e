#define CAF_SUITE talk_notes

#include <caf/test/unit_test.hpp>

#include "tests/persistence/talk_stage.hpp"

using namespace ringmaster;
using ringmaster::test::talk_stage;
using ringmaster::test::test_cluster;

CAF_TEST(what is noted of a call is its transcript and its memory) {
  talk_stage s;
  auto dial = s.talking(s.ann);
  talk::memory now;
  now.turn = 3;
  now.sessions = 2;
  now.who = talk::listener::screening;
  now.detected = "human";
  now.disclosed = now.message_left = now.wrong_number = true;
  now.menus = 1;
  now.silences = 2;
  now.held = talk::milliseconds(4'500);
  now.agreed = money{95'000'000, "USD"};
  now.ended = "the \"end\"";
  auto first = talk_stage::said(1, talk::speaker::assistant, "Hello there");
  auto second = talk_stage::said(
      2, talk::speaker::human, "Yes, {\"who\"}, is it?", talk::sentiment::negative);
  CAF_REQUIRE(s.one<talk_noted>(talk_stage::note(dial, {first, second}, now)).has_value());
  auto cut = first;
  cut.text = "Hello";
  cut.end_ms = 1200;
  CAF_REQUIRE(s.one<talk_noted>(talk_stage::note(dial, {cut}, now)).has_value());

  auto loaded = s.load(talk_stage::as_engine(s.ann), dial.attempt);
  CAF_REQUIRE(loaded.has_value());
  CAF_CHECK(loaded->begun);
  CAF_CHECK(!loaded->wrapped && !loaded->call_ended);
  CAF_CHECK(loaded->known == now);
  CAF_CHECK(loaded->so_far == (std::vector<talk::segment>{cut, second}));
  auto rest = s.book(s.ann, [&](call_book& b) { return b.transcript(dial.attempt, 1); });
  CAF_REQUIRE(rest.has_value());
  CAF_CHECK(*rest == std::vector<talk::segment>{second});
}

CAF_TEST(a note that comes late takes nothing back) {
  talk_stage s;
  auto dial = s.talking(s.ann);
  talk::memory now;
  now.turn = 5;
  now.sessions = 1;
  now.disclosed = true;
  CAF_REQUIRE(s.one<talk_noted>(talk_stage::note(dial, {}, now)).has_value());
  talk::memory old;
  old.turn = 4;
  old.sessions = 2;
  CAF_REQUIRE(s.one<talk_noted>(
                   talk_stage::note(dial, {talk_stage::said(1, talk::speaker::human, "Hi")}, old))
                  .has_value());
  auto known = s.view(s.ann, dial.attempt)->known;
  CAF_CHECK_EQUAL(known.turn, 5);
  CAF_CHECK_EQUAL(known.sessions, 2);
  CAF_CHECK(known.disclosed);
  CAF_CHECK_EQUAL(s.stored("call_segments", dial.attempt), 1);
}

CAF_TEST(a batch takes several notes of one call beside other changes and refuses an unknown call
             alone) {
  talk_stage s;
  auto bob = s.add_user("bob@example.com");
  auto dial = s.talking(s.ann);
  auto other = s.talking(s.ann);
  talk::memory now;
  now.turn = 1;
  auto nobody = talk_stage::note(dial, {talk_stage::said(1, talk::speaker::human, "Hi")}, now);
  nobody.attempt =
      attempt_id{make_uuid7(test_cluster::get().time().now(), test_cluster::get().random())};
  auto theirs =
      talk_stage::note(dial, {talk_stage::said(9, talk::speaker::human, "mine now")}, now);
  theirs.user = bob.user;
  auto later = now;
  later.turn = 2;
  std::vector<store_change> list{
      talk_stage::note(dial, {talk_stage::said(1, talk::speaker::human, "Hi")}, now), nobody,
      talk_stage::callback(other, s.bound(other), call::status::completed, 7), theirs,
      talk_stage::note(
          dial,
          {talk_stage::said(1, talk::speaker::human, "Hi there"),
           talk_stage::said(2, talk::speaker::human, "So")},
          later)};
  auto answers = s.lane->commit(list);
  CAF_CHECK(answers[0].has_value());
  CAF_REQUIRE(!answers[1]);
  CAF_CHECK(answers[1].error().code == errc::not_found);
  CAF_CHECK(answers[2].has_value());
  CAF_REQUIRE(!answers[3]);
  CAF_CHECK(answers[3].error().code == errc::not_found);
  CAF_CHECK(answers[4].has_value());
  auto all = s.book(s.ann, [&](call_book& b) { return b.transcript(dial.attempt); });
  CAF_REQUIRE(all.has_value());
  CAF_REQUIRE_EQUAL(all->size(), 2u);
  CAF_CHECK_EQUAL((*all)[0].text, "Hi there");
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.conversations"), 1);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.call_segments"), 2);
}

CAF_TEST(text that the database would refuse is stored without what it refuses) {
  talk_stage s;
  auto dial = s.talking(s.ann);
  auto piece = talk_stage::said(1, talk::speaker::human, std::string("a\0b\xff", 4));
  talk::memory now;
  now.ended = std::string("x\0y", 3);
  CAF_REQUIRE(s.one<talk_noted>(talk_stage::note(dial, {piece}, now)).has_value());
  auto loaded = s.load(s.ann, dial.attempt);
  CAF_REQUIRE(loaded.has_value());
  CAF_CHECK_EQUAL(loaded->so_far.at(0).text, "ab\xef\xbf\xbd");
  CAF_CHECK_EQUAL(loaded->known.ended, "xy");
}

CAF_TEST(a machine that was heard settles who answered where the carrier said nothing) {
  talk_stage s;
  talk::memory machine;
  machine.who = talk::listener::voicemail;
  auto silent = s.talking(s.ann);
  CAF_REQUIRE(s.one<talk_noted>(talk_stage::note(silent, {}, machine)).has_value());
  auto told = s.talking(s.ann);
  auto amd = talk_stage::callback(told, s.bound(told), call::status::in_progress, 4);
  amd.kind = "amd";
  amd.news.reset();
  amd.answered_by = "human";
  CAF_REQUIRE(s.one<callback_recorded>(amd).has_value());
  CAF_REQUIRE(s.one<talk_noted>(talk_stage::note(told, {}, machine)).has_value());
  auto by = [&](const intent& dial) {
    return s.lane->find_attempt(dial.user, dial.attempt)->answered_by;
  };
  CAF_CHECK_EQUAL(by(silent), "machine_start");
  CAF_CHECK_EQUAL(by(told), "human");
}

CAF_TEST(callbacks of different kinds are different events) {
  talk_stage s;
  auto dial = s.talking(s.ann);
  auto sid = s.bound(dial);
  for (const std::string kind : {"gather", "amd", "recording", "relay", "something"}) {
    auto cb = talk_stage::callback(dial, sid, call::status::in_progress, 1);
    cb.kind = kind;
    cb.news.reset();
    auto once = s.one<callback_recorded>(cb);
    CAF_REQUIRE(once.has_value());
    CAF_CHECK(once->fresh);
    auto twice = s.one<callback_recorded>(cb);
    CAF_REQUIRE(twice.has_value());
    CAF_CHECK(!twice->fresh);
  }
  CAF_CHECK_EQUAL(s.stored("webhook_inbox", dial.attempt), 6);
}

CAF_TEST(the answer request reads how the call is to be held) {
  talk_stage s;
  auto draft = talk_stage::any_time();
  draft.talk.style = talk::style::announcement;
  draft.talk.on_voicemail = talk::machine_action::leave_message;
  draft.talk.message = "Call us back";
  draft.talk.on_menu = talk::menu_action::hang_up;
  draft.talk.menu_keys = "1,3,0";
  draft.talk.record = true;
  draft.talk.result_schema = R"({"type": "object", "properties": {"size": {"type": "integer"}}})";
  auto made = s.make_campaign(s.ann, draft, talk_stage::rows(1, 77));
  CAF_CHECK(made.settings.talk == draft.talk);
  change::steer_campaign start;
  start.who = s.ann;
  start.campaign = made.id;
  CAF_REQUIRE(s.one<campaign_steered>(start).has_value());
  auto dial = s.answered(s.ann, made.id);
  change::open_call open{talk_stage::callback(dial, s.bound(dial), call::status::in_progress, 5)};
  open.callback.kind = "voice";
  auto opened = s.one<call_opened>(open);
  CAF_REQUIRE(opened.has_value());
  auto expected = draft.talk;
  expected.result_schema.clear(); // nobody needs it to answer
  CAF_CHECK(opened->how == expected);
}

CAF_TEST(a start tells which calls are talked on) {
  talk_stage s;
  auto talked = s.talking(s.ann);
  auto rung = s.talking(s.ann);
  s.talk_on(talked);
  auto list = s.lane->accepted_attempts({}, 10);
  CAF_REQUIRE(list.has_value());
  CAF_REQUIRE_EQUAL(list->size(), 2u);
  for (const auto& one : *list) {
    bool is_talked = one.what.attempt == talked.attempt;
    CAF_CHECK_EQUAL(one.talked, is_talked);
    auto found = s.lane->find_attempt(one.what.user, one.what.attempt);
    CAF_REQUIRE(found.has_value());
    CAF_CHECK_EQUAL(found->talked, is_talked);
  }
  CAF_CHECK(rung.attempt != talked.attempt);
  CAF_CHECK(s.lane->doubtful_attempts()->empty());
}
