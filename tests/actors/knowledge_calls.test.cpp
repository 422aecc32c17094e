#define CAF_SUITE knowledge_calls
#include <caf/test/unit_test.hpp>

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "domain/rules.hpp"
#include "tests/actors/support/talk_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using then = line_document::next;

namespace {

/// A DESK that is busy with something else: what it is given stays with it.
class busy_desk final : public desk_actor::base {
public:
  using job_list = std::shared_ptr<std::vector<desk_job>>;
  busy_desk(caf::actor_config& config, job_list jobs)
      : desk_actor::base(config), jobs_(std::move(jobs)) {}
  behavior_type make_behavior() override {
    return {[this](desk_job& job) { jobs_->push_back(std::move(job)); }};
  }

private:
  job_list jobs_;
};

/// A stage on which callees ask about the business.
struct asking_stage : talk_stage {
  asking_stage() {
    add("Parking", "There is free parking behind the house.");
    models.talks = [](const assistant::turn& t) -> result<assistant::turn_end> {
      return rules::speak(t);
    };
  }
  void add(std::string title, std::string text) {
    knowledge::chunk_draft d;
    d.title = std::move(title);
    d.text = std::move(text);
    auto fits = knowledge::check(d);
    if (!fits || !books.known.knowledge({user, "user:ann", {}})
                      .add_chunk(chunk_id{make_uuid7(time.now(), random)}, *fits))
      CAF_FAIL("a chunk of the fixture does not fit");
  }
  support::memory_knowledge::shelf& shelf() { return books.known.of(user); }

  /// From now on the DESKs keep their jobs until `let_desks_work`.
  void hold_desks() {
    auto& system = life->all->scheduler.home_system();
    for (auto& one : life->all->desks) {
      real_desks.push_back(one);
      one = system.spawn<busy_desk>(jobs);
    }
  }
  void let_desks_work() {
    for (std::size_t i = 0; i < real_desks.size(); ++i) {
      caf::anon_send_exit(life->all->desks[i], caf::exit_reason::kill);
      life->all->desks[i] = real_desks[i];
    }
    for (auto& job : *jobs)
      caf::anon_send(real_desks.front(), std::move(job));
    jobs->clear();
    real_desks.clear();
  }

  std::vector<desk_actor> real_desks;
  std::shared_ptr<std::vector<desk_job>> jobs = std::make_shared<std::vector<desk_job>>();
};

} // namespace

// What callees ask, and what the knowledge base has to it.

CAF_TEST_FIXTURE_SCOPE(knowledge_call_tests, asking_stage)

CAF_TEST(a question is looked up and answered from the knowledge base) {
  auto id = answered();
  auto first = got(open(id));
  auto second = got(hear(id, first.number, "Do you have parking?"));
  CAF_REQUIRE(models.turns.size() == 1);
  CAF_CHECK(models.turns.front().said.consulted);
  CAF_CHECK(!models.turns.front().said.passages.empty());
  CAF_CHECK(says(second, "behind the house"));
  line.complete(sid_of(id));
  elapse(5s);
  CAF_CHECK(shelf().gaps.empty());
}

CAF_TEST(where nothing is asked nothing is looked up) {
  auto id = answered();
  auto first = got(open(id));
  hold_desks();
  auto place = hear(id, first.number, "Good evening, this is Dana.");
  drain();
  CAF_CHECK_EQUAL(models.turns.size(), 1u); // no DESK was waited for
  CAF_CHECK(!models.turns.front().said.consulted);
  CAF_CHECK(place->has_value());
  let_desks_work();
}

CAF_TEST(a knowledge base that takes long is not waited for) {
  auto id = answered();
  auto first = got(open(id));
  hold_desks();
  auto asked_at = time.steady;
  auto place = hear(id, first.number, "Do you have parking?");
  drain();
  CAF_CHECK(models.turns.empty());
  CAF_REQUIRE(until([&] { return !models.turns.empty(); }, 5s));
  CAF_CHECK(time.steady - asked_at >= options.consult_patience);
  CAF_CHECK(time.steady - asked_at <= options.consult_patience + 50ms);
  CAF_CHECK(!models.turns.front().said.consulted);
  CAF_REQUIRE(until([&] { return place->has_value(); }, 5s));
  let_desks_work();
  elapse(2s);
  CAF_CHECK_EQUAL(models.turns.size(), 1u); // what came too late starts nothing
  CAF_CHECK(shelf().gaps.empty());          // what was not looked up is no gap
}

CAF_TEST(a database that is away delays no answer) {
  auto id = answered();
  auto first = got(open(id));
  books.admit = [](const identity&) { return false; };
  auto asked_at = time.steady;
  got(hear(id, first.number, "Do you have parking?"));
  CAF_CHECK(time.steady - asked_at <= options.consult_patience + 50ms);
  CAF_REQUIRE(models.turns.size() == 1);
  CAF_CHECK(!models.turns.front().said.consulted);
  books.admit = nullptr;
}

CAF_TEST(a question that is overtaken while it is looked up is not answered) {
  in_streams();
  auto id = answered();
  auto relay = got(open(id));
  auto line_of = attach(id, relay.session);
  elapse(20s); // the introduction is over
  auto turns = models.turns.size();
  hold_desks();
  line_of->tell(talk::words{"Do you have parking?", true});
  drain();
  line_of->tell(talk::words{"And may I bring my dog?", true});
  drain();
  let_desks_work();
  drain();
  elapse(1s);
  CAF_CHECK_EQUAL(models.turns.size(), turns + 1);
  CAF_CHECK_EQUAL(
      models.turns.back().said.so_far.back().text.find("dog") != std::string::npos, true);
}

CAF_TEST(a call that ends while something is looked up says nothing more) {
  auto id = answered();
  auto first = got(open(id));
  hold_desks();
  auto place = hear(id, first.number, "Do you have parking?");
  drain();
  line.complete(sid_of(id));
  elapse(100ms);
  let_desks_work();
  elapse(5s);
  CAF_CHECK(models.turns.empty());
  CAF_CHECK(place->has_value());
  CAF_CHECK(is_over(id));
}

CAF_TEST(what is not known is logged with the call it came from) {
  auto id = answered();
  auto first = got(open(id));
  auto second = got(hear(id, first.number, "Do you sell gift cards?"));
  CAF_CHECK(says(second, "do not know"));
  drain();
  CAF_REQUIRE(shelf().gaps.size() == 1);
  const auto& gap = shelf().gaps.front();
  CAF_CHECK(gap.from == gap::source::call);
  CAF_CHECK(gap.context == id.value);
  CAF_CHECK_EQUAL(gap.calls_affected, 1);
  CAF_CHECK_EQUAL(heard("gap", R"("times_asked":1)"), 1u);
  CAF_CHECK_EQUAL(heard("notification", R"("kind":"knowledge_gap")"), 1u);
  got(hear(id, second.number, "But do you sell gift cards?"));
  drain();
  CAF_CHECK_EQUAL(shelf().gaps.size(), 1u);
  CAF_CHECK_EQUAL(shelf().gaps.front().times_asked, 1);
}

CAF_TEST(what a model makes up is not said and is logged) {
  models.talks = [](const assistant::turn&) -> result<assistant::turn_end> {
    assistant::turn_end end;
    end.text = "Gift cards cost 25 dollars each.";
    return end;
  };
  auto id = answered();
  auto first = got(open(id));
  auto second = got(hear(id, first.number, "How much is a gift card?"));
  CAF_CHECK(words(second).find("25") == std::string::npos);
  CAF_CHECK(says(second, "do not know"));
  drain();
  CAF_CHECK_EQUAL(shelf().gaps.size(), 1u);
  CAF_CHECK(transcript(id).find("25") == std::string::npos);
}

CAF_TEST(what is not known is logged also if the database is away at that moment) {
  auto id = answered();
  auto first = got(open(id));
  models.talks = [&](const assistant::turn& t) -> result<assistant::turn_end> {
    books.admit = [](const identity&) { return false; };
    return rules::speak(t);
  };
  got(hear(id, first.number, "Do you sell gift cards?"));
  elapse(3s);
  CAF_CHECK(shelf().gaps.empty());
  books.admit = nullptr;
  elapse(5s);
  CAF_REQUIRE(shelf().gaps.size() == 1);
  CAF_CHECK_EQUAL(shelf().gaps.front().times_asked, 1);
}

CAF_TEST(an answer of a database in doubt makes no second gap) {
  auto id = answered();
  auto first = got(open(id));
  models.talks = [&](const assistant::turn& t) -> result<assistant::turn_end> {
    books.doubt = 1;
    return rules::speak(t);
  };
  got(hear(id, first.number, "Do you sell gift cards?"));
  elapse(5s);
  CAF_REQUIRE(shelf().gaps.size() == 1);
  CAF_CHECK_EQUAL(shelf().gaps.front().times_asked, 1);
}

CAF_TEST(proposals of a call are told) {
  books.data.proposed = {proposal_id{make_uuid7(time.now(), random)}};
  auto id = answered();
  auto first = got(open(id));
  got(hear(id, first.number, "Good evening, this is Dana, what is it about?"));
  line.complete(sid_of(id));
  elapse(5s);
  CAF_CHECK(talk_of(id).wrapped);
  CAF_CHECK_EQUAL(heard("proposal", to_string(books.data.proposed.front())), 1u);
  CAF_CHECK_EQUAL(heard("notification", R"("kind":"calendar_proposal")"), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
