#define CAF_SUITE tasks

#include <caf/test/unit_test.hpp>

#include <condition_variable>
#include <set>
#include <thread>

#include "tests/persistence/task_stage.hpp"

using namespace ringmaster;
using ringmaster::test::task_stage;
using ringmaster::test::test_cluster;
using namespace std::chrono_literals;

namespace {

const std::string hostile = "It's \"{a,b}\", \\ NULL; drop table x; -- <b> Zoë 日本 %_";

constexpr std::array every_status{task::status::pending,          task::status::preparing,
                                  task::status::waiting_for_user, task::status::ready_to_call,
                                  task::status::in_progress,      task::status::completed,
                                  task::status::failed,           task::status::canceled};

std::string word(task::status s) {
  return s == task::status::canceled ? "canceled" : std::string(task::to_string(s));
}

/// A plan with every field set.
task::planned full_plan() {
  task::planned p;
  p.plan.title = "Call the garage";
  p.plan.goal = hostile;
  p.plan.steps = {hostile, "second"};
  p.plan.hard_constraints = {"before noon"};
  p.plan.soft_preferences = {"a Tuesday"};
  p.plan.contact_name = "Joe";
  p.plan.company_name = hostile;
  p.plan.phone_number = "415-555-0123";
  p.plan.max_price = money{120'500'000, "USD"};
  p.plan.times = {
      {"tomorrow", "2026-11-22"},
      {"soon",     ""          }
  };
  p.plan.missing = {
      {"date", "Which day?", true}
  };
  p.risks.verdict = assistant::risks::level::caution;
  p.risks.findings = {
      {"impersonation", hostile}
  };
  p.questions = {
      {"name", "In whose name?", false}
  };
  p.by = "openai gpt-4o-mini";
  p.prompt = "plan-1";
  return p;
}

} // namespace

CAF_TEST(a task comes back as it was made and planned and answered) {
  task_stage s;
  auto wish = task_stage::wish("Call 415-555-0123.\n" + hostile);
  wish.title = hostile;
  wish.urgency = task::priority::urgent;
  wish.voice = tone::firm;
  wish.max_price = money{99'990'000, "EUR"};
  wish.hard_constraints = {hostile, "b"};
  wish.soft_preferences = {hostile};
  auto made = task_stage::must(s.create(s.ann, wish));
  CAF_CHECK(made.state == task::status::pending);
  CAF_CHECK_EQUAL(made.version, 1);

  auto planned = task_stage::must(s.act(task_stage::as_engine(s.ann), made.id, full_plan()));
  CAF_CHECK(planned.state == task::status::waiting_for_user);
  auto back = s.find(s.ann, made.id);
  CAF_CHECK_EQUAL(back.raw_instruction, wish.raw_instruction);
  CAF_CHECK_EQUAL(back.title, hostile);
  CAF_CHECK(back.urgency == task::priority::urgent);
  CAF_CHECK(back.voice == tone::firm);
  CAF_CHECK(back.max_price == wish.max_price);
  CAF_CHECK(back.hard_constraints == planned.hard_constraints);
  CAF_CHECK_EQUAL(back.hard_constraints.at(0), hostile);
  CAF_REQUIRE(back.plan.has_value());
  CAF_CHECK(*back.plan == full_plan().plan);
  CAF_CHECK(back.risks == full_plan().risks);
  CAF_CHECK(back.questions == planned.questions);
  CAF_CHECK(!back.questions.empty());
  CAF_CHECK_EQUAL(back.plan_by, "openai gpt-4o-mini");
  CAF_CHECK_EQUAL(back.plan_prompt, "plan-1");
  CAF_CHECK_EQUAL(back.reason, planned.reason);
  CAF_CHECK_EQUAL(back.version, planned.version);
  CAF_CHECK(back.updated_at == planned.updated_at);

  task::patch answer;
  answer.answers = {
      {"date", hostile}
  };
  auto answered = task_stage::must(s.act(s.ann, made.id, task_stage::edit(answer)));
  auto approved = task_stage::must(s.act(s.ann, made.id, task::approved{}));
  CAF_CHECK(approved.state == task::status::ready_to_call);
  back = s.find(s.ann, made.id);
  CAF_CHECK(back.answers == answered.answers);
  CAF_CHECK_EQUAL(back.approved_by, s.ann.actor);
  CAF_CHECK(back.approved_at == approved.approved_at);
  CAF_CHECK(back.approved_price == wish.max_price);
  CAF_CHECK(back.approved_number == approved.approved_number);
  CAF_CHECK(back.approved_number.has_value());
}

CAF_TEST(an act writes its trail and its notices and a refused one writes nothing) {
  task_stage s;
  auto made = task_stage::must(s.create(s.ann, task_stage::wish("Call my dentist")));
  task_stage::must(s.act(task_stage::as_engine(s.ann), made.id, task_stage::planned()));
  CAF_CHECK_EQUAL(
      s.trail(made.id), "task.create:>pending task.plan_begin:pending>preparing "
                        "task.plan:preparing>waiting_for_user");
  CAF_CHECK_EQUAL(s.notices(made.id), "clarification_needed");
  auto before = s.find(s.ann, made.id);
  auto refused = s.act(s.ann, made.id, task::approved{});
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::wrong_state);
  CAF_CHECK_EQUAL(refused.error().current_status, "waiting_for_user");
  CAF_CHECK_EQUAL(s.find(s.ann, made.id).version, before.version);
  CAF_CHECK_EQUAL(s.notices(made.id), "clarification_needed");

  task::patch number;
  number.target_phone_number = "(415) 555-0123";
  auto ready = task_stage::must(s.act(s.ann, made.id, task_stage::edit(number), before.version));
  CAF_CHECK(ready.state == task::status::ready_to_call);
  CAF_CHECK_EQUAL(
      s.text("select actor from ringmaster.audit where action = 'task.edit'"), s.ann.actor);
  auto stale = s.act(s.ann, made.id, task_stage::edit(number), before.version);
  CAF_REQUIRE(!stale);
  CAF_CHECK(stale.error().code == errc::conflict);
  CAF_CHECK(s.act(s.ann, s.new_id(), task::approved{}).error().code == errc::not_found);
}

CAF_TEST(the list is newest first and narrowed by status and priority and search) {
  task_stage s;
  std::vector<task_id> ids;
  for (int i = 0; i < 7; ++i) {
    auto wish = task_stage::wish(
        "Call about matter " + std::to_string(i), "+1415555010" + std::to_string(i));
    wish.title = i == 3 ? "100% wool_rug" : "Title " + std::to_string(i);
    wish.urgency = i < 2 ? task::priority::high : task::priority::normal;
    ids.push_back(task_stage::must(s.create(s.ann, wish)).id);
  }
  task_stage::must(s.act(s.ann, ids[6], task::discarded{}));
  auto bob = s.add_user("bob@example.com");
  task_stage::must(s.create(bob, task_stage::wish("Call about matter 9")));

  auto found = [&](const task_book::filter& f, page_request p = {}) {
    return task_stage::must(s.at_desk(s.ann, [&](desk_work& w) { return w.tasks().list(p, f); }));
  };
  auto all = found({});
  CAF_REQUIRE_EQUAL(all.items.size(), 7u);
  CAF_CHECK(all.total == 7);
  for (std::size_t i = 0; i < 7; ++i)
    CAF_CHECK(all.items[i].id == ids[6 - i]);

  page_request p;
  p.limit = 3;
  std::vector<task_id> paged;
  do {
    auto page = found({}, p);
    CAF_CHECK(page.total == 7);
    for (const auto& t : page.items)
      paged.push_back(t.id);
    p.cursor = page.next_cursor;
  } while (!p.cursor.empty());
  CAF_CHECK(std::equal(paged.begin(), paged.end(), ids.rbegin(), ids.rend()));
  p.cursor.clear();
  p.offset = 5;
  CAF_CHECK_EQUAL(found({}, p).items.size(), 2u);
  p.cursor = "nonsense";
  CAF_CHECK(!s.at_desk(s.ann, [&](desk_work& w) { return w.tasks().list(p, {}); }));

  CAF_CHECK(found({.state = task::status::canceled, .urgency = {}, .q = {}}).total == 1);
  CAF_CHECK(found({.state = {}, .urgency = task::priority::high, .q = {}}).total == 2);
  CAF_CHECK(found({.state = {}, .urgency = {}, .q = "MATTER 4"}).total == 1);
  CAF_CHECK(found({.state = {}, .urgency = {}, .q = "title"}).total == 6);
  // Wildcards of the database are ordinary characters here.
  CAF_CHECK(found({.state = {}, .urgency = {}, .q = "100% Wool_"}).total == 1);
  CAF_CHECK(found({.state = {}, .urgency = {}, .q = "%"}).total == 1);
  CAF_CHECK(found({.state = {}, .urgency = {}, .q = "wool-rug"}).total == 0);
  CAF_CHECK(found({.state = {}, .urgency = {}, .q = "(415) 555-0102"}).total == 1);
  CAF_CHECK(found({.state = {}, .urgency = {}, .q = "+14155550105"}).total == 1);
  CAF_CHECK(found({.state = {}, .urgency = {}, .q = "'; drop table call_tasks; --"}).total == 0);
}

CAF_TEST(the guard in the database knows the steps of the table and no others) {
  task_stage s;
  std::set<std::string> of_domain, of_database;
  for (const auto& step : task::steps)
    of_domain.insert(word(step.from) + ">" + word(step.to));
  auto admin = test_cluster::get().connect_admin(s.name);
  auto rows = admin.execute(
      "select (regexp_matches(pg_get_triggerdef(t.oid), '''([a-z_]+>[a-z_]+)''', 'g'))[1]"
      "  from pg_trigger t where t.tgname = 'call_tasks_steps'");
  for (std::size_t i = 0; i < rows.size(); ++i)
    of_database.insert(rows[i].take<std::string>());
  CAF_CHECK(of_domain == of_database);
  CAF_CHECK_EQUAL(of_domain.size(), task::steps.size());
}

CAF_TEST(every step outside of the table is refused by the database itself) {
  task_stage s;
  auto id = task_stage::must(s.create(s.ann, task_stage::wish("Call them"))).id;
  auto admin = test_cluster::get().connect_admin(s.name);
  auto where = " where id = '" + to_string(id) + "'";
  int refused = 0;
  for (auto from : every_status)
    for (auto to : every_status) {
      admin.execute("alter table ringmaster.call_tasks disable trigger call_tasks_steps");
      admin.execute("update ringmaster.call_tasks set status = '" + word(from) + "'" + where);
      admin.execute("alter table ringmaster.call_tasks enable trigger call_tasks_steps");
      bool passed = true;
      try {
        admin.execute("update ringmaster.call_tasks set status = '" + word(to) + "'" + where);
      } catch (const db::failure& why) {
        passed = false;
        ++refused;
        CAF_CHECK(why.what_kind == db::trouble::check);
      }
      CAF_CHECK_EQUAL(passed, from == to || task::allows(from, to));
    }
  CAF_CHECK_EQUAL(refused, 64 - 8 - static_cast<int>(task::steps.size()));
}

CAF_TEST(of two acts at once one waits and finds another version) {
  task_stage s;
  auto before = task_stage::must(s.create(s.ann, task_stage::wish("Call them")));
  std::mutex mutex;
  std::condition_variable changed;
  bool held = false;
  std::optional<result<task::record>> late;
  task::patch title;
  title.title = "First";
  std::thread second([&] {
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return held; });
    }
    auto other = s.base->make_desk();
    auto done = other->transact(s.ann, [&](desk_work& w) -> result<void> {
      task::patch mine;
      mine.title = "Second";
      late = w.tasks().act(before.id, task::edited{mine}, before.version);
      return *late ? result<void>{} : fail(late->error());
    });
    CAF_CHECK(!done);
  });
  bool waited = false;
  auto done = s.desk->transact(s.ann, [&](desk_work& w) -> result<void> {
    auto mine = w.tasks().act(before.id, task::edited{title}, before.version);
    {
      std::lock_guard lock(mutex);
      held = true;
    }
    changed.notify_all();
    for (int i = 0; i < 1000 && !waited; ++i)
      waited = s.number(
                   "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and "
                   "datname = '" +
                   s.name + "'") > 0;
    return mine ? result<void>{} : fail(mine.error());
  });
  second.join();
  CAF_CHECK(done.has_value());
  CAF_CHECK(waited);
  CAF_REQUIRE(late.has_value());
  CAF_REQUIRE(!late->has_value());
  CAF_CHECK(late->error().code == errc::conflict);
  CAF_CHECK_EQUAL(s.find(s.ann, before.id).title, "First");
}

CAF_TEST(what the engine has to go on with is found across users oldest first) {
  task_stage s;
  auto bob = s.add_user("bob@example.com");
  auto engine = task_stage::as_engine(s.ann);
  auto first = task_stage::must(s.create(bob, task_stage::wish("Call one"))).id;
  auto second = task_stage::must(s.create(s.ann, task_stage::wish("Call two"))).id;
  task_stage::must(s.act(engine, second, task::begin_planning{}));
  auto ready = s.ready(s.ann).id;
  auto retried = s.ready(s.ann).id;
  auto admin = test_cluster::get().connect_admin(s.name);
  admin.execute(
      "update ringmaster.call_tasks set retry_at = now() + interval '1 hour' where id = '" +
      to_string(retried) + "'");
  auto due = [&](instant now, std::size_t limit) {
    return task_stage::must(s.desk->tasks_due(now, limit));
  };
  auto now = test_cluster::get().time().now();
  auto list = due(now, 10);
  CAF_REQUIRE_EQUAL(list.size(), 2u);
  CAF_CHECK(
      list[0].task == first && list[0].user == bob.user && list[0].state == task::status::pending);
  CAF_CHECK(
      list[1].task == second && list[1].user == s.ann.user &&
      list[1].state == task::status::preparing);
  CAF_CHECK_EQUAL(due(now, 1).size(), 1u);
  auto later = due(now + 2h, 10);
  CAF_REQUIRE_EQUAL(later.size(), 3u);
  CAF_CHECK(later[2].task == retried && later[2].state == task::status::ready_to_call);
  CAF_CHECK(ready != retried);
  // However many tasks there are, the few that are due are found by an index of their own.
  admin.execute("set enable_seqscan = off");
  auto plan = admin.execute(
      "explain select 1 from ringmaster.call_tasks where status in ('pending', 'preparing')"
      " or (status = 'ready_to_call' and retry_at is not null and retry_at <= now())");
  std::string lines;
  for (std::size_t i = 0; i < plan.size(); ++i)
    lines += plan[i].take<std::string>();
  CAF_CHECK(lines.find("call_tasks_due") != std::string::npos);
}

CAF_TEST(a contact gives its number and a task keeps its history without it) {
  task_stage s;
  auto bob = s.add_user("bob@example.com");
  contact_id id{s.new_id().value}, foreign{s.new_id().value};
  contact::checked joe;
  joe.name = "Joe";
  joe.number = phone_number::from_canonical("+14155550155");
  joe.timezone = "America/Denver";
  task_stage::must(s.at_desk(s.ann, [&](desk_work& w) { return w.contacts().create(id, joe); }));
  task_stage::must(s.at_desk(bob, [&](desk_work& w) { return w.contacts().create(foreign, joe); }));

  auto wish = task_stage::wish("Call Joe and ask for the hours");
  wish.contact = foreign;
  auto refused = s.create(s.ann, wish);
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::invalid);
  CAF_CHECK_EQUAL(refused.error().fields.at(0).pointer, "/contact_id");

  wish.contact = id;
  auto made = task_stage::must(s.create(s.ann, wish));
  auto ready =
      task_stage::must(s.act(task_stage::as_engine(s.ann), made.id, task_stage::planned()));
  CAF_CHECK(ready.state == task::status::ready_to_call);
  auto around =
      task_stage::must(s.at_desk(s.ann, [&](desk_work& w) { return w.tasks().around(ready); }));
  CAF_CHECK(task::number_to_call(ready, around) == joe.number);
  CAF_CHECK_EQUAL(around.region, "US");
  CAF_CHECK(around.delays.busy == 60s);

  task::patch other;
  other.contact = std::optional(foreign);
  auto moved = s.act(s.ann, made.id, task_stage::edit(other));
  CAF_REQUIRE(!moved);
  CAF_CHECK(moved.error().code == errc::invalid);

  s.any_hour(s.ann);
  task_stage::must(s.prepare(s.ann, made.id));
  CAF_CHECK_EQUAL(
      s.text(
          "select timezone || ' ' || contact_name || ' ' || phone_number from ringmaster.targets"),
      "America/Denver Joe +14155550155");
  CAF_REQUIRE(s.at_desk(s.ann, [&](desk_work& w) { return w.contacts().remove(id); }).has_value());
  auto left = s.find(s.ann, made.id);
  CAF_CHECK(!left.contact.has_value());
  CAF_CHECK_EQUAL(left.raw_instruction, wish.raw_instruction);
  auto without = s.prepare(s.ann, made.id);
  CAF_REQUIRE(!without);
  CAF_CHECK(without.error().code == errc::invalid);
}

CAF_TEST(texts that a model wrote and no database takes are stored all the same) {
  task_stage s;
  auto made = task_stage::must(s.create(s.ann, task_stage::wish("Call +14155550123 and ask")));
  auto plan = task_stage::planned();
  plan.plan.goal = std::string("zero \0 byte, half \xe2\x82 character", 30);
  plan.by = std::string("model\0x", 7);
  auto planned = s.act(task_stage::as_engine(s.ann), made.id, plan);
  CAF_REQUIRE(planned.has_value());
  auto back = s.find(s.ann, made.id);
  CAF_CHECK_EQUAL(back.plan->goal, "zero  byte, half \xef\xbf\xbd\xef\xbf\xbd character");
  CAF_CHECK_EQUAL(back.plan_by, "modelx");
}

CAF_TEST(stored json that is not of its shape is told and not misread) {
  task_stage s;
  auto id = s.ready(s.ann).id;
  auto admin = test_cluster::get().connect_admin(s.name);
  for (const std::string change :
       {"plan = '[]'", "plan = '{\"title\": 1}'", "plan = plan - 'times'",
        "plan = jsonb_set(plan, '{steps}', '[7]')",
        "plan = jsonb_set(plan, '{max_price}', '{\"micros\": \"12\", \"currency\": \"USD\"}')",
        "risks = '{\"verdict\": \"maybe\", \"findings\": []}'", "answers = '[[\"one\"]]'",
        "questions = '[{\"field\": \"x\"}]'", "script = '{}'"}) {
    CAF_MESSAGE(change);
    admin.execute("create table public.kept as select plan, risks, answers, questions, script from "
                  "ringmaster.call_tasks");
    admin.execute("update ringmaster.call_tasks set " + change);
    auto read = s.at_desk(s.ann, [&](desk_work& w) { return w.tasks().find(id); });
    CAF_REQUIRE(!read);
    CAF_CHECK(read.error().code == errc::internal);
    admin.execute(
        "update ringmaster.call_tasks t set plan = k.plan, risks = k.risks, answers = k.answers, "
        "questions = k.questions, script = k.script from public.kept k; drop table public.kept");
    CAF_CHECK(s.at_desk(s.ann, [&](desk_work& w) { return w.tasks().find(id); }).has_value());
  }
}
