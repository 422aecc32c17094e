// Webhooks: written in the transaction of what they tell, claimed, finished, kept apart.

#define CAF_SUITE webhooks

#include <caf/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "tests/persistence/knowledge_stage.hpp"
#include "tests/persistence/talk_stage.hpp"

using namespace ringmaster;
using namespace ringmaster::test;
using namespace std::chrono_literals;
using webhook::status;

namespace {

using words = std::vector<std::string>;

struct post_stage : talk_stage {
  webhook_id
  hook(const identity& who, words topics = {}, const std::string& url = "https://a.example/hooks") {
    webhook::draft d;
    d.url = url;
    d.topics = std::move(topics);
    webhook_id id{new_id().value};
    must(at_desk(who, [&](desk_work& w) { return w.webhooks().create(id, d, secret); }));
    return id;
  }
  std::vector<webhook::delivery> sent(const identity& who, const webhook_id& id) {
    page_request all;
    all.limit = 500;
    return must(at_desk(who, [&](desk_work& w) { return w.webhooks().deliveries(id, all, {}); }))
        .items;
  }
  /// What was told, oldest first.
  words told(const identity& who, const webhook_id& id) {
    words out;
    for (const auto& d : sent(who, id))
      out.insert(out.begin(), d.type);
    return out;
  }
  std::string payload(const identity& who, const webhook_id& id, const std::string& type) {
    for (const auto& d : sent(who, id))
      if (d.type == type)
        return must(
                   at_desk(who, [&](desk_work& w) { return w.webhooks().find_delivery(id, d.id); }))
            .payload;
    return {};
  }
  webhook::delivery test(const identity& who, const webhook_id& id) {
    return must(at_desk(who, [&](desk_work& w) { return w.webhooks().test(id); }));
  }
  instant now() { return lane->database_time().value(); }
  std::vector<webhook::parcel>
  claim(instant at, std::size_t most = 10, const std::vector<webhook_id>& busy = {}) {
    return must(desk->outbox().claim(at, most, busy)).parcels;
  }
  void finish(const webhook::parcel& p, int code, instant at, std::uint64_t random = 0) {
    webhook::answer a;
    a.status = code;
    a.took = 12ms;
    auto done = desk->outbox().finish(p, a, webhook::judge(p, a, at, random), at);
    CAF_REQUIRE(done.has_value());
  }
  webhook::view view(const identity& who, const webhook_id& id) {
    return must(at_desk(who, [&](desk_work& w) { return w.webhooks().find(id); }));
  }
  words trail(const identity& who) {
    page_request all;
    all.limit = 500;
    words out;
    for (const auto& row :
         must(at_desk(who, [&](desk_work& w) { return w.list_audit(all, ""); })).items)
      if (row.subject_kind == "webhook")
        out.insert(out.begin(), row.action);
    return out;
  }

  const std::string secret = std::string(32, 's');
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

CAF_TEST(ends of calls are told once in the transaction that ends them) {
  post_stage s;
  auto bob = s.add_user("bob@example.com");
  auto all = s.hook(s.ann);
  auto one = s.hook(s.ann, {"call.completed"});
  auto other = s.hook(s.ann, {"campaign.paused"});
  auto of_bob = s.hook(bob);
  auto dial = s.talking(s.ann);
  s.end(dial); // the plain step
  CAF_CHECK((s.told(s.ann, all) == words{"call.completed"}));
  CAF_CHECK((s.told(s.ann, one) == words{"call.completed"}));
  CAF_CHECK(s.told(s.ann, other).empty());
  CAF_CHECK(s.told(bob, of_bob).empty());
  auto body = s.payload(s.ann, one, "call.completed");
  CAF_MESSAGE(body);
  CAF_CHECK(body.starts_with(R"({"type": "call.completed", "timestamp": "2)"));
  CAF_CHECK(has(body, R"("call_id": ")" + to_string(dial.attempt)));
  CAF_CHECK(has(body, R"("campaign_id": ")" + to_string(dial.campaign)));
  CAF_CHECK(has(body, R"("phone_number": "+1)"));
  CAF_CHECK(has(body, R"("outcome": "answered")"));
  CAF_CHECK(has(body, R"("status": "completed")"));
  CAF_CHECK(has(body, R"("duration_seconds": 65)"));
  CAF_CHECK(has(body, R"("call_task_id": null)"));

  // The steps that read first: a number that the carrier refused.
  auto refused = s.ask(s.ann, s.running(s.ann, stage::any_time(), 1, 500), 1).intents.at(0);
  auto reject = stage::step(refused, attempt::event::reject);
  reject.error_code = 21211;
  reject.target_step = target::event::give_up;
  reject.outcome = call::outcome::failed;
  s.must(s.one<attempt_advanced>(reject));
  s.must(s.one<attempt_advanced>(reject)); // again: nothing new
  CAF_CHECK((s.told(s.ann, one) == words{"call.completed", "call.completed"}));
  body = s.payload(s.ann, one, "call.completed"); // the newest
  CAF_CHECK(has(body, R"("status": null)"));
  CAF_CHECK(has(body, R"("outcome": "failed")"));
  // What comes again is no end.
  auto voided = s.ask(s.ann, s.running(s.ann, stage::any_time(), 1, 501), 1).intents.at(0);
  auto back = stage::step(voided, attempt::event::withdraw);
  back.target_step = target::event::requeue;
  back.counts = false;
  s.must(s.one<attempt_advanced>(back));
  CAF_CHECK_EQUAL(s.told(s.ann, one).size(), 2u);
}

CAF_TEST(a transaction that is rolled back tells nobody) {
  post_stage s;
  auto id = s.hook(s.ann);
  auto question = asked("Are dogs allowed in the waiting room?");
  auto done = s.desk->transact(s.ann, [&](desk_work& w) -> result<void> {
    CAF_CHECK(w.knowledge().log_gap(fresh<gap_id>(), question).has_value());
    return fail(errc::conflict, "thought better of it");
  });
  CAF_CHECK(!done);
  CAF_CHECK(s.told(s.ann, id).empty());
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.webhook_deliveries"), 0);
}

CAF_TEST(what happens to tasks campaigns gaps and proposals is told) {
  post_stage s;
  auto id = s.hook(s.ann);
  auto engine = task_stage::as_engine(s.ann);
  s.any_hour(s.ann);
  // A campaign, paused by its user and finished by the engine.
  auto list = s.running(s.ann, stage::any_time(), 1, 900);
  s.must(s.stage::steer(s.ann, list, campaign::action::pause));
  CAF_CHECK((s.told(s.ann, id) == words{"campaign.paused"}));
  CAF_CHECK(has(s.payload(s.ann, id, "campaign.paused"), R"("campaign_id": ")" + to_string(list)));
  CAF_CHECK(has(s.payload(s.ann, id, "campaign.paused"), R"("pending": 1)"));
  // A gap, asked by an agent, asked again, resolved and opened again.
  auto log = [&](const identity& who) {
    return s.must(s.at_desk(who, [&](desk_work& w) {
      return w.knowledge().log_gap(fresh<gap_id>(), asked("Are dogs allowed in the waiting room?"));
    }));
  };
  auto gap = log(engine).gap.id;
  log(engine);
  s.must(s.at_desk(s.ann, [&](desk_work& w) {
    return w.knowledge().act(gap, gap::resolve{"yes", {}}, {});
  }));
  s.must(s.at_desk(
      s.ann, [&](desk_work& w) { return w.knowledge().act(gap, gap::reopen{"no"}, {}); }));
  CAF_CHECK(
      (s.told(s.ann, id) ==
       words{"campaign.paused", "knowledge_gap.opened", "knowledge_gap.opened"}));
  CAF_CHECK(has(s.payload(s.ann, id, "knowledge_gap.opened"), "Are dogs allowed"));
  // A task that needs a number, and one that is called and done.
  auto vague = s.must(s.create(s.ann, task_stage::wish("Call my dentist")));
  auto plan = task_stage::planned();
  plan.plan.missing = {
      {"target_phone_number", "Which number?", true}
  };
  s.must(s.act(engine, vague.id, plan));
  auto body = s.payload(s.ann, id, "call_task.needs_clarification");
  CAF_CHECK(has(body, to_string(vague.id)));
  CAF_CHECK(has(body, "Which number?"));
  auto ready = s.ready(s.ann);
  auto campaign = s.begin(s.ann, ready.id);
  auto before = s.told(s.ann, id).size();
  s.call_once(s.ann, campaign, call::outcome::no_answer);
  s.steer(engine, campaign, campaign::action::finish);
  auto told = s.told(s.ann, id);
  words after(told.begin() + static_cast<std::ptrdiff_t>(before), told.end());
  CAF_CHECK((std::count(after.begin(), after.end(), "call.completed") == 1));
  CAF_CHECK((std::count(after.begin(), after.end(), "call_task.failed") == 1));
  // The campaign of a task is nobody's list.
  CAF_CHECK((std::count(told.begin(), told.end(), "campaign.completed") == 0));
  CAF_CHECK(has(s.payload(s.ann, id, "call_task.failed"), to_string(ready.id)));
  CAF_CHECK(
      has(s.payload(s.ann, id, "call.completed"), R"("call_task_id": ")" + to_string(ready.id)));
}

CAF_TEST(a conversation that was processed and a wish not to be called are told) {
  post_stage s;
  auto id = s.hook(s.ann);
  auto engine = task_stage::as_engine(s.ann);
  auto dial = s.talking(s.ann);
  s.talk_on(dial);
  s.must(s.at_desk(engine, [&](desk_work& w) -> result<bool> {
    if (auto done = w.conversations().opt_out(dial.attempt, "Stop calling me"); !done)
      return fail(done.error());
    return true;
  }));
  s.end(dial);
  s.must(s.at_desk(engine, [&](desk_work& w) {
    return w.conversations().wrap_up(dial.attempt, talk_stage::found(), "rules", "rules-1", false);
  }));
  auto told = s.told(s.ann, id);
  for (const auto* type : {"opt_out.recorded", "call.completed", "call.processed"})
    CAF_CHECK_EQUAL(std::count(told.begin(), told.end(), type), 1);
  CAF_CHECK(has(s.payload(s.ann, id, "opt_out.recorded"), R"("phone_number": "+1)"));
  CAF_CHECK(has(s.payload(s.ann, id, "call.processed"), to_string(dial.attempt)));
  CAF_CHECK(has(s.payload(s.ann, id, "call.processed"), R"("times_processed": 1)"));
  // A number that a person adds by hand is no callee's wish.
  auto before = told.size();
  s.must(s.at_desk(s.ann, [&](desk_work& w) {
    return w.add_suppression(phone_number::from_canonical("+14155559999"), "", "api");
  }));
  CAF_CHECK_EQUAL(s.told(s.ann, id).size(), before);
}

CAF_TEST(an address that is switched off is told nothing) {
  post_stage s;
  auto id = s.hook(s.ann);
  webhook::draft off;
  off.url = "https://a.example/hooks";
  off.active = false;
  auto changed =
      s.must(s.at_desk(s.ann, [&](desk_work& w) { return w.webhooks().replace(id, off); }));
  CAF_CHECK(!changed.active);
  s.end(s.talking(s.ann));
  CAF_CHECK(s.told(s.ann, id).empty());
  auto test = s.at_desk(s.ann, [&](desk_work& w) { return w.webhooks().test(id); });
  CAF_CHECK(test.error().code == errc::wrong_state);
}

CAF_TEST(a message is claimed once until its lease runs out and finished once) {
  post_stage s;
  auto id = s.hook(s.ann, {"campaign.paused"});
  auto made = s.test(s.ann, id);
  CAF_CHECK(made.state == status::pending);
  CAF_CHECK(has(made.payload, R"("webhook_id": ")" + to_string(id)));
  auto now = s.now() + 1s;
  auto first = s.claim(now);
  CAF_REQUIRE_EQUAL(first.size(), 1u);
  CAF_CHECK(first[0].id == made.id);
  CAF_CHECK(first[0].user == s.ann.user);
  CAF_CHECK_EQUAL(first[0].url, "https://a.example/hooks");
  CAF_CHECK_EQUAL(first[0].payload, made.payload);
  CAF_CHECK((first[0].secrets == words{s.secret}));
  CAF_CHECK_EQUAL(first[0].attempt, 1);
  CAF_CHECK(s.claim(now + 59s).empty());
  auto second = s.claim(now + 60s);
  CAF_REQUIRE_EQUAL(second.size(), 1u);
  CAF_CHECK_EQUAL(second[0].claim, 2);
  CAF_CHECK_EQUAL(second[0].payload, first[0].payload);
  // The late answer to the first changes nothing.
  s.finish(first[0], 500, now + 60s);
  CAF_CHECK(s.sent(s.ann, id).front().state == status::sending);
  s.finish(second[0], 200, now + 61s);
  auto over = s.sent(s.ann, id).front();
  CAF_CHECK(over.state == status::delivered);
  CAF_CHECK_EQUAL(over.attempts, 2);
  CAF_CHECK(over.response_code == 200);
  CAF_CHECK(over.took_ms == 12);
  CAF_CHECK(!over.next_attempt_at);
  CAF_CHECK(over.delivered_at == now + 61s);
  CAF_CHECK(s.claim(now + 24h).empty());
  CAF_CHECK(s.view(s.ann, id).last_success_at == now + 61s);
}

CAF_TEST(a refused message waits for its next try and a gone address is disabled) {
  post_stage s;
  auto id = s.hook(s.ann);
  s.test(s.ann, id);
  auto now = s.now() + 1s;
  auto first = s.claim(now);
  s.finish(first.at(0), 500, now);
  auto waiting = s.sent(s.ann, id).front();
  CAF_CHECK(waiting.state == status::pending);
  CAF_CHECK(waiting.next_attempt_at == now + 5s);
  CAF_CHECK_EQUAL(waiting.last_error, "the address answered 500");
  CAF_CHECK(s.view(s.ann, id).failing_since == now);
  CAF_CHECK(s.claim(now + 4s).empty());
  auto again = s.claim(now + 5s);
  CAF_REQUIRE_EQUAL(again.size(), 1u);
  CAF_CHECK_EQUAL(again[0].attempt, 2);
  CAF_CHECK(again[0].failing_since == now);
  s.finish(again[0], 410, now + 5s);
  CAF_CHECK(s.sent(s.ann, id).front().state == status::failed);
  auto view = s.view(s.ann, id);
  CAF_CHECK(!view.active);
  CAF_CHECK(has(view.disabled_reason, "410"));
  CAF_CHECK((s.trail(s.ann) == words{"webhook.add", "webhook.test", "webhook.disable"}));
  CAF_CHECK(!s.must(s.desk->outbox().claim(now + 24h, 10, {})).anybody);
  // Switched on again by its user, it begins anew.
  webhook::draft on;
  on.url = "https://a.example/hooks";
  s.must(s.at_desk(s.ann, [&](desk_work& w) { return w.webhooks().replace(id, on); }));
  view = s.view(s.ann, id);
  CAF_CHECK(view.active);
  CAF_CHECK(view.disabled_reason.empty());
  CAF_CHECK(!view.failing_since);
}

CAF_TEST(no address fills the page alone and a busy one is passed over) {
  post_stage s;
  auto bob = s.add_user("bob@example.com");
  auto flooded = s.hook(s.ann);
  for (int i = 0; i < 20; ++i)
    s.test(s.ann, flooded);
  auto quiet = s.hook(bob);
  s.test(bob, quiet);
  auto now = s.now() + 1s;
  auto busy = s.claim(now, 10, {flooded});
  CAF_REQUIRE_EQUAL(busy.size(), 1u);
  CAF_CHECK(busy[0].to == quiet);
  CAF_CHECK_EQUAL(s.claim(now, 10).size(), 2u);
  CAF_CHECK_EQUAL(s.claim(now, 1).size(), 1u);
}

CAF_TEST(a message is sent again when its user wants it to) {
  post_stage s;
  auto id = s.hook(s.ann);
  auto one = s.test(s.ann, id);
  auto two = s.test(s.ann, id);
  auto now = s.now() + 1s;
  for (const auto& p : s.claim(now))
    s.finish(p, p.id == one.id ? 200 : 410, now);
  webhook::draft on;
  on.url = "https://a.example/hooks";
  s.must(s.at_desk(s.ann, [&](desk_work& w) { return w.webhooks().replace(id, on); }));
  auto replay = [&](const delivery_id& which) {
    return s.must(s.at_desk(s.ann, [&](desk_work& w) { return w.webhooks().replay(id, which); }));
  };
  CAF_CHECK_EQUAL(replay(one.id), 1);
  CAF_CHECK_EQUAL(replay(one.id), 0); // it waits already
  auto again = s.claim(now + 1s);
  CAF_REQUIRE_EQUAL(again.size(), 1u);
  CAF_CHECK(again[0].id == one.id); // the same id, the same bytes
  CAF_CHECK_EQUAL(again[0].payload, one.payload);
  CAF_CHECK_EQUAL(again[0].attempt, 1); // its delays begin anew
  CAF_CHECK_EQUAL(again[0].claim, 2);
  s.finish(again[0], 200, now + 1s);
  auto since = [&](instant t) {
    return s.must(s.at_desk(s.ann, [&](desk_work& w) { return w.webhooks().replay_since(id, t); }));
  };
  CAF_CHECK_EQUAL(since(now + 1h), 0);
  CAF_CHECK_EQUAL(since(one.created_at), 2);
  CAF_CHECK_EQUAL(s.claim(now + 2s).size(), 2u);
  auto unknown =
      s.at_desk(s.ann, [&](desk_work& w) { return w.webhooks().replay(id, fresh<delivery_id>()); });
  CAF_CHECK(unknown.error().code == errc::not_found);
}

CAF_TEST(a new secret signs first and the old one for a day) {
  post_stage s;
  auto id = s.hook(s.ann);
  const std::string next(32, 'n');
  auto turned =
      s.must(s.at_desk(s.ann, [&](desk_work& w) { return w.webhooks().rotate(id, next); }));
  CAF_REQUIRE(turned.previous_secret_until.has_value());
  s.test(s.ann, id);
  auto during = s.claim(*turned.previous_secret_until - 1s);
  CAF_REQUIRE_EQUAL(during.size(), 1u);
  CAF_CHECK((during[0].secrets == words{next, s.secret}));
  auto after = s.claim(*turned.previous_secret_until + 1min);
  CAF_REQUIRE_EQUAL(after.size(), 1u);
  CAF_CHECK((after[0].secrets == words{next}));
  // Neither stands plain anywhere.
  CAF_CHECK_EQUAL(
      s.number("select count(*) from ringmaster.webhooks w where position(convert_to('ssss', "
               "'UTF8') in w.sealed) > 0 "
               "or position(convert_to('ssss', 'UTF8') in w.previous_sealed) > 0"),
      0);
}

CAF_TEST(nobody sees or changes the webhooks of another user) {
  post_stage s;
  auto bob = s.add_user("bob@example.com");
  auto id = s.hook(s.ann);
  auto message = s.test(s.ann, id);
  auto lost = [](const auto& answer) { return !answer && answer.error().code == errc::not_found; };
  auto at = [&](auto work) { return s.at_desk(bob, work); };
  webhook::draft d;
  d.url = "https://evil.example";
  CAF_CHECK(s.must(at([&](desk_work& w) { return w.webhooks().list(); })).empty());
  CAF_CHECK(lost(at([&](desk_work& w) { return w.webhooks().find(id); })));
  CAF_CHECK(lost(at([&](desk_work& w) { return w.webhooks().replace(id, d); })));
  CAF_CHECK(lost(at([&](desk_work& w) { return w.webhooks().remove(id); })));
  CAF_CHECK(lost(at([&](desk_work& w) { return w.webhooks().rotate(id, std::string(32, 'x')); })));
  CAF_CHECK(lost(at([&](desk_work& w) { return w.webhooks().test(id); })));
  CAF_CHECK(lost(at([&](desk_work& w) { return w.webhooks().deliveries(id, {}, {}); })));
  CAF_CHECK(lost(at([&](desk_work& w) { return w.webhooks().find_delivery(id, message.id); })));
  CAF_CHECK(lost(at([&](desk_work& w) { return w.webhooks().replay(id, message.id); })));
  CAF_CHECK(lost(at([&](desk_work& w) { return w.webhooks().replay_since(id, instant{}); })));
  CAF_CHECK_EQUAL(s.view(s.ann, id).url, "https://a.example/hooks");
  // Gone with its messages, for its own user.
  CAF_CHECK(s.at_desk(s.ann, [&](desk_work& w) { return w.webhooks().remove(id); }).has_value());
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.webhook_deliveries"), 0);
}

CAF_TEST(agents write messages and see neither address nor secret) {
  post_stage s;
  auto app = s.base->connect(db::purpose::desk, "agent");
  for (const auto* sql :
       {"select url from ringmaster.webhooks", "select sealed from ringmaster.webhooks",
        "select payload from ringmaster.webhook_deliveries",
        "update ringmaster.webhooks set active = false",
        "update ringmaster.webhook_deliveries set status = 'failed'",
        "delete from ringmaster.webhook_deliveries"}) {
    auto tx = db::transaction::of_user(*app, s.ann.user);
    tx.script("set local role rm_agent");
    std::optional<db::trouble> why;
    try {
      tx.script(sql);
    } catch (const db::failure& refused) {
      why = refused.what_kind;
    }
    if (why != db::trouble::denied)
      CAF_ERROR("not refused: " << sql);
  }
}

CAF_TEST(a user has twenty webhooks and no more) {
  post_stage s;
  for (std::int64_t i = 0; i < webhook_book::most; ++i)
    s.hook(s.ann);
  webhook::draft d;
  d.url = "https://a.example";
  auto refused = s.at_desk(
      s.ann, [&](desk_work& w) { return w.webhooks().create(fresh<webhook_id>(), d, s.secret); });
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::invalid);
}

CAF_TEST(lists turn their pages and old messages go) {
  post_stage s;
  auto id = s.hook(s.ann);
  for (int i = 0; i < 5; ++i) {
    task_stage::wait_a_tick();
    s.test(s.ann, id);
  }
  page_request p;
  p.limit = 2;
  std::vector<delivery_id> seen;
  do {
    auto page =
        s.must(s.at_desk(s.ann, [&](desk_work& w) { return w.webhooks().deliveries(id, p, {}); }));
    for (const auto& d : page.items)
      seen.push_back(d.id);
    p.cursor = page.next_cursor;
  } while (!p.cursor.empty());
  CAF_CHECK_EQUAL(seen.size(), 5u);
  CAF_CHECK(std::is_sorted(seen.rbegin(), seen.rend()));
  page_request all;
  auto none = s.must(s.at_desk(
      s.ann, [&](desk_work& w) { return w.webhooks().deliveries(id, all, status::delivered); }));
  CAF_CHECK(none.items.empty());
  CAF_CHECK_EQUAL(s.must(s.desk->outbox().sweep(s.now() - 1h)), 0);
  CAF_CHECK_EQUAL(s.must(s.desk->outbox().sweep(s.now() + 1h)), 5);
  CAF_CHECK_EQUAL(s.must(s.desk->outbox().sweep(s.now() + 1h)), 0);
}

CAF_TEST(the guard in the database knows the steps of a message and no others) {
  post_stage s;
  std::set<std::string> of_domain;
  for (const auto& step : webhook::steps())
    if (step.from != step.to)
      of_domain.insert(
          std::string(webhook::to_string(step.from)) + ">" +
          std::string(webhook::to_string(step.to)));
  std::string text;
  for (const auto& one : of_domain)
    text += (text.empty() ? "" : " ") + one;
  CAF_CHECK_EQUAL(
      s.text("select string_agg(m, ' ' order by m collate \"C\") from (select "
             "(regexp_matches(pg_get_triggerdef(t.oid), "
             "'''([a-z_]+>[a-z_]+)''', 'g'))[1] as m from pg_trigger t where t.tgname = "
             "'webhook_deliveries_steps') x"),
      text);
}
