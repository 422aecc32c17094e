#define CAF_SUITE tenancy

#include <caf/test/unit_test.hpp>

#include "persistence/back_office.hpp"
#include "persistence/self_check.hpp"
#include "persistence/migrator.hpp"
#include "tests/persistence/stage.hpp"

using namespace ringmaster;
using ringmaster::test::stage;
using ringmaster::test::test_cluster;

namespace {

// Every table with rows of a user, by the catalogue.
std::vector<std::string> tenant_tables(stage& s) {
  auto admin = test_cluster::get().connect_admin(s.name);
  auto rows = admin.execute(
    "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
    "where n.nspname = 'ringmaster' and c.relkind = 'r' and exists (select from pg_attribute a "
    "where a.attrelid = c.oid and a.attname = 'user_id') order by 1");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < rows.size(); ++i)
    names.push_back(rows[i].take<std::string>());
  return names;
}

// Rows of ann's in every table.
void fill(stage& s) {
  auto id = s.running(s.ann, stage::any_time(), 2);
  auto dial = s.ask(s.ann, id, 1).intents.at(0);
  auto done = s.one<callback_recorded>(stage::callback(dial, stage::sid(1), call::status::ringing, 1));
  CAF_REQUIRE(done.has_value());
  talk::segment hello{1, talk::speaker::human, 0, 900, "Hello"};
  CAF_REQUIRE(s.one<talk_noted>(change::note_talk{s.ann.user, dial.attempt, {hello}, {}}).has_value());
  auto more = s.at_desk(s.ann, [&](desk_work& w) -> result<void> {
    api_key_id key{make_uuid7(w.now(), test_cluster::get().random())};
    auto a = w.create_api_key(key, "k", 3, std::string(32, 'x'), "abcd", std::nullopt);
    auto b = w.add_suppression(phone_number::from_canonical("+14155559999"), "", "user");
    auto c = w.claim_key("one", "POST /x", std::string(32, 'b'));
    task_id task{make_uuid7(w.now(), test_cluster::get().random())};
    contact_id joe{make_uuid7(w.now(), test_cluster::get().random())};
    task::checked wish;
    wish.what.raw_instruction = "Call Joe";
    wish.what.contact = joe;
    contact::checked known;
    known.name = "Joe";
    notification::draft told;
    told.title = "A title";
    assistant::usage cost;
    cost.provider = "rules";
    auto d = w.contacts().create(joe, known);
    auto e = w.tasks().create(task, wish);
    auto f = w.settings().write({}, {});
    auto g = w.settings().write_profile({}, {});
    auto h = w.notifications().add(told);
    auto i = w.vault().put("carrier", "", "secret");
    auto j = w.usage().note(assistant::function::plan, task, {}, {cost});
    talk::owner_question asked;
    asked.n = 1;
    talk::findings found;
    found.values.push_back({"price", talk::value_kind::number, "95", {}, {1}, ""});
    auto k = w.conversations().ask_owner(dial.attempt, asked);
    auto l = w.conversations().wrap_up(dial.attempt, found, "rules", "", false);
    gap::draft question;
    question.question = "Do you have a wheelchair ramp?";
    calendar::proposal_draft visit;
    visit.as.title = "Dentist";
    visit.as.ends_at = visit.as.starts_at + std::chrono::hours(1);
    auto new_id = [&] { return make_uuid7(w.now(), test_cluster::get().random()); };
    auto m = w.knowledge().log_gap(gap_id{new_id()}, *gap::check(question));
    auto n = w.knowledge().add_chunk(chunk_id{new_id()}, {"Tea", "Free.", "user"});
    auto o = w.chats().add(chat_id{new_id()}, true, knowledge::agent::aloha, {}, {});
    auto p = w.calendar().propose(proposal_id{new_id()}, visit);
    auto q = p ? w.calendar().act(p->id, calendar::approve{}) : p;
    auto r = w.calendar().set_token(std::string(32, 't'));
    auto list = w.lists().begin_import(id, upload::form::csv);
    target::report report;
    if (!list || !w.lists().add_part(*list, id, {}, {"1,x,empty,no\r\n", 1}, report))
      return fail(errc::internal, "no upload");
    webhook_id hook{new_id()};
    webhook::draft address;
    address.url = "https://a.example";
    auto t = w.webhooks().create(hook, address, std::string(32, 's'));
    auto u = w.webhooks().test(hook);
    bool books = d && e && f && g && h && i && j && k && l && m && n && o && q && r && t && u;
    return a && b && c && books ? result<void>{} : fail(errc::internal, "not filled");
  });
  CAF_REQUIRE(more.has_value());
  back_office office(s.base->connect(db::purpose::desk, "office"));
  hook_note answered;
  answered.user = s.ann.user;
  answered.attempt = dial.attempt;
  answered.kind = "status";
  answered.verdict = "accepted";
  CAF_REQUIRE(office.keep_webhooks(std::vector{answered}).has_value());
  CAF_REQUIRE(office.seal_audit().value() > 0);
  auto admin = test_cluster::get().connect_admin(s.name);
  admin.execute("insert into ringmaster.call_costs (user_id, attempt_id, ended_at) values ('"
                + to_string(s.ann.user) + "', gen_random_uuid(), now())");
  admin.execute("insert into ringmaster.console_sessions (user_id, id_sha256, expires_at) values ('"
                + to_string(s.ann.user) + "', sha256('a'), now())");
  admin.execute("insert into ringmaster.password_links (user_id, sha256, expires_at) values ('"
                + to_string(s.ann.user) + "', sha256('b'), now())");
}

std::unique_ptr<db::connection> as_app(stage& s) { return s.base->connect(db::purpose::desk, "probe"); }

db::trouble trouble_of(db::transaction& tx, const std::string& sql) {
  try {
    tx.script(sql);
  } catch (const db::failure& why) {
    return why.what_kind;
  }
  return db::trouble::other;
}

} // namespace

CAF_TEST(a second user sees and changes nothing of the first in any table) {
  stage s;
  fill(s);
  auto bob = s.add_user("bob@example.com");
  auto app = as_app(s);
  auto tables = tenant_tables(s);
  CAF_CHECK(tables.size() >= 32u);
  for (const auto& table : tables) {
    CAF_MESSAGE(table);
    CAF_CHECK(s.number("select count(*) from ringmaster." + table + " where user_id = '" + to_string(s.ann.user) + "'") > 0);
    auto mine = " where user_id = '" + to_string(s.ann.user) + "'";
    {
      auto tx = db::transaction::of_user(*app, bob.user);
      CAF_CHECK_EQUAL(tx.script("select count(*) from " + table + mine)[0].take<std::int64_t>(), 0);
    }
    {
      auto tx = db::transaction::of_user(*app, s.ann.user);
      CAF_CHECK(tx.script("select count(*) from " + table + mine)[0].take<std::int64_t>() > 0);
    }
    for (const std::string verb : {"update ", "delete from "}) {
      auto tx = db::transaction::of_user(*app, bob.user);
      auto sql = verb + table + (verb == "update " ? " set user_id = user_id" : "") + mine;
      try {
        CAF_CHECK_EQUAL(tx.script(sql).affected(), 0);
      } catch (const db::failure& why) {
        CAF_CHECK(why.what_kind == db::trouble::denied); // no privilege at all
      }
    }
    // Neither may rows be given to another, nor be made in another's name.
    {
      auto tx = db::transaction::of_user(*app, bob.user);
      CAF_CHECK(trouble_of(tx, "insert into " + table + " select * from " + table + " limit 0") != db::trouble::lost);
    }
    {
      auto tx = db::transaction::of_user(*app, s.ann.user);
      auto moved = trouble_of(tx, "update " + table + " set user_id = '" + to_string(bob.user) + "'");
      // Of an event the guard of its sequence says no first.
      auto guarded = table == "calendar_events" && moved == db::trouble::check;
      CAF_CHECK(moved == db::trouble::denied || guarded);
    }
  }
}

CAF_TEST(rows cannot be made in the name of another user) {
  stage s;
  fill(s);
  auto bob = s.add_user("bob@example.com");
  auto app = as_app(s);
  auto ann = "'" + to_string(s.ann.user) + "'";
  for (const std::string& sql : std::vector<std::string>{
         "insert into suppressions (user_id, id, phone_number) values (" + ann + ", gen_random_uuid(), '+1')",
         "insert into audit (user_id, actor, action, subject_kind) values (" + ann + ", 'a', 'b', 'c')",
         "insert into webhook_inbox (user_id, attempt_id, event_key, raw) values (" + ann + ", gen_random_uuid(), 1, '')",
         "insert into contacts (user_id, id, name) values (" + ann + ", gen_random_uuid(), 'x')",
         "insert into call_tasks (user_id, id, raw_instruction, priority, voice, risks) values (" + ann
           + ", gen_random_uuid(), 'x', 'low', 'firm', '{}')",
         "insert into assistant_settings select * from assistant_settings union all select " + ann
           + ", 0, 'USD', 'firm', '{}', false, 0, 'UTC', '', '', '{}', null, null, 1, now(), '{}'",
         "insert into conversations (user_id, attempt_id) values (" + ann + ", gen_random_uuid())",
         "insert into call_segments (user_id, attempt_id, n, speaker, start_ms, end_ms, text) values (" + ann
           + ", gen_random_uuid(), 1, 'human', 0, 0, '')",
         "insert into call_values (user_id, attempt_id, times_wrapped, n, key, type) values (" + ann
           + ", gen_random_uuid(), 1, 1, 'price', 'string')",
         "insert into call_questions (user_id, attempt_id, n, text) values (" + ann + ", gen_random_uuid(), 1, '')",
         "insert into knowledge_gaps (user_id, id, agent, source, question, asks, category) values (" + ann
           + ", gen_random_uuid(), 'sync', 'api', 'x', 'x', 'other')",
         "insert into gap_askings (user_id, gap_id, n, agent, source, question) values (" + ann
           + ", gen_random_uuid(), 1, 'sync', 'api', 'x')",
         "insert into knowledge_chunks (user_id, id, title, text, source, category, added_by) values (" + ann
           + ", gen_random_uuid(), 'x', 'y', 'z', 'other', 'me')",
         "insert into chats (user_id, id, agent) values (" + ann + ", gen_random_uuid(), 'sync')",
         "insert into chat_messages (user_id, chat_id, n, from_user, text) values (" + ann + ", gen_random_uuid(), 1, true, 'x')",
         "insert into calendar_proposals (user_id, id, agent, origin, change, title, starts_at, ends_at, timezone) values (" + ann
           + ", gen_random_uuid(), 'sync', 'api', 'create', 'x', now(), now() + interval '1 hour', 'UTC')",
         "insert into calendar_events (user_id, id, title, starts_at, ends_at, timezone, proposal_id, agent) values (" + ann
           + ", gen_random_uuid(), 'x', now(), now() + interval '1 hour', 'UTC', gen_random_uuid(), 'sync')",
         "insert into calendar_tokens (user_id, sha256) values (" + ann + ", sha256('x'))",
         "insert into business_profile (user_id) values (" + ann + ")",
         "insert into notifications (user_id, id, kind, title) values (" + ann + ", gen_random_uuid(), 'call_failed', 'x')",
         "insert into credentials (user_id, name, sealed) values (" + ann + ", 'x', repeat('x', 50)::bytea)",
         "insert into model_usage (user_id, function, provider) values (" + ann + ", 'plan', 'rules')",
         "update users set role = 'operator'",
         "insert into password_links (user_id, sha256, expires_at) values ('" + to_string(bob.user) + "', sha256('x'), now())",
         "insert into users (user_id, email) values (gen_random_uuid(), 'eve@example.com')"}) {
    auto tx = db::transaction::of_user(*app, bob.user);
    CAF_CHECK(trouble_of(tx, sql) == db::trouble::denied);
  }
}

CAF_TEST(a reference to the row of another user is refused) {
  stage s;
  auto id = s.running(s.ann, stage::any_time(), 1);
  auto bob = s.add_user("bob@example.com");
  auto app = as_app(s);
  auto tx = db::transaction::of_user(*app, bob.user);
  CAF_CHECK(trouble_of(tx,
    "insert into targets (user_id, id, campaign_id, phone_number, number_class, country, max_attempts) values ('"
    + to_string(bob.user) + "', gen_random_uuid(), '" + to_string(id) + "', '+1', 'mobile', 'US', 1)")
    == db::trouble::reference);
}

CAF_TEST(no context and a forged one and a stolen one show nothing) {
  stage s;
  fill(s);
  auto app = as_app(s);
  {
    auto tx = db::transaction::bare(*app);
    CAF_CHECK_EQUAL(tx.script("select count(*) from campaigns")[0].take<std::int64_t>(), 0);
  }
  for (const std::string& forged : std::vector<std::string>{
         to_string(s.ann.user) + ".user.9999999999." + std::string(64, '0'),
         std::string("engine"), std::string("a.b.c"), to_string(s.ann.user) + ".engine.9999999999.", std::string("....")}) {
    auto tx = db::transaction::bare(*app);
    tx.script("select set_config('app.ctx', '" + forged + "', true)");
    CAF_CHECK(trouble_of(tx, "select count(*) from campaigns") == db::trouble::denied);
  }
  // The genuine context of another connection.
  auto other = as_app(s);
  std::string stolen;
  {
    auto tx = db::transaction::of_engine(*other);
    stolen = tx.script("select current_setting('app.ctx')")[0].take<std::string>();
  }
  auto tx = db::transaction::bare(*app);
  tx.script("select set_config('app.ctx', '" + stolen + "', true)");
  CAF_CHECK(trouble_of(tx, "select count(*) from campaigns") == db::trouble::denied);
}

CAF_TEST(setting the context to another user within a query shows nothing of theirs) {
  stage s;
  fill(s);
  auto bob = s.add_user("bob@example.com");
  auto app = as_app(s);
  for (const std::string scope : {"true", "false"}) {
    auto tx = db::transaction::of_user(*app, bob.user);
    auto own = tx.script("select current_setting('app.ctx')")[0].take<std::string>();
    auto changed = to_string(s.ann.user) + own.substr(36);
    tx.script("select set_config('app.ctx', '" + changed + "', " + scope + ")");
    CAF_CHECK(trouble_of(tx, "select count(*) from campaigns") == db::trouble::denied);
  }
}

CAF_TEST(the role of the engine can neither read the key nor weaken the guards) {
  stage s;
  auto app = as_app(s);
  for (const std::string sql : {
         "select * from sec.keys", "update sec.keys set ipad = ipad", "truncate campaigns", "truncate audit",
         "alter table campaigns disable row level security", "create table ringmaster.x ()", "create table public.y ()",
         "create temporary table z ()", "set role rm_owner", "set session authorization postgres",
         "create function ringmaster.f() returns int language sql as 'select 1'", "drop policy campaigns_select on campaigns",
         "delete from schema_migrations", "insert into engine_state default values"}) {
    auto tx = db::transaction::of_engine(*app);
    CAF_MESSAGE(sql);
    CAF_CHECK(trouble_of(tx, sql) == db::trouble::denied);
  }
  auto off = db::transaction::of_user(*app, s.ann.user);
  off.script("set local row_security = off");
  CAF_CHECK(trouble_of(off, "select count(*) from campaigns") == db::trouble::denied);
}

CAF_TEST(the audit trail is changed by nobody) {
  stage s;
  fill(s);
  auto app = as_app(s);
  for (const std::string sql : {"update audit set actor = 'x'", "delete from audit"}) {
    auto tx = db::transaction::of_engine(*app);
    CAF_CHECK(trouble_of(tx, sql) == db::trouble::denied);
  }
  // Not even by its owner, short of removing the trigger.
  auto admin = test_cluster::get().connect_admin(s.name);
  for (const std::string sql : {"update ringmaster.audit set actor = 'x'", "delete from ringmaster.audit", "truncate ringmaster.audit"}) {
    auto tx = db::transaction::bare(admin);
    CAF_CHECK(trouble_of(tx, sql) == db::trouble::denied);
  }
}

CAF_TEST(the self check finds every hole that is made) {
  stage s;
  auto app = as_app(s);
  auto leaks = find_leaks(*app);
  CAF_REQUIRE(leaks.has_value());
  for (const auto& leak : *leaks)
    CAF_MESSAGE(leak);
  CAF_CHECK(leaks->empty());
  auto admin = test_cluster::get().connect_admin(s.name);
  const std::vector<std::pair<std::string, std::string>> holes{
    {"alter table ringmaster.targets no force row level security", "alter table ringmaster.targets force row level security"},
    {"alter table ringmaster.audit disable row level security", "alter table ringmaster.audit enable row level security"},
    {"drop policy users_update on ringmaster.users", "create policy users_update on ringmaster.users for update using (false)"},
    {"create table ringmaster.loose (user_id uuid)", "drop table ringmaster.loose"},
    {"create unique index loose on ringmaster.targets (phone_number)", "drop index ringmaster.loose"},
    {"alter table ringmaster.permits add constraint loose foreign key (campaign_id, user_id) references ringmaster.campaigns (id, user_id)",
     "alter table ringmaster.permits drop constraint loose"},
    {"create view ringmaster.loose as select * from ringmaster.campaigns", "drop view ringmaster.loose"},
    {"create materialized view ringmaster.loose as select 1 as one", "drop materialized view ringmaster.loose"},
    {"create function sec.loose() returns int language sql security definer as 'select 1'; revoke all on function sec.loose() from public", "drop function sec.loose()"},
    {"create function sec.loose() returns int language sql as 'select 1'", "drop function sec.loose()"},
    {"grant truncate on ringmaster.targets to rm_app", "revoke truncate on ringmaster.targets from rm_app"},
    {"grant update on ringmaster.audit to rm_app", "revoke update on ringmaster.audit from rm_app"},
    {"grant create on schema ringmaster to rm_app", "revoke create on schema ringmaster from rm_app"},
    {"grant select on sec.keys to rm_app", "revoke select on sec.keys from rm_app"},
  };
  for (const auto& [hole, mend] : holes) {
    CAF_MESSAGE(hole);
    admin.execute(hole);
    CAF_CHECK(!find_leaks(*app)->empty());
    admin.execute(mend);
    CAF_CHECK(find_leaks(*app)->empty());
  }
}

CAF_TEST(the superuser itself is refused as the role of the engine) {
  stage s;
  auto admin = test_cluster::get().connect_admin(s.name);
  auto leaks = find_leaks(admin);
  CAF_REQUIRE(leaks.has_value());
  CAF_CHECK(!leaks->empty());
}
