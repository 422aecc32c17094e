#define CAF_SUITE wrap_ups
#include <caf/test/unit_test.hpp>

#include "tests/actors/support/talk_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::testing;
using assistant::function;
using then = line_document::next;

namespace {

/// A stage on which a call was talked on and has ended.
struct wrap_stage : talk_stage {
  attempt_id talked(std::string answer = "Yes, seven is fine. See you on Friday.") {
    models.lines = {"Do you have a table for two at seven?", "!Thank you, goodbye."};
    auto id = answered();
    talk_through(id, std::move(answer));
    return id;
  }
  void talk_through(const attempt_id& id, std::string answer) {
    auto first = got(open(id));
    auto second = got(hear(id, first.number, "Luigi's, good evening, how can I help you?"));
    got(hear(id, second.number, std::move(answer)));
    line.complete(sid_of(id));
    elapse(2s);
  }
};

} // namespace

// What becomes of a conversation after the call.

CAF_TEST_FIXTURE_SCOPE(wrap_up_tests, wrap_stage)

CAF_TEST(what a model found is kept only as far as the transcript bears it) {
  models.says = [](const assistant::order& o) {
    auto c = scripted_models::good(o);
    if (assistant::function_of(o.what) == function::extract) {
      talk::findings f;
      f.summary = "A table was booked.";
      talk::value invented;
      invented.key = "confirmation_number";
      invented.text = "ZX-4711";
      invented.segments = {1};
      f.values = {invented};
      c.what = assistant::reply{f};
    }
    return c;
  };
  auto id = talked();
  CAF_CHECK(talk_of(id).wrapped);
  CAF_CHECK_EQUAL(talk_of(id).found.summary, "A table was booked.");
  for (const auto& v : talk_of(id).found.values)
    CAF_CHECK(v.text.find("4711") == std::string::npos);
  CAF_CHECK_EQUAL(talk_of(id).found_by, "openai small");
}

CAF_TEST(models that fail are asked again later and then the rules do it) {
  models.says = [](const assistant::order& o) {
    return assistant::function_of(o.what) == function::extract
               ? scripted_models::failing("all are away")
               : scripted_models::good(o);
  };
  auto id = talked();
  CAF_CHECK(!talk_of(id).wrapped);
  CAF_CHECK_EQUAL(models.count(function::extract), 1u);
  CAF_CHECK(until([&] { return talk_of(id).wrapped; }, 10min));
  CAF_CHECK_EQUAL(models.count(function::extract), options.wrap_up_tries);
  CAF_CHECK_EQUAL(talk_of(id).found_by, "rules");
  CAF_CHECK_EQUAL(costs(function::extract), options.wrap_up_tries);
  CAF_CHECK_EQUAL(books.data.wrap_ups, 1u);
}

CAF_TEST(where next to nothing was said no model is asked) {
  auto id = answered();
  got(open(id));
  line.complete(sid_of(id));
  elapse(5s);
  CAF_CHECK(talk_of(id).wrapped);
  CAF_CHECK_EQUAL(models.count(function::extract), 0u);
  CAF_CHECK(talk_of(id).found.goal_achieved == talk::verdict::unknown);
}

CAF_TEST(findings that cannot be stored are kept until they can and asked for once) {
  auto away = true;
  models.says = [&](const assistant::order& o) {
    if (assistant::function_of(o.what) == function::extract)
      books.admit = [&](const identity&) { return !away; };
    return scripted_models::good(o);
  };
  auto id = talked();
  elapse(30s);
  CAF_CHECK(!talk_of(id).wrapped);
  away = false;
  elapse(1min);
  CAF_CHECK(talk_of(id).wrapped);
  CAF_CHECK_EQUAL(models.count(function::extract), 1u);
}

CAF_TEST(a call is processed again when its owner asks) {
  auto id = talked();
  CAF_CHECK_EQUAL(talk_of(id).times_wrapped, 1);
  auto place = process(id);
  elapse(1s);
  CAF_REQUIRE(place->has_value());
  CAF_REQUIRE(place->value().has_value());
  CAF_CHECK_EQUAL(place->value()->found.summary, "A table was asked for.");
  CAF_CHECK_EQUAL(talk_of(id).times_wrapped, 2);
}

CAF_TEST(while it goes on a call is not processed) {
  auto id = answered();
  got(open(id));
  auto place = process(id);
  auto nobody = process(attempt_id{make_uuid7(time.now(), random)});
  elapse(1s);
  CAF_REQUIRE(place->has_value() && nobody->has_value());
  CAF_CHECK(place->value().error().code == errc::wrong_state);
  CAF_CHECK(nobody->value().error().code == errc::not_found);
}

CAF_TEST(whoever asks while a call is processed gets the same result) {
  models.holds = [](const assistant::order& o) {
    return assistant::function_of(o.what) == function::extract;
  };
  auto id = talked();
  auto one = process(id);
  auto two = process(id);
  elapse(1s);
  CAF_CHECK(!one->has_value());
  models.release();
  elapse(1s);
  CAF_REQUIRE(one->has_value() && two->has_value());
  CAF_CHECK(one->value().has_value() && two->value().has_value());
  CAF_CHECK_EQUAL(models.count(function::extract), 1u);
  CAF_CHECK_EQUAL(talk_of(id).times_wrapped, 1);
}

CAF_TEST(a killed processing is done by the next engine and nobody waits for ever) {
  models.holds = [](const assistant::order& o) {
    return assistant::function_of(o.what) == function::extract;
  };
  auto id = talked();
  auto place = process(id);
  drain();
  crash();
  CAF_REQUIRE(place->has_value());
  CAF_CHECK(place->value().error().code == errc::unavailable);
  models.holds = nullptr;
  start();
  elapse(5s);
  CAF_CHECK_EQUAL(books.data.wrap_ups, 1u);
  CAF_CHECK_EQUAL(talk_of(id).times_wrapped, 1);
}

CAF_TEST(a task ends with what its call came to) {
  models.says = [](const assistant::order& o) {
    auto c = scripted_models::good(o);
    if (assistant::function_of(o.what) == function::extract) {
      talk::findings f;
      f.summary = "The table is booked.";
      f.who = talk::listener::human;
      f.follow_ups = {
          {"Call Luigi's to confirm the table", "they asked for it", {}}
      };
      c.what = assistant::reply{f};
    }
    return c;
  };
  models.holds = [](const assistant::order& o) {
    return assistant::function_of(o.what) == function::extract;
  };
  start();
  follow();
  auto task = ready();
  auto id = answered_for_task(task);
  models.lines = {"Do you have a table for two at seven?", "!Thank you, goodbye."};
  talk_through(id, "Yes, seven is fine. See you on Friday.");
  elapse(10s);
  CAF_CHECK(is(task, task::status::in_progress)); // the call is over, its findings are not there
  CAF_CHECK(until([&] { return !models.held.empty(); }, 10s));
  models.holds = nullptr;
  models.release();
  elapse(5s);
  CAF_CHECK(is(task, task::status::completed));
  CAF_CHECK_EQUAL(books.find(task).summary, "The table is booked.");
  CAF_CHECK_EQUAL(books.told(notification::kind::call_completed), 1u);
  CAF_CHECK_EQUAL(heard("task", R"("status":"completed")"), 1u);
  CAF_REQUIRE(talk_of(id).follow_ups.size() == 1);
  // It is a task like any other, and planned at once.
  CAF_CHECK(!is(talk_of(id).follow_ups.front(), task::status::pending));
}

CAF_TEST(only so many calls are processed at a time and all of them are) {
  options.wrap_ups_most = 2;
  models.holds = [](const assistant::order& o) {
    return assistant::function_of(o.what) == function::extract;
  };
  auto campaign = running(5);
  start();
  CAF_REQUIRE(until(
      [&] {
        std::size_t n = 0;
        for (const auto& a : database.attempts_of(campaign))
          n += a.call_state == call::status::in_progress;
        return n == 5;
      },
      1min));
  for (const auto& a : database.attempts_of(campaign)) {
    models.lines = {"Do you have a table?", "!Thank you, goodbye."};
    auto id = a.what.attempt;
    auto first = got(open(id));
    auto second = got(hear(id, first.number, "Luigi's, how can I help you?"));
    got(hear(id, second.number, "No, we are full tonight."));
  }
  for (const auto& a : database.attempts_of(campaign))
    line.complete(*a.sid);
  elapse(5s);
  CAF_CHECK_EQUAL(models.held.size(), 2u);
  for (int i = 0; i < 5; ++i) {
    if (!models.held.empty())
      models.release();
    elapse(1s);
  }
  CAF_CHECK_EQUAL(books.data.wrap_ups, 5u);
}

CAF_TEST_FIXTURE_SCOPE_END()
