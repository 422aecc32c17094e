#define CAF_SUITE task_wrap_up
#include <caf/test/unit_test.hpp>

#include <stdexcept>
#include <string>

#include "domain/task.hpp"
#include "tests/domain/task_samples.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using talk::listener;
using task::status;

namespace {

task::wrapped_up found(listener who, std::string summary = "They will call back.") {
  task::wrapped_up w;
  w.found.who = who;
  w.found.summary = std::move(summary);
  return w;
}

task::outcome
after(const task::record& r, const task::act& a, const task::circumstances& c = by_ann()) {
  auto done = task::decide(r, a, c);
  if (!done)
    throw std::logic_error("refused: " + done.error().detail);
  return std::move(*done);
}

task::circumstances retrying() {
  auto c = by_ann();
  c.settings.auto_retry_failed_calls = true;
  return c;
}

} // namespace

CAF_TEST(a call whose findings follow leaves its task in progress and tells nobody) {
  for (auto what : {call::outcome::answered, call::outcome::voicemail}) {
    task::call_ended end{some_campaign, what, "", false};
    end.wrap_up_follows = true;
    auto r = task_in(status::in_progress);
    auto done = after(r, end, retrying());
    CAF_CHECK(done.next.state == status::in_progress);
    CAF_CHECK(done.tell.empty());
    CAF_CHECK(done.audit.empty());
    CAF_CHECK_EQUAL(done.next.version, r.version);
    CAF_CHECK(!done.next.retry_at);
    end.campaign = campaign_id{numbered_uuid(8)};
    CAF_CHECK(!task::decide(r, end, by_ann()));
    end.campaign = some_campaign;
    end.canceled = true;
    CAF_CHECK(after(r, end).next.state == status::canceled);
  }
}

CAF_TEST(somebody who was reached completes the task whatever became of the goal) {
  for (auto who : {listener::human, listener::unknown})
    for (auto goal : {talk::verdict::yes, talk::verdict::no, talk::verdict::unknown}) {
      auto w = found(who);
      w.found.goal_achieved = goal;
      auto done = after(task_in(status::in_progress), w, retrying());
      CAF_CHECK(done.next.state == status::completed);
      CAF_CHECK_EQUAL(done.next.summary, "They will call back.");
      CAF_CHECK_EQUAL(done.audit.size(), 1u);
      CAF_REQUIRE_EQUAL(done.tell.size(), 1u);
      CAF_CHECK(done.tell[0].what == notification::kind::call_completed);
      CAF_CHECK_EQUAL(done.tell[0].text, "They will call back.");
      CAF_CHECK_EQUAL(done.next.version, 6);
    }
  CAF_CHECK_EQUAL(
      after(task_in(status::in_progress), found(listener::human, "")).next.summary,
      "The call was answered.");
}

CAF_TEST(the notice of a completed call tells what was agreed) {
  auto w = found(listener::human);
  talk::value offered, booked, price, code, unknown;
  offered.key = booked.key = "appointment";
  offered.kind = booked.kind = price.kind = talk::value_kind::json;
  offered.parts = {
      {"date",   "2026-11-26"},
      {"time",   "10:00"     },
      {"status", "offered"   }
  };
  booked.parts = {
      {"date",   "2026-11-24"},
      {"time",   "15:00"     },
      {"status", "booked"    }
  };
  price.key = "price";
  price.parts = {
      {"amount",   "95.00"},
      {"currency", "USD"  }
  };
  code.key = "confirmation_number";
  unknown = code;
  code.text = "A-17";
  w.found.values = {offered, unknown, code, price, booked};
  auto done = after(task_in(status::in_progress), w);
  CAF_REQUIRE_EQUAL(done.tell.size(), 1u);
  const auto& lines = done.tell[0].highlights;
  CAF_REQUIRE_EQUAL(lines.size(), 5u);
  CAF_CHECK_EQUAL(lines[0].first, "summary");
  CAF_CHECK_EQUAL(lines[1].first, "appointment");
  CAF_CHECK_EQUAL(lines[1].second, talk::show(booked));
  CAF_CHECK_EQUAL(lines[2].second, talk::show(price));
  CAF_CHECK_EQUAL(lines[3].second, talk::show(code));
  CAF_CHECK_EQUAL(lines[4].first, "calls_made");
}

CAF_TEST(a machine without a message fails and is tried again where the settings say so) {
  for (auto who :
       {listener::voicemail, listener::menu, listener::screening, listener::fax, listener::silence})
    for (bool again : {false, true}) {
      auto around = by_ann();
      around.settings.auto_retry_failed_calls = again;
      auto done = after(task_in(status::in_progress), found(who), around);
      CAF_CHECK(done.next.state == (again ? status::ready_to_call : status::failed));
      CAF_CHECK(done.next.retry_at.has_value() == again);
      CAF_CHECK(!done.next.reason.empty());
      CAF_REQUIRE_EQUAL(done.tell.size(), 1u);
      CAF_CHECK(done.tell[0].what == notification::kind::call_failed);
      CAF_CHECK(done.tell[0].text.find(done.next.reason) != std::string::npos);
    }
  auto last = task_in(status::in_progress);
  last.calls_made = 3;
  CAF_CHECK(after(last, found(listener::voicemail), retrying()).next.state == status::failed);
}

CAF_TEST(a message that was left completes the task and the summary says so) {
  auto w = found(listener::voicemail, "A voicemail answered.");
  w.message_left = true;
  auto done = after(task_in(status::in_progress), w, retrying());
  CAF_CHECK(done.next.state == status::completed);
  CAF_CHECK_EQUAL(done.next.summary, "A voicemail answered. A message was left on the voicemail.");
  w.found.summary = "I left a message for Ann.";
  CAF_CHECK_EQUAL(after(task_in(status::in_progress), w).next.summary, "I left a message for Ann.");
}

CAF_TEST(who wants no calls or is somebody else is not called again) {
  auto stop = found(listener::human);
  stop.found.opt_out = true;
  auto wrong = found(listener::human);
  wrong.found.wrong_number = true;
  for (const auto& w : {stop, wrong}) {
    auto done = after(task_in(status::in_progress), w, retrying());
    CAF_CHECK(done.next.state == status::failed);
    CAF_CHECK(!done.next.retry_at);
    CAF_CHECK_EQUAL(done.next.summary, "They will call back.");
    CAF_REQUIRE_EQUAL(done.tell.size(), 1u);
    CAF_CHECK(done.tell[0].what == notification::kind::call_failed);
  }
  CAF_CHECK_EQUAL(after(task_in(status::in_progress), wrong).next.reason, "it was a wrong number");
}

CAF_TEST(outside of a call only the summary is taken) {
  for (int s = 0; s < 8; ++s) {
    auto state = static_cast<status>(s);
    if (state == status::in_progress)
      continue;
    auto r = task_in(state);
    auto done = after(r, found(listener::voicemail), retrying());
    CAF_CHECK(done.next.state == state);
    CAF_CHECK_EQUAL(done.next.summary, "They will call back.");
    CAF_CHECK_EQUAL(done.next.version, r.version + 1);
    CAF_CHECK(done.tell.empty());
    CAF_CHECK(done.audit.empty());
    auto again = after(done.next, found(listener::voicemail));
    CAF_CHECK_EQUAL(again.next.version, done.next.version);
  }
}

CAF_TEST(the findings of an earlier call do not end a later one) {
  auto w = found(listener::human);
  w.campaign = campaign_id{numbered_uuid(8)};
  auto done = after(task_in(status::in_progress), w);
  CAF_CHECK(done.next.state == status::in_progress);
  CAF_CHECK(done.next.summary.empty());
  w.campaign = some_campaign;
  CAF_CHECK(after(task_in(status::in_progress), w).next.state == status::completed);
}

CAF_TEST(a summary of any length is cut between two characters) {
  std::string text;
  while (text.size() < 5'000)
    text += "\xc3\xa9";
  auto done = after(task_in(status::in_progress), found(listener::human, "x" + text));
  CAF_CHECK_EQUAL(done.next.summary.size(), 3'999u);
}
