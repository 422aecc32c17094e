// Knowledge gaps: what was asked and not known, until somebody answers once.

#define CAF_SUITE knowledge_gaps

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "tests/persistence/knowledge_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::test;

namespace {

result<knowledge_book::logged> log(home& h, const identity& who, const gap::checked& question) {
  return h.at(who, [&](shelf& s) { return s.knowledge.log_gap(fresh<gap_id>(), question); });
}
knowledge_book::logged must_log(home& h, const identity& who, const gap::checked& question) {
  return task_stage::must(log(h, who, question));
}
result<gap::record>
act(home& h, const identity& who, const gap_id& id, const gap::act& what,
    std::optional<std::int64_t> version = {}) {
  return h.at(who, [&](shelf& s) { return s.knowledge.act(id, what, version); });
}
gap::record find(home& h, const identity& who, const gap_id& id) {
  return task_stage::must(h.at(who, [&](shelf& s) { return s.knowledge.find_gap(id); }));
}
std::vector<gap::asking> askings(home& h, const identity& who, const gap_id& id) {
  return task_stage::must(h.at(who, [&](shelf& s) { return s.knowledge.askings(id); }));
}
page<gap::record> list(
    home& h, const identity& who, const knowledge_book::gap_filter& f = {},
    const page_request& p = {}) {
  return task_stage::must(h.at(who, [&](shelf& s) { return s.knowledge.list_gaps(p, f); }));
}

using words = std::vector<std::string>;

words questions(const page<gap::record>& p) {
  words all;
  for (const auto& r : p.items)
    all.push_back(r.question);
  return all;
}

constexpr const char* dogs = "Are dogs allowed in the waiting room?";
constexpr const char* dogs_too = "Hi, could you tell me if dogs are allowed in the waiting room?";
constexpr const char* ramp = "Do you have a wheelchair ramp?";

} // namespace

CAF_TEST(a question that nobody could answer is a gap and its owner is told) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto bob = h->person("bob");
    auto call = call_id();
    auto question = asked(dogs, gap::source::call, call);
    question.said.metadata = {
        {"line", "two 'lines' \\ \"x\""}
    };
    auto made = must_log(*h, as_engine(ann), question);
    CAF_CHECK(!made.merged);
    CAF_CHECK(!made.reopened);
    auto r = find(*h, ann, made.gap.id);
    CAF_CHECK(r.state == gap::status::open);
    CAF_CHECK(r.from == gap::source::call);
    CAF_CHECK(r.context == call);
    CAF_CHECK_EQUAL(r.question, dogs);
    CAF_CHECK_EQUAL(r.asks, question.read.asks);
    CAF_CHECK(r.suggested == question.about);
    CAF_CHECK(r.metadata == question.said.metadata);
    CAF_CHECK_EQUAL(r.last_answer, "I do not know that.");
    CAF_CHECK_EQUAL(r.times_asked, 1);
    CAF_CHECK_EQUAL(r.calls_affected, 1);
    CAF_CHECK_EQUAL(r.version, 1);
    CAF_CHECK((h->told(ann) == words{std::string("knowledge_gap ") + dogs}));
    CAF_CHECK((h->trail(ann) == words{"gap.log:>open"}));
    auto said = askings(*h, ann, r.id);
    CAF_REQUIRE_EQUAL(said.size(), 1u);
    CAF_CHECK_EQUAL(said[0].n, 1);
    CAF_CHECK(said[0].context == call);

    // Nobody else has it, and the same question of another user is a gap of its own.
    CAF_CHECK(
        h->at(bob, [&](shelf& s) { return s.knowledge.find_gap(r.id); }).error().code ==
        errc::not_found);
    CAF_CHECK(
        h->at(bob, [&](shelf& s) { return s.knowledge.askings(r.id); }).error().code ==
        errc::not_found);
    CAF_CHECK(act(*h, bob, r.id, gap::ignore{"x"}).error().code == errc::not_found);
    auto other = must_log(*h, bob, asked(dogs));
    CAF_CHECK(!other.merged);
    CAF_CHECK(list(*h, bob).total == 1);
    CAF_CHECK_EQUAL(find(*h, ann, r.id).times_asked, 1);
  }
}

CAF_TEST(the same question again is counted and not a second gap) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto one_call = call_id();
    auto other_call = call_id();
    auto made = must_log(*h, as_engine(ann), asked(dogs, gap::source::call, one_call));
    auto id = made.gap.id;
    // Again in the same call: a repetition.
    auto repeated = must_log(*h, as_engine(ann), asked(dogs_too, gap::source::call, one_call));
    CAF_CHECK(repeated.merged);
    CAF_CHECK(repeated.gap.id == id);
    CAF_CHECK_EQUAL(repeated.gap.times_asked, 1);
    CAF_CHECK(repeated.gap.last_asked_at > made.gap.last_asked_at);
    CAF_CHECK(repeated.gap.updated_at == made.gap.updated_at);
    // In another call: a second call that it affects. In a chat, and by nobody in particular: no
    // call.
    auto second = must_log(*h, as_engine(ann), asked(dogs_too, gap::source::call, other_call));
    CAF_CHECK(second.merged);
    CAF_CHECK(!second.reopened);
    CAF_CHECK_EQUAL(second.gap.times_asked, 2);
    CAF_CHECK_EQUAL(second.gap.calls_affected, 2);
    CAF_CHECK_EQUAL(
        must_log(*h, ann, asked(dogs, gap::source::chat, call_id())).gap.times_asked, 3);
    CAF_CHECK_EQUAL(must_log(*h, ann, asked(dogs)).gap.times_asked, 4);
    auto last = must_log(*h, ann, asked(dogs)); // without a context nothing is a repetition
    CAF_CHECK_EQUAL(last.gap.times_asked, 5);
    CAF_CHECK_EQUAL(last.gap.calls_affected, 2);
    CAF_CHECK_EQUAL(last.gap.version, 1);
    auto said = askings(*h, ann, id);
    CAF_CHECK_EQUAL(said.size(), 5u);
    CAF_CHECK_EQUAL(said[0].n, 5);
    CAF_CHECK_EQUAL(said[3].question, dogs_too);
    CAF_CHECK_EQUAL(h->told(ann).size(), 1u);
    CAF_CHECK_EQUAL(h->trail(ann).size(), 1u);
    // The first question stays the gap's.
    auto r = find(*h, ann, id);
    CAF_CHECK_EQUAL(r.question, dogs);
    CAF_CHECK(r.context == one_call);
    // Another question is another gap.
    CAF_CHECK(!must_log(*h, ann, asked(ramp)).merged);
    CAF_CHECK(list(*h, ann).total == 2);
  }
}

CAF_TEST(a gap is resolved and ignored and opened again by its owner only) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto id = must_log(*h, as_engine(ann), asked(dogs)).gap.id;
    for (const gap::act& what : std::vector<gap::act>{
             gap::resolve{"Yes.",                    {}},
             gap::ignore{},
             gap::reopen{                         }
    }) {
      auto refused = act(*h, as_engine(ann), id, what);
      CAF_CHECK(!refused && refused.error().code == errc::forbidden);
    }
    auto stale = act(*h, ann, id, gap::resolve{"Yes.", {}}, 7);
    CAF_CHECK(!stale && stale.error().code == errc::conflict);
    auto resolved = act(*h, ann, id, gap::resolve{"Small ones are.", {}}, 1);
    CAF_REQUIRE(resolved.has_value());
    CAF_CHECK(resolved->state == gap::status::resolved);
    CAF_CHECK_EQUAL(resolved->resolution_action, "noted");
    CAF_CHECK_EQUAL(resolved->resolved_by, ann.actor);
    CAF_CHECK(resolved->resolved_at.has_value());
    CAF_CHECK_EQUAL(resolved->version, 2);
    auto stored = find(*h, ann, id);
    CAF_CHECK_EQUAL(stored.resolution_notes, "Small ones are.");
    CAF_CHECK(stored.resolved_at == resolved->resolved_at);
    auto twice = act(*h, ann, id, gap::resolve{"Yes.", {}});
    CAF_REQUIRE(!twice);
    CAF_CHECK(twice.error().code == errc::wrong_state);
    CAF_CHECK_EQUAL(twice.error().current_status, "resolved");
    auto opened = act(*h, ann, id, gap::reopen{"It changed."});
    CAF_REQUIRE(opened.has_value());
    CAF_CHECK(!opened->resolved_at);
    CAF_CHECK_EQUAL(opened->resolved_by, "");
    CAF_CHECK_EQUAL(opened->resolution_action, "");
    CAF_CHECK_EQUAL(opened->resolution_notes, "Small ones are.");
    CAF_CHECK_EQUAL(opened->times_reopened, 1);
    auto ignored = act(*h, ann, id, gap::ignore{"Nobody needs that."});
    CAF_REQUIRE(ignored.has_value());
    CAF_CHECK_EQUAL(ignored->resolution_action, "ignored");
    // What is ignored stays so when it is asked again, and nobody is told.
    auto again = must_log(*h, as_engine(ann), asked(dogs));
    CAF_CHECK(again.merged);
    CAF_CHECK(!again.reopened);
    CAF_CHECK(again.gap.state == gap::status::ignored);
    CAF_CHECK_EQUAL(again.gap.times_asked, 2);
    CAF_CHECK_EQUAL(h->told(ann).size(), 1u);
    CAF_CHECK(
        (h->trail(ann) == words{
                              "gap.log:>open", "gap.resolve:open>resolved",
                              "gap.reopen:resolved>open", "gap.ignore:open>ignored"}));
  }
}

CAF_TEST(a later miss opens what was resolved and its owner is told) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto chat = call_id();
    auto id = must_log(*h, as_engine(ann), asked(dogs, gap::source::chat, chat)).gap.id;
    auto chunk = task_stage::must(h->at(ann, [&](shelf& s) {
      return s.knowledge.add_chunk(fresh<chunk_id>(), piece("Dogs", "Small dogs are welcome."), id);
    }));
    auto resolved = act(*h, ann, id, gap::resolve{"Small ones are.", chunk.id});
    CAF_REQUIRE(resolved.has_value());
    CAF_CHECK_EQUAL(resolved->resolution_action, "added_to_knowledge_base");
    CAF_CHECK(resolved->chunk == chunk.id);
    auto suite = [&] {
      return task_stage::must(h->at(ann, [](shelf& s) { return s.knowledge.cases(); })).size();
    };
    CAF_CHECK_EQUAL(suite(), 1u);
    // In the very context in which it was asked first: it was answered meanwhile, so it counts.
    auto again = must_log(*h, as_engine(ann), asked(dogs_too, gap::source::chat, chat));
    CAF_CHECK(again.merged);
    CAF_CHECK(again.reopened);
    CAF_CHECK(again.gap.state == gap::status::open);
    CAF_CHECK(!again.gap.resolved_at);
    CAF_CHECK_EQUAL(again.gap.times_asked, 2);
    CAF_CHECK_EQUAL(again.gap.times_reopened, 1);
    CAF_CHECK_EQUAL(again.gap.version, 3);
    CAF_CHECK(again.gap.chunk == chunk.id);
    CAF_CHECK(find(*h, ann, id).state == gap::status::open);
    CAF_CHECK_EQUAL(suite(), 0u);
    CAF_CHECK_EQUAL(h->told(ann).size(), 2u);
    auto trail = h->trail(ann);
    CAF_CHECK_EQUAL(trail.back(), "gap.ask_again:resolved>open");
    // The piece goes, the gap stays and loses the link; it is no case any more.
    CAF_REQUIRE(act(*h, ann, id, gap::resolve{"Yes.", chunk.id}).has_value());
    CAF_REQUIRE(
        h->at(ann, [&](shelf& s) { return s.knowledge.remove_chunk(chunk.id); }).has_value());
    CAF_CHECK(!find(*h, ann, id).chunk);
    CAF_CHECK(find(*h, ann, id).state == gap::status::resolved);
    CAF_CHECK_EQUAL(suite(), 0u);
    auto nothing = must_log(*h, ann, asked(ramp)).gap.id;
    auto unknown = act(*h, ann, nothing, gap::resolve{"Yes.", chunk.id});
    CAF_CHECK(!unknown && unknown.error().code == errc::not_found);
  }
}

CAF_TEST(gaps are ranked by the calls that they affect) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto often = asked("Do you take American Express?");
    for (int i = 0; i < 3; ++i)
      must_log(*h, ann, often);
    must_log(*h, ann, asked(ramp));
    must_log(*h, ann, asked("Can I bring my own shampoo?"));
    for (int i = 0; i < 2; ++i)
      must_log(*h, as_engine(ann), asked(dogs, gap::source::call, call_id()));
    auto all = list(*h, ann);
    CAF_CHECK(
        (questions(all) ==
         words{dogs, "Do you take American Express?", "Can I bring my own shampoo?", ramp}));
    CAF_CHECK(all.total == 4);
    auto first = list(*h, ann, {}, {.limit = 3, .offset = 0, .cursor = {}});
    CAF_CHECK(first.total == 4);
    CAF_CHECK(
        (questions(list(*h, ann, {}, {.limit = 3, .offset = 0, .cursor = first.next_cursor})) ==
         words{ramp}));
    CAF_REQUIRE(act(*h, ann, all.items[0].id, gap::resolve{"Small ones are.", {}}).has_value());
    CAF_CHECK(
        (questions(
             list(*h, ann, {.state = gap::status::resolved, .about = {}, .who = {}, .q = {}})) ==
         words{dogs}));
    CAF_CHECK(
        list(*h, ann, {.state = gap::status::open, .about = {}, .who = {}, .q = {}}).total == 3);
    CAF_CHECK(
        (questions(list(*h, ann, {.state = {}, .about = {}, .who = {}, .q = "SMALL ones"})) ==
         words{dogs}));
    CAF_CHECK(
        list(*h, ann, {.state = {}, .about = {}, .who = knowledge::agent::sync, .q = {}}).total ==
        0);
    auto payment = list(*h, ann, {.state = {}, .about = often.about, .who = {}, .q = {}});
    CAF_CHECK(std::all_of(payment.items.begin(), payment.items.end(), [&](const auto& r) {
      return r.suggested == often.about;
    }));
    CAF_CHECK(payment.total >= 1);
    CAF_CHECK(
        list(
            *h, ann, {.state = {}, .about = {}, .who = {}, .q = "'; drop table knowledge_gaps; --"})
            .total == 0);
  }
}

CAF_TEST(a transaction that fails leaves no gap and tells nobody) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto cut = h->transact(ann, [&](shelf& s) -> result<void> {
      auto done = s.knowledge.log_gap(fresh<gap_id>(), asked(dogs));
      CAF_CHECK(done.has_value());
      return fail(errc::unavailable, "killed");
    });
    CAF_CHECK(!cut);
    CAF_CHECK(list(*h, ann).items.empty());
    CAF_CHECK(h->told(ann).empty());
  }
}

CAF_TEST(two that ask the same thing at once make one gap) {
  postgres_home h;
  auto ann = h.s.ann;
  auto other = h.s.base->make_desk();
  for (int round = 0; round < 5; ++round) {
    auto text = "Do you sell gift card number " + std::to_string(round) + " here?";
    std::mutex mutex;
    std::condition_variable changed;
    bool held = false;
    // The first has asked and not committed when the second begins.
    std::thread second;
    auto first = h.at(ann, [&](shelf& s) {
      auto done = s.knowledge.log_gap(fresh<gap_id>(), asked(text, gap::source::call, call_id()));
      second = std::thread([&] {
        auto late = other->transact(as_engine(ann), [&](desk_work& w) -> result<void> {
          {
            std::lock_guard lock(mutex);
            held = true;
          }
          changed.notify_all();
          auto mine =
              w.knowledge().log_gap(fresh<gap_id>(), asked(text, gap::source::call, call_id()));
          if (!mine)
            return fail(mine.error());
          return {};
        });
        CAF_CHECK(late.has_value());
      });
      std::unique_lock lock(mutex);
      CAF_CHECK(changed.wait_for(lock, std::chrono::seconds(5), [&] { return held; }));
      return done;
    });
    second.join();
    CAF_REQUIRE(first.has_value());
    auto r = find(h, ann, first->gap.id);
    CAF_CHECK_EQUAL(r.times_asked, 2);
    CAF_CHECK_EQUAL(r.calls_affected, 2);
  }
  CAF_CHECK(list(h, ann).total == 5);
  CAF_CHECK_EQUAL(h.told(ann).size(), 5u);
}

CAF_TEST(the guard in the database knows the steps of a gap and no others) {
  postgres_home h;
  std::set<std::string> of_domain, of_database;
  for (const auto& step : gap::steps())
    if (step.from != step.to)
      of_domain.insert(
          std::string(gap::to_string(step.from)) + ">" + std::string(gap::to_string(step.to)));
  for (const auto& step :
       h.texts("select (regexp_matches(pg_get_triggerdef(t.oid), '''([a-z_]+>[a-z_]+)''', 'g'))[1]"
               "  from pg_trigger t where t.tgname = 'knowledge_gaps_steps'"))
    of_database.insert(step);
  CAF_CHECK(of_domain == of_database);
  CAF_CHECK_EQUAL(of_domain.size(), 4u);
}

CAF_TEST(a chat is kept in its order) {
  for (auto& h : homes()) {
    CAF_MESSAGE(h->name());
    auto ann = h->person("ann");
    auto bob = h->person("bob");
    auto id = fresh<chat_id>();
    auto said = [&](const std::string& text) {
      brain::message m;
      m.text = text;
      return m;
    };
    auto add = [&](const identity& who, const chat_id& chat, bool made, brain::message reply) {
      return h->at(who, [&](shelf& s) {
        return s.chats.add(
            chat, made, knowledge::agent::sync, said("What are\n your hours?"), reply);
      });
    };
    auto reply = said("Nine to five.");
    reply.sources = {
        {"profile:hours", "Business profile: hours", "Nine \"to\" five"}
    };
    reply.by = "rules";
    auto lost = add(ann, id, false, reply);
    CAF_CHECK(!lost && lost.error().code == errc::not_found);
    auto made = add(as_engine(ann), id, true, reply);
    CAF_REQUIRE(made.has_value());
    CAF_CHECK_EQUAL(made->title, "What are your hours?");
    CAF_CHECK_EQUAL(made->messages, 2);
    auto unknown = said("I do not know that.");
    unknown.gap = must_log(*h, ann, asked(dogs)).gap.id;
    CAF_REQUIRE(add(as_engine(ann), id, false, unknown).has_value());
    auto all = h->at(ann, [&](shelf& s) { return s.chats.messages(id); });
    CAF_REQUIRE(all.has_value());
    CAF_REQUIRE_EQUAL(all->size(), 4u);
    for (std::size_t i = 0; i < all->size(); ++i) {
      CAF_CHECK_EQUAL((*all)[i].n, static_cast<std::int32_t>(i) + 1);
      CAF_CHECK_EQUAL((*all)[i].from_user, i % 2 == 0);
      CAF_CHECK((*all)[i].at > instant{});
    }
    CAF_CHECK((*all)[1].sources == reply.sources);
    CAF_CHECK_EQUAL((*all)[1].by, "rules");
    CAF_CHECK((*all)[3].gap == unknown.gap);
    auto tail = h->at(ann, [&](shelf& s) { return s.chats.messages(id, 3); });
    CAF_CHECK_EQUAL(tail->front().n, 2);
    // The one that was spoken in last comes first.
    auto other = fresh<chat_id>();
    CAF_REQUIRE(add(ann, other, true, reply).has_value());
    CAF_CHECK(h->at(ann, [](shelf& s) { return s.chats.list({}); })->items.at(0).id == other);
    CAF_REQUIRE(add(ann, id, false, reply).has_value());
    auto list_now = h->at(ann, [](shelf& s) { return s.chats.list({}); });
    CAF_CHECK(list_now->items.at(0).id == id);
    CAF_CHECK(list_now->total == 2);
    // Nobody else reads, writes or removes it.
    CAF_CHECK(
        h->at(bob, [&](shelf& s) { return s.chats.find(id); }).error().code == errc::not_found);
    CAF_CHECK(
        h->at(bob, [&](shelf& s) { return s.chats.messages(id); }).error().code == errc::not_found);
    CAF_CHECK(add(bob, id, false, reply).error().code == errc::not_found);
    CAF_CHECK(
        h->at(bob, [&](shelf& s) { return s.chats.remove(id); }).error().code == errc::not_found);
    CAF_CHECK(h->at(ann, [&](shelf& s) { return s.chats.remove(id); }).has_value());
    CAF_CHECK(
        h->at(ann, [&](shelf& s) { return s.chats.find(id); }).error().code == errc::not_found);
  }
}
