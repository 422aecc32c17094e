#define CAF_SUITE books

#include <caf/test/unit_test.hpp>

#include "persistence/self_check.hpp"
#include "tests/persistence/task_stage.hpp"

using namespace ringmaster;
using ringmaster::test::stage;
using ringmaster::test::task_stage;
using ringmaster::test::test_cluster;

namespace {

const std::string hostile = "It's \"{a,b}\", \\ NULL; drop table x; -- <b> Zoë 日本 %_";

contact::checked contact_named(const std::string& name, const std::string& number = {}) {
  contact::checked c;
  c.name = name;
  if (!number.empty())
    c.number = phone_number::from_canonical(number);
  return c;
}

notification::draft note(notification::kind what, const uuid& subject) {
  notification::draft d;
  d.what = what;
  d.title = hostile;
  d.text = "Two sentences. " + hostile;
  d.subject_kind = "call_task";
  d.subject = subject;
  d.highlights = {
      {"phone_number", "+14155550123"},
      {hostile,        ""            },
      {"phone_number", "again"       }
  };
  return d;
}

} // namespace

CAF_TEST(contacts are made and found and replaced and removed) {
  task_stage s;
  contact_id id{s.new_id().value}, second{s.new_id().value};
  contact::checked c = contact_named(hostile, "+14155550101");
  c.company_name = c.notes = hostile;
  c.email = "joe@example.com";
  c.timezone = "America/Denver";
  auto made =
      task_stage::must(s.at_desk(s.ann, [&](desk_work& w) { return w.contacts().create(id, c); }));
  CAF_CHECK(made.number == c.number);
  CAF_CHECK_EQUAL(made.notes, hostile);
  CAF_CHECK_EQUAL(made.version, 1);
  task_stage::must(s.at_desk(
      s.ann, [&](desk_work& w) { return w.contacts().create(second, contact_named("Zed")); }));

  c.name = "Joe's Garage";
  c.number.reset();
  auto replaced = task_stage::must(
      s.at_desk(s.ann, [&](desk_work& w) { return w.contacts().replace(id, c, 1); }));
  CAF_CHECK_EQUAL(replaced.name, "Joe's Garage");
  CAF_CHECK(!replaced.number);
  CAF_CHECK_EQUAL(replaced.version, 2);
  auto stale = s.at_desk(s.ann, [&](desk_work& w) { return w.contacts().replace(id, c, 1); });
  CAF_CHECK(!stale && stale.error().code == errc::conflict);

  auto search = [&](const identity& who, const std::string& q) {
    return task_stage::must(s.at_desk(who, [&](desk_work& w) { return w.contacts().list({}, q); }));
  };
  CAF_REQUIRE_EQUAL(search(s.ann, "").items.size(), 2u);
  CAF_CHECK(search(s.ann, "").items[0].id == second);
  CAF_CHECK(search(s.ann, "GARAGE").total == 1);
  CAF_CHECK(search(s.ann, "joe@EXAMPLE").total == 1);
  CAF_CHECK(search(s.ann, "%").total == 1);

  auto bob = s.add_user("bob@example.com");
  CAF_CHECK(search(bob, "").items.empty());
  CAF_CHECK(
      s.at_desk(bob, [&](desk_work& w) { return w.contacts().find(id); }).error().code ==
      errc::not_found);
  CAF_CHECK(
      s.at_desk(bob, [&](desk_work& w) { return w.contacts().replace(id, c, {}); }).error().code ==
      errc::not_found);
  CAF_CHECK(
      s.at_desk(bob, [&](desk_work& w) { return w.contacts().remove(id); }).error().code ==
      errc::not_found);
  CAF_CHECK(s.at_desk(s.ann, [&](desk_work& w) { return w.contacts().remove(id); }).has_value());
  CAF_CHECK(
      s.at_desk(s.ann, [&](desk_work& w) { return w.contacts().find(id); }).error().code ==
      errc::not_found);
  CAF_CHECK_EQUAL(
      s.text(
          "select string_agg(action, ' ' order by seq) from ringmaster.audit where subject_id = '" +
          to_string(id) + "'"),
      "contact.create contact.update contact.delete");
}

CAF_TEST(settings stand at their defaults until they are stored and have versions then) {
  task_stage s;
  auto read = [&](const identity& who) {
    return task_stage::must(s.at_desk(who, [](desk_work& w) { return w.settings().read(); }));
  };
  auto write = [&](const assistant_settings& wish, std::optional<std::int64_t> version) {
    return s.at_desk(s.ann, [&](desk_work& w) { return w.settings().write(wish, version); });
  };
  auto first = read(s.ann);
  CAF_CHECK_EQUAL(first.version, 0);
  CAF_CHECK_EQUAL(first.max_retry_attempts, 2);
  first.max_auto_approve_amount = money{50'000'000, "EUR"};
  first.default_call_tone = tone::assertive;
  first.allowed_auth_fields = {"name", "zip_code"};
  first.auto_retry_failed_calls = true;
  first.max_retry_attempts = 10;
  first.timezone = " Europe/Berlin ";
  first.allowed_call_start_time = "08:30:00";
  first.allowed_days_of_week = {"mon", "sun"};
  first.daily_model_budget = money{2'500'000, "USD"};
  auto stored = task_stage::must(write(first, 0));
  CAF_CHECK_EQUAL(stored.version, 1);
  auto back = read(s.ann);
  CAF_CHECK(back.max_auto_approve_amount == first.max_auto_approve_amount);
  CAF_CHECK(back.default_call_tone == tone::assertive);
  CAF_CHECK(back.allowed_auth_fields == first.allowed_auth_fields);
  CAF_CHECK(back.auto_retry_failed_calls);
  CAF_CHECK_EQUAL(back.max_retry_attempts, 10);
  CAF_CHECK_EQUAL(back.timezone, "Europe/Berlin");
  CAF_CHECK_EQUAL(back.allowed_call_start_time, "08:30:00");
  CAF_CHECK(back.allowed_days_of_week == first.allowed_days_of_week);
  CAF_CHECK(back.daily_model_budget == first.daily_model_budget);
  CAF_CHECK(write(back, 0).error().code == errc::conflict);
  back.daily_model_budget.reset();
  CAF_CHECK_EQUAL(task_stage::must(write(back, 1)).version, 2);
  CAF_CHECK(!read(s.ann).daily_model_budget);
  back.max_retry_attempts = 11;
  CAF_CHECK(write(back, {}).error().code == errc::invalid);
  CAF_CHECK_EQUAL(read(s.ann).max_retry_attempts, 10);
  CAF_CHECK_EQUAL(read(s.add_user("bob@example.com")).version, 0);
}

CAF_TEST(the business profile is written by its owner and only read by agents) {
  task_stage s;
  business_profile p;
  p.name = "Ann's Bakery";
  p.description = hostile;
  p.number = phone_number::from_canonical("+14155550101");
  p.facts = {
      {"parking", "behind the house"                      },
      {hostile,   hostile                                 },
      {"a",       "last of the row, first of the alphabet"}
  };
  auto write = [&](const identity& who, std::optional<std::int64_t> version) {
    return s.at_desk(who, [&](desk_work& w) { return w.settings().write_profile(p, version); });
  };
  auto read = [&](const identity& who) {
    return task_stage::must(
        s.at_desk(who, [](desk_work& w) { return w.settings().read_profile(); }));
  };
  CAF_CHECK_EQUAL(read(s.ann).version, 0);
  CAF_REQUIRE(write(s.ann, 0).has_value());
  auto engine = task_stage::as_engine(s.ann);
  for (const auto& who : {s.ann, engine}) {
    auto back = read(who);
    CAF_CHECK_EQUAL(back.name, p.name);
    CAF_CHECK_EQUAL(back.description, hostile);
    CAF_CHECK(back.number == p.number);
    CAF_CHECK(back.facts == p.facts);
    CAF_CHECK_EQUAL(back.version, 1);
  }
  CAF_CHECK(write(s.ann, 0).error().code == errc::conflict);
  CAF_CHECK_EQUAL(task_stage::must(write(s.ann, 1)).version, 2);

  // The engine's acts for a user run as a role that has no grant for it.
  p.name = "Taken over";
  CAF_CHECK(!write(engine, {}));
  CAF_CHECK(!s.at_desk(engine, [](desk_work& w) { return w.settings().write({}, {}); }));
  CAF_CHECK(!s.at_desk(
      engine, [](desk_work& w) { return w.contacts().create(contact_id{}, contact_named("x")); }));
  CAF_CHECK(!s.at_desk(engine, [](desk_work& w) { return w.vault().put("carrier", "", "x"); }));
  CAF_CHECK(!s.at_desk(engine, [](desk_work& w) {
    return w.create_api_key({}, "k", 15, std::string(32, 'x'), "", {});
  }));
  // And its own context, in which no user acts, is refused by the policies.
  auto app = s.base->connect(db::purpose::desk, "probe");
  for (const std::string sql :
       {"update business_profile set name = 'x'", "delete from business_profile"}) {
    auto tx = db::transaction::of_engine(*app);
    CAF_CHECK_EQUAL(tx.script(sql).affected(), 0);
  }
  auto bob = s.add_user("bob@example.com");
  {
    auto tx = db::transaction::of_engine(*app);
    auto kind = db::trouble::other;
    try {
      tx.script("insert into business_profile (user_id) values ('" + to_string(bob.user) + "')");
    } catch (const db::failure& why) {
      kind = why.what_kind;
    }
    CAF_CHECK(kind == db::trouble::denied);
  }
  CAF_CHECK_EQUAL(read(s.ann).name, "Ann's Bakery");
}

CAF_TEST(notifications are listed and counted and read) {
  task_stage s;
  auto about = s.new_id().value;
  auto bob = s.add_user("bob@example.com");
  std::vector<notification_id> ids;
  for (auto kind :
       {notification::kind::clarification_needed, notification::kind::approval_needed,
        notification::kind::call_completed, notification::kind::knowledge_gap}) {
    s.wait_a_tick();
    ids.push_back(task_stage::must(s.at_desk(s.ann, [&](desk_work& w) {
                    return w.notifications().add(note(kind, about));
                  })).id);
  }
  s.wait_a_tick();
  auto general = note(notification::kind::calendar_proposal, uuid{});
  ids.push_back(task_stage::must(s.at_desk(s.ann, [&](desk_work& w) {
                  return w.notifications().add(general);
                })).id);
  auto list = [&](const identity& who, bool unread, page_request p = {}) {
    return task_stage::must(
        s.at_desk(who, [&](desk_work& w) { return w.notifications().list(p, unread); }));
  };
  auto all = list(s.ann, false);
  CAF_REQUIRE_EQUAL(all.list.items.size(), 5u);
  CAF_CHECK_EQUAL(all.unread, 5);
  CAF_CHECK(all.list.total == 5);
  CAF_CHECK(all.list.items[0].id == ids[4] && !all.list.items[0].said.subject);
  const auto& said = all.list.items[4].said;
  CAF_CHECK(said.what == notification::kind::clarification_needed);
  CAF_CHECK_EQUAL(said.title, hostile);
  CAF_CHECK(said.highlights == note(notification::kind::knowledge_gap, about).highlights);
  CAF_CHECK(said.subject == about);

  auto read = [&](const identity& who, const notification_id& id) {
    return s.at_desk(who, [&](desk_work& w) { return w.notifications().mark_read(id); });
  };
  auto first = task_stage::must(read(s.ann, ids[1]));
  CAF_CHECK(first.read_at.has_value());
  CAF_CHECK(task_stage::must(read(s.ann, ids[1])).read_at == first.read_at);
  CAF_CHECK(read(bob, ids[0]).error().code == errc::not_found);
  CAF_CHECK_EQUAL(list(s.ann, false).unread, 4);

  page_request p;
  p.limit = 3;
  std::vector<notification_id> paged;
  do {
    auto page = list(s.ann, true, p);
    CAF_CHECK(page.list.total == 4);
    for (const auto& n : page.list.items)
      paged.push_back(n.id);
    p.cursor = page.list.next_cursor;
  } while (!p.cursor.empty());
  CAF_CHECK((paged == std::vector<notification_id>{ids[4], ids[3], ids[2], ids[0]}));

  auto read_all = [&](const identity& who) {
    return task_stage::must(
        s.at_desk(who, [](desk_work& w) { return w.notifications().mark_all_read(); }));
  };
  CAF_CHECK_EQUAL(read_all(bob), 0);
  CAF_CHECK_EQUAL(read_all(s.ann), 4);
  CAF_CHECK_EQUAL(read_all(s.ann), 0);
  CAF_CHECK_EQUAL(list(s.ann, true).unread, 0);
  CAF_CHECK(list(bob, false).list.items.empty());
}

CAF_TEST(what tells agents how to behave is guarded by grants that the start checks) {
  task_stage s;
  auto app = s.base->connect(db::purpose::desk, "probe");
  CAF_CHECK(find_leaks(*app)->empty());
  auto admin = test_cluster::get().connect_admin(s.name);
  const std::vector<std::pair<std::string, std::string>> holes{
      {"grant update on ringmaster.business_profile to rm_agent",
       "revoke update on ringmaster.business_profile from rm_agent"                                       },
      {"grant update (name) on ringmaster.business_profile to rm_agent",
       "revoke update (name) on ringmaster.business_profile from rm_agent"                                },
      {"grant insert on ringmaster.assistant_settings to rm_agent",
       "revoke insert on ringmaster.assistant_settings from rm_agent"                                     },
      {"grant update on ringmaster.audit to rm_agent",
       "revoke update on ringmaster.audit from rm_agent"                                                  },
      {"grant delete on ringmaster.call_tasks to rm_agent",
       "revoke delete on ringmaster.call_tasks from rm_agent"                                             },
      {"alter role rm_agent bypassrls",                                  "alter role rm_agent nobypassrls"},
      {"alter policy business_profile_update on ringmaster.business_profile using (sec.is_engine() "
       "or user_id = sec.user_id())",                             "alter policy business_profile_update on ringmaster.business_profile using (user_id = "
       "(select sec.user_id()))"                              },
  };
  for (const auto& [hole, mend] : holes) {
    CAF_MESSAGE(hole);
    admin.execute(hole);
    CAF_CHECK(!find_leaks(*app)->empty());
    admin.execute(mend);
    CAF_CHECK(find_leaks(*app)->empty());
  }
}
