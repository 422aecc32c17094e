// Appointments that calls have booked become proposals when the call is wrapped up.

#define CAF_SUITE calendar_wrap_up

#include <caf/test/unit_test.hpp>

#include "tests/persistence/knowledge_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::test;

CAF_TEST(a call that booked an appointment proposes it once) {
  talk_stage s;
  assistant_settings settings;
  settings.timezone = "America/New_York";
  s.any_hour(s.ann, settings);
  auto dial = s.talking(s.ann);
  s.talk_on(dial);
  s.end(dial);
  auto found = talk_stage::found();
  found.values.push_back({
      "appointment",
      talk::value_kind::json,
      "",
      {{"date", "2026-11-24"},
        {"time", "15:00"},
        {"status", "booked"},
        {"confirmation_number", "A17"}},
      {2, 4},
      ""
  });
  auto offered = found.values.back();
  offered.parts = {
      {"date",   "2026-11-25"},
      {"time",   "09:00"     },
      {"status", "offered"   }
  };
  found.values.push_back(offered);
  auto first = s.wrap(s.ann, dial.attempt, found);
  CAF_REQUIRE(first.has_value());
  CAF_REQUIRE_EQUAL(first->proposals.size(), 1u);
  auto p = task_stage::must(s.at_desk(
      s.ann, [&](desk_work& w) { return w.calendar().find_proposal(first->proposals[0]); }));
  CAF_CHECK(p.state == calendar::status::pending);
  CAF_CHECK(p.who == knowledge::agent::aloha);
  CAF_CHECK(p.from == calendar::origin::call);
  CAF_CHECK(p.context == dial.attempt.value);
  CAF_CHECK_EQUAL(p.as.timezone, "America/New_York");
  CAF_CHECK_EQUAL(db::timestamp_text(p.as.starts_at), "2026-11-24 20:00:00.000000+00");
  CAF_CHECK_EQUAL(
      s.number("select count(*) from ringmaster.notifications where kind = 'calendar_proposal'"),
      1);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.calendar_events"), 0);

  // Nothing new by wrapping up again, with or without new findings; another time is another one.
  auto same = s.wrap(s.ann, dial.attempt, found);
  CAF_CHECK(same->proposals == first->proposals);
  auto again = s.wrap(s.ann, dial.attempt, found, true);
  CAF_CHECK(again->fresh);
  CAF_CHECK(again->proposals == first->proposals);
  found.values.back().parts = {
      {"date",   "2026-11-25"},
      {"time",   "09:00"     },
      {"status", "booked"    }
  };
  auto other = s.wrap(s.ann, dial.attempt, found, true);
  CAF_REQUIRE_EQUAL(other->proposals.size(), 2u);
  CAF_CHECK(other->proposals[0] == first->proposals[0]);
}

CAF_TEST(the call of a task proposes under the name of its contact) {
  talk_stage s;
  s.any_hour(s.ann);
  contact::checked dentist;
  dentist.name = "Dr. Grace";
  dentist.number = phone_number::from_canonical("+14155550123");
  auto known = task_stage::must(s.at_desk(s.ann, [&](desk_work& w) {
    return w.contacts().create(
        contact_id{make_uuid7(w.now(), test_cluster::get().random())}, dentist);
  }));
  auto wish = task_stage::wish("Book a check-up");
  wish.contact = known.id;
  auto made = task_stage::must(s.create(s.ann, wish));
  auto task = task_stage::must(s.act(talk_stage::as_engine(s.ann), made.id, task_stage::planned()));
  auto dial = s.talking(s.ann, task.id);
  s.talk_on(dial);
  s.end(dial);
  auto found = talk_stage::found();
  found.values.push_back({
      "appointment",
      talk::value_kind::json,
      "",
      {{"date", "2026-11-24"}, {"time", "15:00"}, {"status", "booked"}},
      {2,                      4                                      },
      ""
  });
  auto done = s.wrap(s.ann, dial.attempt, found);
  CAF_REQUIRE(done.has_value());
  CAF_REQUIRE_EQUAL(done->proposals.size(), 1u);
  auto p = task_stage::must(s.at_desk(
      s.ann, [&](desk_work& w) { return w.calendar().find_proposal(done->proposals[0]); }));
  CAF_CHECK(p.from == calendar::origin::task);
  CAF_CHECK(p.as.title.find("Dr. Grace") != std::string::npos);
  CAF_CHECK(p.reason.find("Dr. Grace") != std::string::npos);
  // A wrapping up that is cut short proposes nothing.
  auto second = s.talking(s.ann);
  s.talk_on(second);
  s.end(second);
  auto cut = s.at_desk(talk_stage::as_engine(s.ann), [&](desk_work& w) -> result<void> {
    CAF_CHECK_EQUAL(
        w.conversations().wrap_up(second.attempt, found, "rules", "", false)->proposals.size(), 1u);
    return fail(errc::unavailable, "killed");
  });
  CAF_CHECK(!cut);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.calendar_proposals"), 1);
}

CAF_TEST(the call of a task without a contact proposes under the name that its plan has found) {
  talk_stage s;
  s.any_hour(s.ann);
  auto made = task_stage::must(
      s.create(s.ann, task_stage::wish("Book a table at Harbor Grill", "+14155550124")));
  auto plan = task_stage::planned();
  plan.plan.company_name = "Harbor Grill";
  auto task = task_stage::must(s.act(talk_stage::as_engine(s.ann), made.id, plan));
  auto dial = s.talking(s.ann, task.id);
  s.talk_on(dial);
  s.end(dial);
  auto found = talk_stage::found();
  found.values.push_back({
      "appointment",
      talk::value_kind::json,
      "",
      {{"date", "2026-11-27"}, {"time", "19:00"}, {"status", "booked"}},
      {2,                      4                                      },
      ""
  });
  auto done = s.wrap(s.ann, dial.attempt, found);
  CAF_REQUIRE(done.has_value());
  CAF_REQUIRE_EQUAL(done->proposals.size(), 1u);
  auto p = task_stage::must(s.at_desk(
      s.ann, [&](desk_work& w) { return w.calendar().find_proposal(done->proposals[0]); }));
  CAF_CHECK_EQUAL(p.as.title, "Appointment with Harbor Grill");
}
