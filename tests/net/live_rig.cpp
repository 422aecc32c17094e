#include "tests/net/live_rig.hpp"

#include <chrono>

namespace ringmaster::net_tests {

namespace {

talk::findings results() {
  talk::findings f;
  f.summary = "An appointment was made.";
  f.goal_achieved = talk::verdict::yes;
  f.mood = talk::sentiment::positive;
  f.who = talk::listener::human;
  talk::value slot;
  slot.key = "appointment";
  slot.kind = talk::value_kind::json;
  slot.parts = {
      {"date",                "2026-11-24"},
      {"time",                "15:00"     },
      {"confirmation_number", "A-17"      },
      {"status",              "booked"    }
  };
  slot.segments = {1, 2};
  talk::value guests;
  guests.key = "result.guests";
  guests.kind = talk::value_kind::number;
  guests.text = "2";
  guests.segments = {2};
  guests.contradiction = "the callee said 2 and later 3";
  talk::value note;
  note.key = "result.note";
  f.values = {slot, guests, note};
  return f;
}

} // namespace

live_rig::live_rig() : id{desk.make_id()} {
  call::view c;
  c.id = id;
  c.to = phone_number::from_canonical("+14155550100");
  c.from = phone_number::from_canonical("+14155550199");
  c.attempt_state = "accepted";
  c.sid = call_sid{"CA0123456789abcdef0123456789abcdef"};
  c.state = call::status::in_progress;
  c.created_at = c.started_at = c.answered_at = time.wall;
  desk.data.calls.emplace_back(ann, c);

  memory_desk::owned_talk t;
  t.user = ann;
  t.view.id = id;
  t.view.begun_at = time.wall;
  t.view.known.who = talk::listener::human;
  t.view.known.disclosed = true;
  t.said = {
      {1, talk::speaker::assistant, 0,    4000, "This is an automated call.",          {}},
      {2, talk::speaker::human,     4100, 7000, "Tuesday at three, the code is A-17.", {}},
      {3, talk::speaker::assistant, 7400, 9000, "Thank you. Goodbye.",                 {}}
  };
  desk.data.talks.push_back(t);
}

void live_rig::ring_only() {
  call().state = call::status::ringing;
  call().answered_at.reset();
}

void live_rig::end_call() {
  call().state = call::status::completed;
  call().ended_at = time.wall;
  call().outcome = "answered";
}

void live_rig::find_results() {
  auto& v = stored().view;
  v.found = results();
  v.found_by = "rules";
  v.wrapped_at = time.wall;
  v.times_wrapped = 1;
}

void live_rig::ask_question() {
  talk::owner_question q;
  q.n = 1;
  q.text = "They ask for 95 dollars. Shall I agree?";
  q.amount = money{95'000'000, "USD"};
  stored().view.known.questions = {q};
}

void live_rig::allow_transfer(const std::string& number) {
  desk.data.settings[ann].transfer_numbers = {number};
}

void live_rig::take_controls() {
  engine.control_call_ = [this](const control_call& m) -> result<control_taken> {
    taken.push_back(m.what);
    return control_taken{stored().view.known};
  };
}

void live_rig::take_processing() {
  engine.process_call_ = [this](const process_call& m) -> result<talk::wrapped> {
    processed.push_back(m.attempt);
    talk::wrapped w;
    w.found = results();
    w.task = of_task;
    w.follow_ups = {task_id{desk.make_id()}};
    w.follow_ups_made = 1;
    return w;
  };
}

} // namespace ringmaster::net_tests
