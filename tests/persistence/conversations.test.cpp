#define CAF_SUITE conversations

#include <caf/test/unit_test.hpp>

#include "tests/persistence/talk_stage.hpp"

using namespace ringmaster;
using ringmaster::test::talk_stage;
using ringmaster::test::test_cluster;

namespace {

using state = talk::owner_question::state;

using fields = std::vector<std::pair<std::string, std::string>>;

bool holds(const fields& list, const std::string& name, const std::string& value) {
  for (const auto& pair : list)
    if (pair.first == name && pair.second == value)
      return true;
  return false;
}

bool forbids(const talk::facts& f, const std::string& field, const std::string& value) {
  for (const auto& secret : f.forbidden)
    if (secret.field == field && secret.value == value)
      return true;
  return false;
}

db::trouble trouble_of(db::transaction& tx, const std::string& sql) {
  try {
    tx.script(sql);
  } catch (const db::failure& why) {
    return why.what_kind;
  }
  return db::trouble::other;
}

result<void> keep(talk_stage& s, const identity& who, const fields& values) {
  return s.at_desk(who, [&](desk_work& w) { return w.identities().write(values); });
}

} // namespace

CAF_TEST(a call of a campaign is taken up with what its owner settled) {
  talk_stage s;
  assistant_settings settings;
  settings.allowed_auth_fields = {"name"};
  settings.max_auto_approve_amount = money{40'000'000, "USD"};
  settings.transfer_numbers = {"+14155550777"};
  settings.daily_model_budget = money{1'000'000, "USD"};
  settings = s.any_hour(s.ann, settings);
  CAF_CHECK_EQUAL(settings.transfer_numbers.size(), 1u);
  business_profile shop;
  shop.name = "Ann and Sons";
  auto filled = s.at_desk(s.ann, [&](desk_work& w) -> result<void> {
    auto a = w.settings().write_profile(shop, {});
    auto b = w.vault().put("openai", "", "sk-1");
    auto c = w.vault().put("carrier", "", "token");
    return a && b && c ? result<void>{} : fail(errc::internal, "not filled");
  });
  CAF_REQUIRE(filled.has_value());
  CAF_REQUIRE(
      keep(
          s, s.ann,
          {
              {"name",          "Ann Lee"   },
              {"date_of_birth", "1980-02-01"},
              {"member_id",     "Ann Lee"   }
  })
          .has_value());
  auto dial = s.talking(s.ann);

  auto loaded = s.load(talk_stage::as_engine(s.ann), dial.attempt);
  CAF_REQUIRE(loaded.has_value());
  CAF_CHECK(!loaded->begun);
  CAF_CHECK(!loaded->task);
  CAF_CHECK(loaded->campaign == dial.campaign);
  CAF_CHECK(loaded->target == dial.target);
  CAF_CHECK(loaded->sid == s.bound(dial));
  CAF_CHECK(loaded->answered_at > dial.permit_at - std::chrono::seconds(1));
  const auto& about = *loaded->about;
  const auto& brief = *about.brief;
  CAF_CHECK(!brief.of_task);
  CAF_CHECK_EQUAL(brief.about.instruction, "Hello");
  CAF_CHECK_EQUAL(brief.disclosure, "This is an automated call.");
  CAF_CHECK_EQUAL(brief.about.phone_number, dial.to.reveal());
  CAF_CHECK(brief.about.business.find("Ann and Sons") != std::string::npos);
  CAF_CHECK(
      brief.identity == (fields{
                            {"name", "Ann Lee"}
  }));
  // What may be said under one name cannot be held back under another.
  CAF_CHECK_EQUAL(about.forbidden.size(), 1u);
  CAF_CHECK(forbids(about, "date_of_birth", "1980-02-01"));
  CAF_CHECK(brief.may_accept == (money{40'000'000, "USD"}));
  CAF_REQUIRE_EQUAL(about.transfers.size(), 1u);
  CAF_CHECK_EQUAL(about.transfers[0].reveal(), "+14155550777");
  CAF_REQUIRE_EQUAL(loaded->keys.size(), 1u);
  CAF_CHECK_EQUAL(loaded->keys[0].provider, "openai");
  CAF_CHECK(loaded->budget_micros == 1'000'000);
}

CAF_TEST(a call of a task is taken up with its plan and its script and its answers) {
  talk_stage s;
  assistant_settings settings;
  settings.allowed_auth_fields = {"name", "zip_code"};
  s.any_hour(s.ann, settings);
  CAF_REQUIRE(keep(
                  s, s.ann,
                  {
                      {"name", "Ann Lee"}
  })
                  .has_value());
  auto wish = talk_stage::wish("Call and ask for the hours", "+14155550123");
  wish.talk.on_voicemail = talk::machine_action::leave_message;
  wish.talk.message = "Call Ann";
  wish.talk.menu_keys = "2";
  wish.talk.record = true;
  wish.talk.result_schema = R"({"type": "object", "properties": {"size": {"type": "integer"}}})";
  auto made = s.create(s.ann, wish);
  CAF_REQUIRE(made.has_value());
  auto stored = s.find(s.ann, made->id).talk;
  CAF_CHECK(stored == wish.talk);
  CAF_REQUIRE(
      s.act(talk_stage::as_engine(s.ann), made->id, talk_stage::planned("Hours")).has_value());
  task::patch answers;
  answers.answers = {
      {"zip_code",       "94110" },
      {"account_number", "778812"},
      {"party_size",     "4"     }
  };
  CAF_REQUIRE(s.act(s.ann, made->id, talk_stage::edit(answers)).has_value());
  auto dial = s.talking(s.ann, made->id);

  auto loaded = s.load(talk_stage::as_engine(s.ann), dial.attempt);
  CAF_REQUIRE(loaded.has_value());
  CAF_CHECK(loaded->task == made->id);
  CAF_CHECK(!loaded->campaign);
  CAF_CHECK(loaded->record);
  CAF_CHECK(loaded->about->how == wish.talk);
  CAF_REQUIRE_EQUAL(loaded->schema.size(), 1u);
  CAF_CHECK_EQUAL(loaded->schema[0].name, "size");
  const auto& brief = *loaded->about->brief;
  CAF_CHECK(brief.of_task);
  CAF_CHECK_EQUAL(brief.so_far.title, "Hours");
  CAF_CHECK(brief.words == talk_stage::script());
  CAF_CHECK(holds(brief.identity, "name", "Ann Lee"));
  CAF_CHECK(holds(brief.identity, "zip_code", "94110"));
  CAF_CHECK(forbids(*loaded->about, "account_number", "778812"));
  CAF_CHECK(holds(brief.about.answers, "party_size", "4"));
  CAF_CHECK(!holds(brief.about.answers, "account_number", "778812"));
}

CAF_TEST(identity fields go in sealed and come out for the engine alone) {
  talk_stage s;
  auto bob = s.add_user("bob@example.com");
  CAF_REQUIRE(keep(
                  s, s.ann,
                  {
                      {"name",     " Ann Lee "},
                      {"zip_code", "94110"    }
  })
                  .has_value());
  CAF_REQUIRE(keep(
                  s, s.ann,
                  {
                      {"zip_code", ""               },
                      {"email",    "ann@example.com"}
  })
                  .has_value());
  auto names = s.at_desk(s.ann, [](desk_work& w) { return w.identities().fields(); });
  CAF_REQUIRE(names.has_value());
  CAF_CHECK(*names == (std::vector<std::string>{"email", "name"}));
  auto engine = talk_stage::as_engine(s.ann);
  auto open = s.at_desk(engine, [](desk_work& w) { return w.identities().open(); });
  CAF_REQUIRE(open.has_value());
  CAF_CHECK(holds(*open, "name", "Ann Lee"));
  auto theirs = s.at_desk(bob, [](desk_work& w) { return w.identities().open(); });
  CAF_REQUIRE(theirs.has_value());
  CAF_CHECK(theirs->empty());

  // Neither list nor routes of credentials reach the row, and no agent writes it.
  auto list = s.at_desk(s.ann, [](desk_work& w) { return w.vault().list(); });
  CAF_CHECK(list->empty());
  auto taken = s.at_desk(s.ann, [](desk_work& w) { return w.vault().open("identity fields"); });
  CAF_CHECK(!taken->has_value());
  CAF_CHECK(!s.at_desk(s.ann, [](desk_work& w) { return w.vault().remove("identity fields"); }));
  CAF_CHECK(!keep(
      s, engine,
      {
          {"name", "Eve"}
  }));
  CAF_CHECK_EQUAL(
      s.number("select count(*) from ringmaster.credentials where encode(sealed, 'escape') like "
               "'%Ann%'"),
      0);
  CAF_CHECK_EQUAL(
      s.number("select count(*) from ringmaster.audit where reason like '%Ann%' or reason like "
               "'%94110%'"),
      0);

  for (const auto& [name, value] : fields{
           {"shoe_size", "9"            },
           {"name",      std::string(201, 'x')},
           {"name",           "a\nb"                    },
           {"name",           "\xff"}
  }) {
    auto refused = keep(
        s, s.ann,
        {
            {name, value}
    });
    CAF_REQUIRE(!refused);
    CAF_CHECK(refused.error().code == errc::invalid);
    CAF_CHECK_EQUAL(refused.error().fields.at(0).pointer, "/" + name);
  }
  CAF_REQUIRE(keep(
                  s, s.ann,
                  {
                      {"name",  ""},
                      {"email", ""}
  })
                  .has_value());
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.credentials"), 0);
}

CAF_TEST(a question is answered once and by its owner only) {
  talk_stage s;
  auto dial = s.talking(s.ann);
  auto engine = talk_stage::as_engine(s.ann);
  // It may be asked before the first note is stored.
  auto ask = [&](std::int32_t n) {
    return s.book(
        engine, [&](call_book& b) { return b.ask_owner(dial.attempt, talk_stage::question(n)); });
  };
  auto answer = [&](const identity& who, std::int32_t n, bool yes) {
    return s.book(
        who, [&](call_book& b) { return b.answer_question(dial.attempt, n, yes, "fine"); });
  };
  auto close = [&](std::int32_t n) {
    return s.book(engine, [&](call_book& b) { return b.close_question(dial.attempt, n); });
  };
  CAF_REQUIRE(ask(1).has_value());
  CAF_REQUIRE(ask(1).has_value());
  CAF_CHECK_EQUAL(s.stored("call_questions", dial.attempt), 1);
  CAF_CHECK_EQUAL(
      s.number(
          "select count(*) from ringmaster.notifications where kind = 'approval_needed' and "
          "subject_id = '" +
          to_string(dial.attempt) + "'"),
      1);

  auto by_engine = answer(engine, 1, true);
  CAF_REQUIRE(!by_engine);
  CAF_CHECK(by_engine.error().code == errc::forbidden);
  // Nor by SQL in the role of an agent, in the engine's own context, or as a row that is made so.
  auto app = s.base->connect(db::purpose::desk, "probe");
  const std::string yes =
      "update call_questions set status = 'yes', decided_at = now() where n = 1";
  {
    auto tx = db::transaction::of_user(*app, s.ann.user);
    tx.script("set local role rm_agent");
    CAF_CHECK(trouble_of(tx, yes) == db::trouble::denied);
  }
  {
    auto tx = db::transaction::of_engine(*app);
    CAF_CHECK(trouble_of(tx, yes) == db::trouble::denied);
  }
  {
    auto tx = db::transaction::of_user(*app, s.ann.user);
    tx.script("set local role rm_agent");
    CAF_CHECK(
        trouble_of(
            tx, "insert into call_questions (user_id, attempt_id, n, text, status, decided_at) "
                "values ('" +
                    to_string(s.ann.user) + "', gen_random_uuid(), 1, 'x', 'yes', now())") ==
        db::trouble::denied);
  }
  {
    auto tx = db::transaction::of_user(*app, s.ann.user);
    CAF_CHECK(trouble_of(tx, "update call_questions set amount_micros = 0") == db::trouble::denied);
  }

  auto answered = answer(s.ann, 1, true);
  CAF_REQUIRE(answered.has_value());
  CAF_CHECK(answered->now == state::yes);
  auto again = answer(s.ann, 1, false);
  CAF_REQUIRE(!again);
  CAF_CHECK(again.error().code == errc::wrong_state);
  CAF_CHECK_EQUAL(again.error().current_status, "yes");
  auto late = close(1);
  CAF_REQUIRE(late.has_value());
  CAF_CHECK(late->now == state::yes);
  CAF_CHECK_EQUAL(late->note, "fine");

  CAF_REQUIRE(ask(2).has_value());
  CAF_CHECK(close(2)->now == state::timeout);
  CAF_CHECK(!answer(s.ann, 2, true));
  CAF_CHECK(answer(s.ann, 3, true).error().code == errc::not_found);
  // A trail of who decided.
  CAF_CHECK_EQUAL(
      s.text(
          "select actor from ringmaster.audit where action = 'call.approve' and subject_id = '" +
          to_string(dial.attempt) + "'"),
      s.ann.actor);
  // The rows stand for the memory of a conversation that was cut off.
  s.talk_on(dial);
  auto known = s.load(engine, dial.attempt)->known;
  CAF_REQUIRE_EQUAL(known.questions.size(), 2u);
  CAF_CHECK(known.questions[0].now == state::yes);
  CAF_CHECK(known.questions[0].amount == talk_stage::question(1).amount);
  CAF_CHECK(known.questions[1].now == state::timeout);
}

CAF_TEST(a wish not to be called holds everywhere and once) {
  talk_stage s;
  s.any_hour(s.ann, [] {
    assistant_settings a;
    a.auto_retry_failed_calls = true;
    return a;
  }());
  auto bob = s.add_user("bob@example.com");
  const auto number = talk_stage::rows(1, 500)[0].number.number;
  s.make_campaign(bob, talk_stage::any_time(), talk_stage::rows(2, 500));
  // Two lists with the number, a task that would call it again, and the call itself.
  auto draft = s.make_campaign(s.ann, talk_stage::any_time(), talk_stage::rows(3, 499));
  auto waiting = s.running(s.ann, talk_stage::any_time(), 2, 500);
  auto task = s.ready(s.ann, number.reveal());
  auto made = s.begin(s.ann, task.id);
  s.call_once(s.ann, made, call::outcome::busy);
  s.finish(s.ann, made);
  CAF_REQUIRE(s.find(s.ann, task.id).retry_at.has_value());
  s.next_number_ = 500;
  auto dial = s.talking(s.ann);
  CAF_REQUIRE(dial.to == number);

  auto engine = talk_stage::as_engine(s.ann);
  auto opt_out = [&] {
    return s.book(engine, [&](call_book& b) { return b.opt_out(dial.attempt, "Stop calling me"); });
  };
  CAF_REQUIRE(opt_out().has_value());
  CAF_CHECK_EQUAL(
      s.text(
          "select source || ': ' || reason from ringmaster.suppressions where phone_number = '" +
          number.reveal() + "'"),
      "call: Stop calling me");
  auto skipped = [&](const campaign_id& id) {
    return s.number(
        "select count(*) from ringmaster.targets where status = 'skipped' and campaign_id = '" +
        to_string(id) + "'");
  };
  CAF_CHECK_EQUAL(skipped(draft.id), 1);
  CAF_CHECK_EQUAL(skipped(waiting), 1);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.targets where status = 'skipped'"), 2);
  CAF_CHECK_EQUAL(s.miscounted(), 0);
  CAF_CHECK(!s.find(s.ann, task.id).retry_at);
  auto trail = s.number("select count(*) from ringmaster.audit");

  CAF_REQUIRE(opt_out().has_value());
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.audit"), trail);
  CAF_CHECK_EQUAL(s.miscounted(), 0);
  // Nobody is rung at this number any more, and the rest of the list is.
  auto next = s.ask(s.ann, waiting, 5);
  CAF_REQUIRE_EQUAL(next.intents.size(), 1u);
  CAF_CHECK(next.intents[0].to != number);
}

CAF_TEST(a recording is noted once it is known and does not go back) {
  talk_stage s;
  auto dial = s.talking(s.ann);
  s.talk_on(dial);
  CAF_CHECK(!s.view(s.ann, dial.attempt)->recording);
  auto note = [&](talk::recording r) {
    return s.book(talk_stage::as_engine(s.ann), [&](call_book& b) {
      return b.note_recording(dial.attempt, r);
    });
  };
  CAF_REQUIRE(note({"RE1", "", "in-progress", 0}).has_value());
  CAF_REQUIRE(note({"RE1", "https://example.com/RE1", "completed", 61}).has_value());
  CAF_REQUIRE(note({"RE1", "", "in-progress", 0}).has_value());
  auto kept = s.view(s.ann, dial.attempt)->recording;
  CAF_REQUIRE(kept.has_value());
  CAF_CHECK_EQUAL(kept->status, "completed");
  CAF_CHECK_EQUAL(kept->url, "https://example.com/RE1");
  CAF_CHECK_EQUAL(kept->duration_seconds, 61);
}

CAF_TEST(calls are found by what was said in them) {
  talk_stage s;
  auto bob = s.add_user("bob@example.com");
  auto first = s.talking(s.ann);
  s.talk_on(first);
  talk_stage::wait_a_tick();
  auto second = s.talking(s.ann);
  CAF_REQUIRE(
      s.one<talk_noted>(
           talk_stage::note(second, {talk_stage::said(1, talk::speaker::human, "Tuesday is full")}))
          .has_value());
  auto find = [&](const identity& who, const std::string& q, page_request p = {}) {
    return *s.book(who, [&](call_book& b) { return b.search(q, p); });
  };
  auto both = find(s.ann, "tuesday");
  CAF_REQUIRE_EQUAL(both.items.size(), 2u);
  CAF_CHECK(both.items[0].id == second.attempt);
  CAF_CHECK_EQUAL(find(s.ann, "Tuesday works").items.size(), 1u); // in two pieces of one call
  CAF_CHECK_EQUAL(find(s.ann, "\"Tuesday at three\"").items.size(), 1u);
  CAF_CHECK_EQUAL(find(s.ann, "\"three Tuesday\"").items.size(), 0u);
  CAF_CHECK_EQUAL(find(s.ann, "wednesday").items.size(), 0u);
  CAF_CHECK_EQUAL(find(s.ann, "?!").items.size(), 0u);
  CAF_CHECK_EQUAL(find(bob, "tuesday").items.size(), 0u);
  auto page = find(s.ann, "tuesday", {1, 0, {}});
  CAF_REQUIRE_EQUAL(page.items.size(), 1u);
  auto rest = find(s.ann, "tuesday", {1, 0, page.next_cursor});
  CAF_REQUIRE_EQUAL(rest.items.size(), 1u);
  CAF_CHECK(rest.items[0].id == first.attempt);
  CAF_CHECK(rest.next_cursor.empty());
}

CAF_TEST(the call of another user is nowhere) {
  talk_stage s;
  auto bob = s.add_user("bob@example.com");
  auto dial = s.talking(s.ann);
  s.talk_on(dial);
  const auto& id = dial.attempt;
  auto question = talk_stage::question(1);
  CAF_REQUIRE(s.book(talk_stage::as_engine(s.ann), [&](call_book& b) {
                 return b.ask_owner(id, question);
               }).has_value());
  auto before = s.number("select count(*) from ringmaster.audit");
  auto lost = [&](const auto& answer) { return !answer && answer.error().code == errc::not_found; };
  for (const auto& who : {bob, talk_stage::as_engine(bob)}) {
    CAF_CHECK(lost(s.load(who, id)));
    CAF_CHECK(lost(s.view(who, id)));
    CAF_CHECK(lost(s.book(who, [&](call_book& b) { return b.transcript(id); })));
    CAF_CHECK(lost(s.book(who, [&](call_book& b) { return b.ask_owner(id, question); })));
    CAF_CHECK(lost(s.book(who, [&](call_book& b) { return b.close_question(id, 1); })));
    CAF_CHECK(lost(s.book(who, [&](call_book& b) { return b.opt_out(id, "stop"); })));
    CAF_CHECK(lost(s.book(who, [&](call_book& b) { return b.note_recording(id, {}); })));
    CAF_CHECK(
        lost(s.book(who, [&](call_book& b) { return b.note_control(id, "call.say", "Hi"); })));
    CAF_CHECK(lost(s.wrap(who, id, talk_stage::found())));
  }
  CAF_CHECK(lost(s.book(bob, [&](call_book& b) { return b.answer_question(id, 1, true, ""); })));
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.audit"), before);
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.suppressions"), 0);
}

CAF_TEST(what a person does during a call is on its trail) {
  talk_stage s;
  auto dial = s.talking(s.ann);
  CAF_REQUIRE(s.book(s.ann, [&](call_book& b) {
                 return b.note_control(dial.attempt, "call.say", "Hello\xff");
               }).has_value());
  auto trail =
      s.at_desk(s.ann, [&](desk_work& w) { return w.list_audit({}, to_string(dial.attempt)); });
  CAF_REQUIRE(trail.has_value());
  CAF_CHECK_EQUAL(trail->items.at(0).action, "call.say");
  CAF_CHECK_EQUAL(trail->items.at(0).actor, s.ann.actor);
}
