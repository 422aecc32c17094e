#define CAF_SUITE task_steps
#include <caf/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "domain/task.hpp"
#include "tests/domain/task_samples.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using task::status;

namespace {

constexpr int statuses = 8;

talk::findings found(
    std::string summary, talk::listener who = talk::listener::unknown, bool opt_out = false) {
  talk::findings made;
  made.summary = std::move(summary);
  made.who = who;
  made.opt_out = opt_out;
  return made;
}

std::vector<task::act> all_acts() {
  task::patch title;
  title.title = "Another title";
  return {
      task::begin_planning{},
      good_plan(),
      task::planning_failed{"no provider answered"},
      edit(title),
      task::approved{},
      task::discarded{},
      task::call_begun{some_campaign},
      task::call_ended{some_campaign, call::outcome::answered, "", false},
      task::wrapped_up{found("They were there.")}};
}
const std::vector<std::string> act_names{"begin",   "planned", "unplanned", "edit",
                                         "approve", "discard", "begun",     "ended",
                                         "wrapped"};

std::string told(const result<task::outcome>& r) {
  return r ? std::string{to_string(r->next.state)} : std::string{to_string(r.error().code)};
}

/// The outcome, which must be there.
task::outcome after(const task::record& r, const task::act& a, const task::circumstances& c = by_ann()) {
  auto done = task::decide(r, a, c);
  if (!done)
    throw std::logic_error("refused: " + done.error().detail);
  return std::move(*done);
}

std::string pointer_of(const result<task::outcome>& r) {
  return r || r.error().fields.empty() ? "" : r.error().fields[0].pointer + ' ' + r.error().fields[0].code;
}

std::string kinds_of(const task::outcome& o) {
  std::string out;
  for (const auto& n : o.tell)
    out += (out.empty() ? "" : " ") + std::string{notification::to_string(n.what)};
  return out;
}

std::string trail_of(const task::outcome& o) {
  std::string out;
  for (const auto& t : o.audit)
    out += (out.empty() ? "" : "; ") + t.action + ' ' + std::string{to_string(t.from)} + ' ' +
           std::string{to_string(t.to)};
  return out;
}

/// A plan that leaves a question open.
task::planned unclear_plan() {
  auto p = good_plan();
  p.questions = {{"date", "Which day?", true}, {"name", "Which name?", false}};
  return p;
}

task::record waiting_for_number() {
  auto r = task_in(status::pending);
  r.number.reset();
  return after(r, good_plan()).next;
}

} // namespace

CAF_TEST(every state meets every act as the life says) {
  std::string found;
  for (int s = 0; s < statuses; ++s) {
    auto from = static_cast<status>(s);
    auto acts = all_acts();
    for (std::size_t a = 0; a < acts.size(); ++a) {
      auto done = task::decide(task_in(from), acts[a], by_ann());
      if (done) {
        found += std::string{to_string(from)} + ' ' + act_names[a] + ' ' + told(done) + '\n';
        continue;
      }
      CAF_CHECK(done.error().code == errc::wrong_state);
      CAF_CHECK_EQUAL(done.error().current_status, to_string(from));
      CAF_CHECK(done.error().allowed_transitions == task::next_of(from));
    }
  }
  const std::string expected = "pending begin preparing\n"
                               "pending planned ready_to_call\n"
                               "pending unplanned failed\n"
                               "pending edit pending\n"
                               "pending discard cancelled\n"
                               "pending wrapped pending\n"
                               "preparing planned ready_to_call\n"
                               "preparing unplanned failed\n"
                               "preparing edit preparing\n"
                               "preparing discard cancelled\n"
                               "preparing wrapped preparing\n"
                               // Nothing is open any more: the edit moves it on.
                               "waiting_for_user edit ready_to_call\n"
                               "waiting_for_user discard cancelled\n"
                               "waiting_for_user wrapped waiting_for_user\n"
                               "ready_to_call edit ready_to_call\n"
                               "ready_to_call discard cancelled\n"
                               "ready_to_call begun in_progress\n"
                               "ready_to_call wrapped ready_to_call\n"
                               "in_progress ended completed\n"
                               "in_progress wrapped completed\n"
                               "completed wrapped completed\n"
                               "failed edit failed\n"
                               "failed discard cancelled\n"
                               "failed wrapped failed\n"
                               // Its end comes late, and changes nothing.
                               "cancelled ended cancelled\n"
                               "cancelled wrapped cancelled\n";
  CAF_CHECK_EQUAL(found, expected);
}

CAF_TEST(an explicit step is taken only along the table and only where a user may take it) {
  for (int from = 0; from < statuses; ++from) {
    for (int to = 0; to < statuses; ++to) {
      auto a = static_cast<status>(from), b = static_cast<status>(to);
      auto done = task::decide(task_in(a), set_status(b), by_ann());
      bool by_hand = b == status::waiting_for_user || b == status::ready_to_call || b == status::canceled;
      if (task::allows(a, b) && by_hand) {
        CAF_CHECK_EQUAL(told(done), std::string{to_string(b)});
      } else if (task::allows(a, b)) {
        CAF_CHECK_EQUAL(pointer_of(done), "/status not_by_hand");
      } else {
        CAF_CHECK_EQUAL(told(done), "wrong_state");
        if (!done)
          CAF_CHECK(done.error().allowed_transitions == task::next_of(a));
      }
    }
  }
}

CAF_TEST(ready by hand needs number answers and approval) {
  for (auto from : {status::pending, status::preparing, status::waiting_for_user, status::failed}) {
    auto r = task_in(from);
    r.number.reset();
    CAF_CHECK_EQUAL(pointer_of(task::decide(r, set_status(status::ready_to_call), by_ann())),
                    "/status number_needed");
    r = task_in(from);
    r.questions = {{"date", "Which day?", true}};
    CAF_CHECK_EQUAL(pointer_of(task::decide(r, set_status(status::ready_to_call), by_ann())),
                    "/answers/date answer_needed");
    r = task_in(from);
    r.needs_user_confirmation = true;
    CAF_CHECK_EQUAL(pointer_of(task::decide(r, set_status(status::ready_to_call), by_ann())),
                    "/status approval_needed");
  }
}

CAF_TEST(a plan with nothing missing is ready and the words of the user win) {
  auto r = task_in(status::preparing);
  r.max_price = dollars(10);
  r.hard_constraints = {"after 5"};
  auto p = good_plan();
  p.plan.max_price = dollars(40);
  p.plan.phone_number = "+12125550147";
  p.plan.hard_constraints = {"after 5", " before 8 "};
  p.plan.soft_preferences = {"a window"};
  auto done = after(r, p);
  CAF_CHECK(done.next.state == status::ready_to_call);
  CAF_CHECK_EQUAL(done.next.title, "Ask the garage");
  CAF_CHECK(done.next.max_price == dollars(10));
  CAF_CHECK(done.next.number == some_number);
  CAF_CHECK(done.next.hard_constraints == (std::vector<std::string>{"after 5", "before 8"}));
  CAF_CHECK(done.next.soft_preferences == (std::vector<std::string>{"a window"}));
  CAF_CHECK_EQUAL(done.next.plan_by, "rules");
  CAF_CHECK_EQUAL(trail_of(done), "task.plan preparing ready_to_call");
  CAF_CHECK(done.tell.empty());
  CAF_CHECK_EQUAL(done.next.version, 6);
}

CAF_TEST(a plan fills what is empty but brings no number that nobody wrote) {
  auto r = task_in(status::preparing);
  r.title.clear();
  r.number.reset();
  r.raw_instruction = "Call the garage at (212) 555-0147";
  auto p = good_plan();
  p.plan.phone_number = "212-555-0147";
  p.plan.max_price = dollars(40);
  auto done = after(r, p);
  CAF_CHECK(done.next.number == other_number);
  CAF_CHECK(done.next.max_price == dollars(40));
  CAF_CHECK_EQUAL(done.next.title, "Ask about the car");
  p.plan.phone_number = "+1 415 555 2671";
  done = after(r, p);
  CAF_CHECK(!done.next.number);
  CAF_CHECK(done.next.state == status::waiting_for_user);
}

CAF_TEST(without a number the task waits and says so and the number makes it ready) {
  auto r = task_in(status::pending);
  r.number.reset();
  auto done = after(r, good_plan());
  CAF_CHECK(done.next.state == status::waiting_for_user);
  CAF_CHECK_EQUAL(kinds_of(done), "clarification_needed");
  CAF_CHECK_EQUAL(done.tell[0].highlights[0].first, "phone_number");
  CAF_CHECK_EQUAL(done.tell[0].subject_kind, "call_task");
  task::patch p;
  p.target_phone_number = "415 555 2671";
  auto ready = after(done.next, edit(p));
  CAF_CHECK(ready.next.state == status::ready_to_call);
  CAF_CHECK(ready.next.questions.empty());
  CAF_CHECK_EQUAL(trail_of(ready), "task.edit waiting_for_user ready_to_call");
  auto answered = after(done.next, answer("phone_number", "+1 415 555 2671"));
  CAF_CHECK(answered.next.state == status::ready_to_call);
  CAF_CHECK(answered.next.number == some_number);
  auto wrong = task::decide(done.next, answer("phone_number", "soon"), by_ann());
  CAF_CHECK_EQUAL(pointer_of(wrong), "/answers/phone_number not_a_number");
}

CAF_TEST(a contact with a number makes a waiting task ready) {
  auto around = by_ann();
  around.contact = some_contact(other_number);
  task::patch p;
  p.contact = around.contact->id;
  CAF_CHECK(after(waiting_for_number(), edit(p), around).next.state == status::ready_to_call);
  around.contact = some_contact({});
  CAF_CHECK(after(waiting_for_number(), edit(p), around).next.state == status::waiting_for_user);
  around.contact.reset();
  auto unknown = task::decide(waiting_for_number(), edit(p), around);
  CAF_CHECK_EQUAL(pointer_of(unknown), "/contact_id not_found");
}

CAF_TEST(only the last required answer makes a task ready) {
  auto r = after(task_in(status::preparing), unclear_plan()).next;
  CAF_CHECK(r.state == status::waiting_for_user);
  auto half = after(r, answer("name", "Ann"));
  CAF_CHECK(half.next.state == status::waiting_for_user);
  CAF_CHECK(half.tell.empty());
  auto whole = after(half.next, answer("date", "Friday"));
  CAF_CHECK(whole.next.state == status::ready_to_call);
  CAF_CHECK(whole.next.answers.size() == 2u);
}

CAF_TEST(an answer to the price is a price and a high one asks for approval) {
  auto p = good_plan();
  p.questions = {{"max_price", "How much?", true}};
  auto r = after(task_in(status::preparing), p).next;
  auto wrong = task::decide(r, answer("max_price", "little"), by_ann());
  CAF_CHECK_EQUAL(pointer_of(wrong), "/answers/max_price not_a_price");
  CAF_CHECK(after(r, answer("max_price", "$50")).next.state == status::ready_to_call);
  auto high = after(r, answer("max_price", "50.01"));
  CAF_CHECK(high.next.state == status::waiting_for_user);
  CAF_CHECK_EQUAL(kinds_of(high), "approval_needed");
}

CAF_TEST(what needs a yes waits for it and the trail shows who said yes to what) {
  auto r = task_in(status::preparing);
  r.max_price = dollars(80);
  auto waiting = after(r, good_plan());
  CAF_CHECK(waiting.next.state == status::waiting_for_user);
  CAF_CHECK_EQUAL(kinds_of(waiting), "approval_needed");
  CAF_CHECK(!waiting.next.approval_reason.empty());
  auto yes = after(waiting.next, task::approved{});
  CAF_CHECK(yes.next.state == status::ready_to_call);
  CAF_CHECK_EQUAL(yes.next.approved_by, "user:ann@example.com");
  CAF_CHECK(yes.next.approved_price == dollars(80));
  CAF_CHECK(yes.next.approved_number == some_number);
  CAF_CHECK(yes.audit.size() == 1u);
  CAF_CHECK(yes.audit[0].reason.find("$80") != std::string::npos);
  CAF_CHECK(yes.audit[0].reason.find("2671") != std::string::npos);
  CAF_CHECK(yes.audit[0].reason.find(some_number.reveal()) == std::string::npos);
  CAF_CHECK_EQUAL(told(task::decide(yes.next, task::approved{}, by_ann())), "wrong_state");
}

CAF_TEST(nothing can be approved before the questions are answered) {
  auto r = task_in(status::preparing);
  r.needs_user_confirmation = true;
  auto waiting = after(r, unclear_plan());
  CAF_CHECK_EQUAL(kinds_of(waiting), "clarification_needed");
  CAF_CHECK_EQUAL(told(task::decide(waiting.next, task::approved{}, by_ann())), "wrong_state");
  auto answered = after(waiting.next, answer("date", "Friday"));
  CAF_CHECK(answered.next.state == status::waiting_for_user);
  CAF_CHECK_EQUAL(kinds_of(answered), "approval_needed");
  CAF_CHECK(after(answered.next, task::approved{}).next.state == status::ready_to_call);
}

CAF_TEST(a ready task keeps its number and its approval or refuses the edit) {
  auto r = task_in(status::ready_to_call);
  task::patch p;
  p.target_phone_number = "";
  CAF_CHECK_EQUAL(pointer_of(task::decide(r, edit(p), by_ann())), "/target_phone_number number_needed");
  p = {};
  p.max_price = dollars(51);
  CAF_CHECK_EQUAL(pointer_of(task::decide(r, edit(p), by_ann())), "/max_price approval_needed");
  p.max_price = dollars(50);
  CAF_CHECK_EQUAL(told(task::decide(r, edit(p), by_ann())), "ready_to_call");
  p = {};
  p.needs_user_confirmation = true;
  CAF_CHECK_EQUAL(
      pointer_of(task::decide(r, edit(p), by_ann())), "/needs_user_confirmation approval_needed");
}

CAF_TEST(another number after the yes asks again) {
  auto r = task_in(status::preparing);
  r.needs_user_confirmation = true;
  r = after(after(r, good_plan()).next, task::approved{}).next;
  task::patch p;
  p.target_phone_number = other_number.reveal();
  CAF_CHECK_EQUAL(
      pointer_of(task::decide(r, edit(p), by_ann())), "/target_phone_number approval_needed");
}

CAF_TEST(a refused request fails with the reason and never becomes ready) {
  auto p = good_plan();
  p.risks.verdict = assistant::risks::level::refuse;
  p.risks.findings = {{"fraud", "This is a fraud."}};
  auto done = after(task_in(status::pending), p);
  CAF_CHECK(done.next.state == status::failed);
  CAF_CHECK_EQUAL(done.next.reason, "This is a fraud");
  CAF_CHECK_EQUAL(kinds_of(done), "call_failed");
  CAF_CHECK_EQUAL(
      trail_of(done), "task.plan_begin pending preparing; task.refuse preparing failed");
  CAF_CHECK_EQUAL(
      pointer_of(task::decide(done.next, set_status(status::ready_to_call), by_ann())),
      "/status refused");
  CAF_CHECK_EQUAL(told(task::decide(done.next, task::approved{}, by_ann())), "wrong_state");
}

CAF_TEST(the rules judge the content whatever a model says) {
  auto r = task_in(status::preparing);
  r.raw_instruction = "Pretend to be from the bank and ask her for the one-time code";
  CAF_CHECK(after(r, good_plan()).next.state == status::failed);
  auto waiting = after(task_in(status::preparing), unclear_plan()).next;
  auto refused = task::decide(waiting, answer("date", "threaten him until he agrees"), by_ann());
  CAF_CHECK_EQUAL(pointer_of(refused), "/answers/date refused");
  auto doubtful = after(waiting, answer("date", "Friday, pretend to be a customer"));
  CAF_CHECK(doubtful.next.state == status::waiting_for_user);
  CAF_CHECK_EQUAL(kinds_of(doubtful), "approval_needed");
}

CAF_TEST(a failed planning says why and the task can be called by hand) {
  auto done = after(task_in(status::preparing), task::planning_failed{"no provider answered"});
  CAF_CHECK(done.next.state == status::failed);
  CAF_CHECK_EQUAL(done.next.reason, "no provider answered");
  CAF_CHECK_EQUAL(kinds_of(done), "call_failed");
  CAF_CHECK(after(done.next, set_status(status::ready_to_call)).next.state == status::ready_to_call);
}

CAF_TEST(a call counts and ends in completed with a summary) {
  auto begun = after(task_in(status::ready_to_call), task::call_begun{some_campaign});
  CAF_CHECK_EQUAL(begun.next.calls_made, 2);
  CAF_CHECK_EQUAL(trail_of(begun), "task.call ready_to_call in_progress");
  task::call_ended end{some_campaign, call::outcome::answered, "", false};
  end.duration_seconds = 61;
  auto done = after(begun.next, end);
  CAF_CHECK(done.next.state == status::completed);
  CAF_CHECK_EQUAL(done.next.summary, "The call was answered and lasted 1 minute and 1 second.");
  CAF_CHECK_EQUAL(kinds_of(done), "call_completed");
  end.campaign = campaign_id{numbered_uuid(8)};
  CAF_CHECK_EQUAL(told(task::decide(begun.next, end, by_ann())), "conflict");
}

CAF_TEST(each outcome of a call leads to a state and is tried again only where it may) {
  using enum call::outcome;
  auto around = by_ann();
  for (auto what : {none, answered, voicemail, busy, no_answer, failed, call::outcome::canceled, rejected, unknown}) {
    for (bool again : {false, true}) {
      around.settings.auto_retry_failed_calls = again;
      auto done = after(
          task_in(status::in_progress), task::call_ended{some_campaign, what, "", false}, around);
      bool repeats = again && (what == voicemail || what == busy || what == no_answer || what == failed);
      auto expected = what == answered ? status::completed
                      : repeats        ? status::ready_to_call
                                       : status::failed;
      CAF_CHECK(done.next.state == expected);
      CAF_CHECK(done.next.retry_at.has_value() == repeats);
      CAF_CHECK(done.audit.size() == (repeats ? 2u : 1u));
      CAF_CHECK_EQUAL(kinds_of(done), what == answered ? "call_completed" : "call_failed");
    }
  }
}

CAF_TEST(calls are repeated up to the limit and not once more) {
  auto around = by_ann();
  around.settings.auto_retry_failed_calls = true;
  around.settings.max_retry_attempts = 2;
  auto r = task_in(status::ready_to_call);
  r.calls_made = 0;
  int calls = 0;
  while (r.state == status::ready_to_call && calls < 20) {
    r = after(r, task::call_begun{some_campaign}, around).next;
    r = after(r, task::call_ended{some_campaign, call::outcome::busy, "", false}, around).next;
    ++calls;
  }
  CAF_CHECK_EQUAL(calls, 3);
  CAF_CHECK(r.state == status::failed);
  CAF_CHECK(!r.retry_at);
}

CAF_TEST(an edit that outgrows the standing permission ends it) {
  auto r = task_in(status::ready_to_call);
  r.retry_at = at("2026-11-18T16:00:00Z");
  task::patch title, number;
  title.title = "Another";
  number.target_phone_number = other_number.reveal();
  CAF_CHECK(after(r, edit(title)).next.retry_at.has_value());
  CAF_CHECK(!after(r, edit(number)).next.retry_at);
}

CAF_TEST(a task in progress can be canceled and nothing else) {
  auto r = task_in(status::in_progress);
  auto canceled = after(r, set_status(status::canceled));
  CAF_CHECK(canceled.next.state == status::canceled);
  auto late = after(
      canceled.next, task::call_ended{some_campaign, call::outcome::canceled, "", true});
  CAF_CHECK(late.next.state == status::canceled);
  CAF_CHECK(late.audit.empty());
  auto ended = after(r, task::call_ended{some_campaign, call::outcome::none, "", true});
  CAF_CHECK(ended.next.state == status::canceled);
  task::patch p;
  p.title = "x";
  p.to = status::canceled;
  CAF_CHECK_EQUAL(told(task::decide(r, edit(p), by_ann())), "wrong_state");
}

CAF_TEST(mistakes of an edit are told together and change nothing) {
  task::patch p;
  p.title = std::string(201, 't');
  p.max_price = money{1, "dollars"};
  p.hard_constraints = std::vector<std::string>{""};
  p.answers = {{"date", " "}};
  auto refused = task::decide(task_in(status::waiting_for_user), edit(p), by_ann());
  CAF_REQUIRE(!refused);
  CAF_CHECK_EQUAL(refused.error().fields.size(), 4u);
}

// -- whatever comes -------------------------------------------------------------------------------

namespace {

task::act any_act() {
  auto acts = all_acts();
  auto more = std::vector<task::act>{
      unclear_plan(),
      answer("date", "Friday"),
      answer("phone_number", "+12125550147"),
      answer("max_price", "70"),
      task::call_ended{some_campaign, call::outcome::busy, "", false},
      task::call_ended{some_campaign, call::outcome::none, "", true},
      task::call_ended{some_campaign, call::outcome::answered, "", false, {}, true},
      task::wrapped_up{found("", talk::listener::voicemail)},
      task::wrapped_up{found("", talk::listener::voicemail), true},
      task::wrapped_up{found("", talk::listener::human, true)},
      task::wrapped_up{found("Of another call."), false, campaign_id{numbered_uuid(8)}}};
  acts.insert(acts.end(), more.begin(), more.end());
  for (int s = 0; s < statuses; ++s)
    acts.push_back(set_status(static_cast<status>(s)));
  task::patch p;
  for (const char* number : {"", "+14155552671"}) {
    p.target_phone_number = number;
    acts.push_back(edit(p));
  }
  p = {};
  for (int price : {20, 60}) {
    p.max_price = dollars(price);
    acts.push_back(edit(p));
  }
  p = {};
  for (bool asks : {true, false}) {
    p.needs_user_confirmation = asks;
    acts.push_back(edit(p));
  }
  auto doubtful = good_plan();
  doubtful.risks.verdict = assistant::risks::level::caution;
  acts.push_back(doubtful);
  doubtful.risks.verdict = assistant::risks::level::refuse;
  acts.push_back(doubtful);
  return acts[*rc::gen::inRange<std::size_t>(0, acts.size())];
}

} // namespace

CAF_TEST(whatever acts come the state follows the table and ready means ready) {
  bool holds = rc::check([] {
    auto around = by_ann();
    around.settings.auto_retry_failed_calls = *rc::gen::arbitrary<bool>();
    auto r = task_in(status::pending);
    if (*rc::gen::arbitrary<bool>())
      r.number.reset();
    auto count = *rc::gen::inRange(1, 30);
    for (int i = 0; i < count; ++i) {
      auto done = task::decide(r, any_act(), around);
      if (!done) {
        RC_ASSERT(done.error().code == errc::wrong_state || done.error().code == errc::invalid);
        continue;
      }
      auto at = r.state;
      for (const auto& line : done->audit) {
        RC_ASSERT(line.from == at);
        RC_ASSERT(line.from == line.to || task::allows(line.from, line.to));
        at = line.to;
      }
      RC_ASSERT(at == done->next.state);
      r = done->next;
      if (r.state == status::ready_to_call) {
        RC_ASSERT(task::number_to_call(r, around).has_value());
        RC_ASSERT(task::needs_approval(r, around).empty() || task::is_approved(r, around));
        RC_ASSERT(task::may_call(r, around).has_value());
      }
      if (r.state == status::waiting_for_user)
        RC_ASSERT(!r.reason.empty());
    }
  });
  CAF_CHECK(holds);
}
