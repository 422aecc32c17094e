// The calendar: proposals, what the user makes of them, and events.

#define CAF_SUITE calendar_books

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <set>

#include "tests/persistence/knowledge_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::test;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;

instant at_hour(int hours) {
  return instant(std::chrono::seconds(1'795'600'800)) + std::chrono::hours(hours);
}

calendar::entry from_to(const std::string& title, int from, int to) {
  calendar::entry e;
  e.title = title;
  e.location = "12 Mill Lane";
  e.notes = "Bring 'it' \\ all";
  e.starts_at = at_hour(from);
  e.ends_at = at_hour(to);
  e.timezone = "Europe/Berlin";
  return e;
}

calendar::proposal_draft draft(const calendar::entry& as) {
  calendar::proposal_draft d;
  d.who = knowledge::agent::sync;
  d.from = calendar::origin::chat;
  d.context = call_id();
  d.as = as;
  d.reason = "You asked for it.";
  return d;
}

result<calendar::proposal>
propose(home& h, const identity& who, const calendar::proposal_draft& d) {
  return h.at(who, [&](shelf& s) { return s.calendar.propose(fresh<proposal_id>(), d); });
}
calendar::proposal must_propose(home& h, const identity& who, const calendar::proposal_draft& d) {
  return task_stage::must(propose(h, who, d));
}
result<calendar::proposal>
act(home& h, const identity& who, const proposal_id& id, const calendar::act& what,
    std::optional<std::int64_t> version = {}) {
  return h.at(who, [&](shelf& s) { return s.calendar.act(id, what, version); });
}
calendar::proposal find(home& h, const identity& who, const proposal_id& id) {
  return task_stage::must(h.at(who, [&](shelf& s) { return s.calendar.find_proposal(id); }));
}
calendar::event event(home& h, const identity& who, const event_id& id) {
  return task_stage::must(h.at(who, [&](shelf& s) { return s.calendar.find_event(id); }));
}
words titles(
    home& h, const identity& who, std::optional<instant> since = {}, bool all = false,
    const page_request& p = {}) {
  words list;
  auto found =
      task_stage::must(h.at(who, [&](shelf& s) { return s.calendar.list_events(p, since, all); }));
  for (const auto& e : found.items)
    list.push_back(e.as.title);
  return list;
}
/// An event that the user has said yes to.
calendar::event planned(home& h, const identity& who, const calendar::entry& as) {
  auto p = must_propose(h, who, draft(as));
  auto yes = task_stage::must(act(h, who, p.id, calendar::approve{}));
  return event(h, who, *yes.event);
}
calendar::proposal_draft
change(calendar::change what, const calendar::event& e, const calendar::entry& as) {
  auto d = draft(as);
  d.what = what;
  d.event = e.id;
  return d;
}

} // namespace

CAF_TEST(a proposal changes nothing until the user says yes) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto bob = h->person("bob");
    auto d = draft(from_to("Dentist", 1, 2));
    auto p = must_propose(*h, as_engine(ann), d);
    CAF_CHECK(p.state == calendar::status::pending);
    auto stored = find(*h, ann, p.id);
    CAF_CHECK(stored.as == d.as);
    CAF_CHECK(stored.context == d.context);
    CAF_CHECK(stored.who == knowledge::agent::sync);
    CAF_CHECK(stored.from == calendar::origin::chat);
    CAF_CHECK_EQUAL(stored.reason, d.reason);
    CAF_CHECK(!stored.event);
    CAF_CHECK(titles(*h, ann).empty());
    CAF_REQUIRE_EQUAL(h->told(ann).size(), 1u);
    CAF_CHECK(h->told(ann)[0].starts_with("calendar_proposal Dentist"));

    // No agent says yes, no or otherwise, and no other user.
    for (const calendar::act& what : std::vector<calendar::act>{
             calendar::approve{}, calendar::reject{}, calendar::edit{from_to("Mine", 3, 4)}}) {
      auto engine = act(*h, as_engine(ann), p.id, what);
      CAF_CHECK(!engine && engine.error().code == errc::forbidden);
      auto foreign = act(*h, bob, p.id, what);
      CAF_CHECK(!foreign && foreign.error().code == errc::not_found);
    }
    CAF_CHECK(find(*h, ann, p.id).state == calendar::status::pending);

    auto yes = act(*h, ann, p.id, calendar::approve{"Thanks"}, 1);
    CAF_REQUIRE(yes.has_value());
    CAF_CHECK(yes->state == calendar::status::approved);
    CAF_CHECK_EQUAL(yes->decided_by, ann.actor);
    CAF_CHECK_EQUAL(yes->note, "Thanks");
    CAF_REQUIRE(yes->event.has_value());
    auto e = event(*h, ann, *yes->event);
    CAF_CHECK(e.as == d.as);
    CAF_CHECK_EQUAL(e.sequence, 0);
    CAF_CHECK(!e.cancelled);
    CAF_CHECK(e.proposal == p.id);
    CAF_CHECK(e.who == knowledge::agent::sync);
    CAF_CHECK(find(*h, ann, p.id).event == e.id);
    CAF_CHECK(
        h->at(bob, [&](shelf& s) { return s.calendar.find_event(e.id); }).error().code ==
        errc::not_found);
    CAF_CHECK(titles(*h, bob, {}, true).empty());

    // A second yes does nothing.
    auto twice = act(*h, ann, p.id, calendar::approve{});
    CAF_REQUIRE(!twice);
    CAF_CHECK(twice.error().code == errc::wrong_state);
    CAF_CHECK_EQUAL(titles(*h, ann).size(), 1u);
    CAF_CHECK(
        (h->trail(ann) == words{
                              "calendar.propose:>pending",
                              h->name() == "memory" ? "event.create:>" : "event.create:>sequence 0",
                              "calendar.approve:pending>approved"}));
  }
}

CAF_TEST(an edit before the yes keeps what the agent said) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto said = from_to("Dentist", 1, 2);
    auto p = must_propose(*h, as_engine(ann), draft(said));
    auto edited = act(*h, ann, p.id, calendar::edit{from_to("Dentist, check-up", 2, 3)});
    CAF_REQUIRE(edited.has_value());
    CAF_CHECK(edited->state == calendar::status::pending);
    CAF_CHECK_EQUAL(edited->version, 2);
    CAF_REQUIRE(act(*h, ann, p.id, calendar::edit{from_to("Check-up", 3, 5)}).has_value());
    auto stored = find(*h, ann, p.id);
    CAF_CHECK(stored.original == said);
    CAF_CHECK_EQUAL(stored.as.title, "Check-up");
    auto stale = act(*h, ann, p.id, calendar::approve{}, 1);
    CAF_CHECK(!stale && stale.error().code == errc::conflict);
    auto yes = act(*h, ann, p.id, calendar::approve{}, 3);
    CAF_REQUIRE(yes.has_value());
    CAF_CHECK(event(*h, ann, *yes->event).as == from_to("Check-up", 3, 5));
    auto late = act(*h, ann, p.id, calendar::edit{said});
    CAF_CHECK(!late && late.error().code == errc::wrong_state);
  }
}

CAF_TEST(events are moved and cancelled by proposals and their sequence grows) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto e = planned(*h, ann, from_to("Haircut", 1, 2));
    auto later = from_to("Haircut", 5, 6);
    auto move = must_propose(*h, as_engine(ann), change(calendar::change::move, e, later));
    auto other_move =
        must_propose(*h, ann, change(calendar::change::move, e, from_to("Haircut", 7, 8)));
    CAF_CHECK(event(*h, ann, e.id).as == e.as);
    CAF_REQUIRE(act(*h, ann, move.id, calendar::approve{}).has_value());
    auto moved = event(*h, ann, e.id);
    CAF_CHECK(moved.as == later);
    CAF_CHECK_EQUAL(moved.sequence, 1);
    CAF_CHECK(moved.proposal == move.id);
    auto cancel = must_propose(*h, ann, change(calendar::change::cancel, e, later));
    CAF_CHECK(cancel.as == later);
    auto edited = act(*h, ann, cancel.id, calendar::edit{later});
    CAF_CHECK(!edited && edited.error().code == errc::wrong_state);
    CAF_REQUIRE(act(*h, ann, cancel.id, calendar::approve{}).has_value());
    auto gone = event(*h, ann, e.id);
    CAF_CHECK(gone.cancelled);
    CAF_CHECK_EQUAL(gone.sequence, 2);
    CAF_CHECK(titles(*h, ann).empty());
    CAF_CHECK((titles(*h, ann, {}, true) == words{"Haircut"}));
    // What still waits for it can only be rejected, and nothing new is proposed for it.
    auto dead = act(*h, ann, other_move.id, calendar::approve{});
    CAF_CHECK(!dead && dead.error().code == errc::wrong_state);
    CAF_CHECK(find(*h, ann, other_move.id).state == calendar::status::pending);
    CAF_CHECK_EQUAL(event(*h, ann, e.id).sequence, 2);
    CAF_REQUIRE(act(*h, ann, other_move.id, calendar::reject{"No"}).has_value());
    auto again = propose(*h, ann, change(calendar::change::move, e, later));
    CAF_CHECK(!again && again.error().code == errc::wrong_state);
    auto unknown = e;
    unknown.id = fresh<event_id>();
    auto none = propose(*h, ann, change(calendar::change::cancel, unknown, later));
    CAF_CHECK(!none && none.error().code == errc::not_found);
    auto bob = h->person("bob");
    auto foreign = propose(*h, bob, change(calendar::change::cancel, e, later));
    CAF_CHECK(!foreign && foreign.error().code == errc::not_found);
  }
}

CAF_TEST(agents that may not propose are refused and repetitions propose nothing new) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto d = draft(from_to("Dentist", 1, 2));
    d.who = knowledge::agent::insight;
    auto refused = propose(*h, ann, d);
    CAF_CHECK(!refused && refused.error().code == errc::forbidden);
    d.who = knowledge::agent::aloha;
    d.once = "one 'and' only";
    auto first = must_propose(*h, as_engine(ann), d);
    auto second = must_propose(*h, as_engine(ann), d);
    CAF_CHECK(first.id == second.id);
    CAF_REQUIRE(act(*h, ann, first.id, calendar::reject{"No"}).has_value());
    auto third = must_propose(*h, as_engine(ann), d);
    CAF_CHECK(third.id == first.id);
    CAF_CHECK(third.state == calendar::status::rejected);
    CAF_CHECK_EQUAL(h->told(ann).size(), 1u);
    d.context = call_id();
    CAF_CHECK(must_propose(*h, ann, d).id != first.id);
    d.context.reset();
    auto nowhere = must_propose(*h, ann, d);
    CAF_CHECK(must_propose(*h, ann, d).id == nowhere.id);
    d.once.clear();
    CAF_CHECK(must_propose(*h, ann, d).id != must_propose(*h, ann, d).id);
    auto waiting = h->at(
        ann, [](shelf& s) { return s.calendar.list_proposals({}, calendar::status::pending); });
    CAF_CHECK(waiting->total == 4);
    auto all = h->at(ann, [](shelf& s) { return s.calendar.list_proposals({}, {}); });
    CAF_CHECK(all->total == 5);
    CAF_CHECK(all->items.back().id == first.id);
  }
}

CAF_TEST(what is at the same time is shown) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto bob = h->person("bob");
    auto before = planned(*h, ann, from_to("Before", 0, 1)); // touches
    auto over = planned(*h, ann, from_to("Over", 0, 2));
    auto waits = must_propose(*h, ann, draft(from_to("Waits", 1, 4)));
    auto no = must_propose(*h, ann, draft(from_to("Rejected", 1, 2)));
    CAF_REQUIRE(act(*h, ann, no.id, calendar::reject{}).has_value());
    auto gone = planned(*h, ann, from_to("Cancelled", 1, 2));
    auto cancel = must_propose(*h, ann, change(calendar::change::cancel, gone, gone.as));
    CAF_REQUIRE(act(*h, ann, cancel.id, calendar::approve{}).has_value());
    planned(*h, bob, from_to("Of Bob", 1, 2));
    auto p = must_propose(*h, ann, draft(from_to("New", 1, 3)));
    auto conflicts = [&](const calendar::proposal& of) {
      words list;
      auto found = task_stage::must(h->at(ann, [&](shelf& s) { return s.calendar.conflicts(of); }));
      for (const auto& c : found)
        list.push_back(c.title + (c.event ? " event" : c.proposal ? " proposal" : ""));
      return list;
    };
    CAF_CHECK((conflicts(p) == words{"Over event", "Waits proposal"}));
    // An event does not stand in its own way.
    auto move = must_propose(*h, ann, change(calendar::change::move, over, from_to("Over", 1, 3)));
    CAF_CHECK((conflicts(move) == words{"New proposal", "Waits proposal"}));
    auto drop = must_propose(*h, ann, change(calendar::change::cancel, before, before.as));
    CAF_CHECK(conflicts(drop).empty());
    CAF_CHECK((conflicts(waits) == words{"Over event", "New proposal", "Over proposal"}));
  }
}

CAF_TEST(events are listed by their start and the subscription has all of them) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    planned(*h, ann, from_to("c", 5, 6));
    planned(*h, ann, from_to("a", 1, 2));
    auto b = planned(*h, ann, from_to("b", 3, 4));
    CAF_CHECK((titles(*h, ann) == words{"a", "b", "c"}));
    CAF_CHECK((titles(*h, ann, at_hour(3)) == words{"b", "c"}));
    CAF_CHECK((titles(*h, ann, {}, false, {.limit = 1, .offset = 1, .cursor = {}}) == words{"b"}));
    auto cancel = must_propose(*h, ann, change(calendar::change::cancel, b, b.as));
    CAF_REQUIRE(act(*h, ann, cancel.id, calendar::approve{}).has_value());
    auto all =
        task_stage::must(h->at(as_engine(ann), [](shelf& s) { return s.calendar.subscribed(); }));
    CAF_REQUIRE_EQUAL(all.size(), 3u);
    CAF_CHECK_EQUAL(all[0].as.title, "a");
    CAF_CHECK(all[1].cancelled);
  }
}

CAF_TEST(the token of a subscription fits its user only) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto bob = h->person("bob");
    std::string one("\x00\xff'\\", 4);
    one.resize(32, 'x');
    auto two = std::string(32, 'y');
    auto set = [&](const std::string& digest) {
      CAF_CHECK(h->at(ann, [&](shelf& s) { return s.calendar.set_token(digest); }).has_value());
    };
    auto fits = [&](const identity& who, const std::string& digest) {
      return task_stage::must(h->at(who, [&](shelf& s) { return s.calendar.token_fits(digest); }));
    };
    CAF_CHECK(!fits(ann, one));
    CAF_CHECK(!fits(ann, ""));
    set(one);
    CAF_CHECK(fits(ann, one));
    CAF_CHECK(!fits(ann, two));
    CAF_CHECK(!fits(bob, one));
    set(two);
    CAF_CHECK(!fits(ann, one));
    CAF_CHECK(fits(ann, two));
    set("");
    CAF_CHECK(!fits(ann, two));
    CAF_CHECK(!fits(ann, ""));
  }
}

CAF_TEST(the guard in the database knows the steps of a proposal and the agents that may) {
  postgres_home h;
  std::set<std::string> of_domain, of_database;
  for (const auto& step : calendar::steps())
    if (step.from != step.to)
      of_domain.insert(
          std::string(calendar::to_string(step.from)) + ">" +
          std::string(calendar::to_string(step.to)));
  for (const auto& step :
       h.texts("select (regexp_matches(pg_get_triggerdef(t.oid), '''([a-z_]+>[a-z_]+)''', 'g'))[1]"
               "  from pg_trigger t where t.tgname = 'calendar_proposals_steps'"))
    of_database.insert(step);
  CAF_CHECK(of_domain == of_database);
  CAF_CHECK_EQUAL(of_domain.size(), 2u);
  auto allowed =
      h.texts("select (regexp_matches(pg_get_constraintdef(c.oid), '''([a-z]+)''', 'g'))[1] "
              "  from pg_constraint c where c.conname in ('calendar_proposals_agent_may', "
              "'calendar_events_agent_may') order by 1");
  words may;
  for (auto who :
       {knowledge::agent::aloha, knowledge::agent::insight, knowledge::agent::studio,
        knowledge::agent::sync})
    if (knowledge::may(who, knowledge::power::propose_calendar))
      may.insert(may.end(), 2, std::string(knowledge::to_string(who)));
  CAF_CHECK(allowed == may);
}
