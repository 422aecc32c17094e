#define CAF_SUITE secrets

#include <caf/test/unit_test.hpp>

#include "persistence/seal.hpp"
#include "tests/persistence/task_stage.hpp"

using namespace ringmaster;
using ringmaster::test::task_stage;
using ringmaster::test::test_cluster;
using namespace std::chrono_literals;

namespace {

const std::string hostile = "It's \"{a,b}\", \\ NULL; drop table x; -- <b> Zoë 日本 %_";

assistant::usage
try_of(const std::string& provider, std::int64_t cost, const std::string& failure = {}) {
  assistant::usage u;
  u.provider = provider;
  u.model = "m";
  u.prompt_version = "plan-1";
  u.prompt_tokens = 100;
  u.completion_tokens = 20;
  u.cost_micros = cost;
  u.took = 250ms;
  u.failure = failure;
  return u;
}

} // namespace

CAF_TEST(a secret opens for its row alone and never stands plain in the table) {
  task_stage s;
  auto bob = s.add_user("bob@example.com");
  const std::string secret = R"({"account_sid": "AC1", "auth_token": "very secret token"})";
  auto put = [&](const identity& who, const std::string& name, const std::string& value) {
    return s.at_desk(who, [&](desk_work& w) { return w.vault().put(name, "…oken", value); });
  };
  auto open = [&](const identity& who, const std::string& name) {
    return s.at_desk(who, [&](desk_work& w) { return w.vault().open(name); });
  };
  CAF_REQUIRE(put(s.ann, "carrier", secret).has_value());
  CAF_REQUIRE(put(s.ann, "openai", "sk-1").has_value());
  CAF_REQUIRE(put(bob, "carrier", "other").has_value());
  CAF_CHECK(task_stage::must(open(s.ann, "carrier")) == secret);
  CAF_CHECK(task_stage::must(open(task_stage::as_engine(s.ann), "openai")) == "sk-1");
  CAF_CHECK(!task_stage::must(open(s.ann, "gemini")).has_value());
  auto list = task_stage::must(s.at_desk(s.ann, [](desk_work& w) { return w.vault().list(); }));
  CAF_REQUIRE_EQUAL(list.size(), 2u);
  CAF_CHECK_EQUAL(list[0].name + " " + list[0].label, "carrier …oken");

  CAF_CHECK_EQUAL(
      s.number(
          "select count(*) from ringmaster.credentials c where position('secret' in c::text) > 0 "
          "or position(convert_to('very', 'UTF8') in c.sealed) > 0"),
      0);
  CAF_CHECK_EQUAL(
      s.number(
          "select count(*) from ringmaster.audit a where position('very secret' in a::text) > 0"),
      0);
  // The same secret twice looks different.
  auto before =
      s.text("select encode(sealed, 'hex') from ringmaster.credentials where name = 'openai'");
  CAF_REQUIRE(put(s.ann, "openai", "sk-1").has_value());
  CAF_CHECK_NOT_EQUAL(
      s.text("select encode(sealed, 'hex') from ringmaster.credentials where name = 'openai'"),
      before);

  auto admin = test_cluster::get().connect_admin(s.name);
  // Moved to another name, to another user, or changed by a bit: it does not open.
  for (const std::string change :
       {"update ringmaster.credentials c set sealed = o.sealed from ringmaster.credentials o where "
        "c.name = 'openai' and o.name = 'carrier' and o.user_id = c.user_id",
        "update ringmaster.credentials c set sealed = o.sealed from ringmaster.credentials o where "
        "c.user_id = '$bob' and o.name = 'carrier' and o.user_id = '$ann'",
        "update ringmaster.credentials set sealed = set_byte(sealed, 30, get_byte(sealed, 30) # "
        "1)"}) {
    admin.execute("create table public.kept as select * from ringmaster.credentials");
    auto sql = change;
    for (const auto& [mark, who] : {std::pair("$bob", &bob), std::pair("$ann", &s.ann)})
      for (auto at = sql.find(mark); at != std::string::npos; at = sql.find(mark))
        sql.replace(at, 4, to_string(who->user));
    CAF_CHECK(admin.execute(sql).affected() > 0);
    bool by_name = change.find("'openai'") != std::string::npos;
    auto opened = by_name ? open(s.ann, "openai") : open(bob, "carrier");
    CAF_REQUIRE(!opened);
    CAF_CHECK(opened.error().code == errc::internal);
    CAF_CHECK(opened.error().detail.find("secret token") == std::string::npos);
    admin.execute("update ringmaster.credentials c set sealed = k.sealed from public.kept k where "
                  "k.user_id = c.user_id and k.name = c.name; drop table public.kept");
  }
  CAF_CHECK(task_stage::must(open(bob, "carrier")) == "other");

  auto& random = test_cluster::get().random();
  sealer ours(s.base->keys().derive("credentials")),
      theirs(s.base->keys().derive("something else"));
  auto sealed = ours.seal(s.ann.user, "n", "x", random);
  CAF_CHECK(ours.open(s.ann.user, "n", sealed) == "x");
  CAF_CHECK(!theirs.open(s.ann.user, "n", sealed));
  for (std::size_t cut = 0; cut < sealed.size(); ++cut)
    CAF_CHECK(!ours.open(s.ann.user, "n", sealed.substr(0, cut)));

  CAF_CHECK(put(s.ann, "Bad Name", "x").error().code == errc::invalid);
  CAF_CHECK(put(s.ann, "carrier", "").error().code == errc::invalid);
  CAF_CHECK(put(s.ann, "carrier", std::string(4097, 'x')).error().code == errc::invalid);
  CAF_CHECK(put(s.ann, "carrier", std::string(4096, 'x')).has_value());
  CAF_CHECK(s.at_desk(s.ann, [](desk_work& w) { return w.vault().remove("carrier"); }).has_value());
  CAF_CHECK(
      s.at_desk(s.ann, [](desk_work& w) { return w.vault().remove("carrier"); }).error().code ==
      errc::not_found);
  CAF_CHECK(task_stage::must(open(bob, "carrier")) == "other");
}

CAF_TEST(costs are counted by day and end at midnight) {
  task_stage s;
  auto bob = s.add_user("bob@example.com");
  auto about = s.new_id();
  auto engine = task_stage::as_engine(s.ann);
  auto noted = s.at_desk(engine, [&](desk_work& w) -> result<void> {
    auto a = w.usage().note(
        assistant::function::plan, about, {},
        {try_of("openai", 0, "answered 500: " + hostile), try_of("gemini", 1'500)});
    auto b = w.usage().note(assistant::function::plan, about, {}, {try_of("gemini", 500)});
    auto c = w.usage().note(assistant::function::risks, {}, {}, {try_of("gemini", -7)});
    auto d = w.usage().note(assistant::function::risks, {}, {}, {});
    return a && b && c && d ? result<void>{} : fail(errc::internal, "note");
  });
  CAF_REQUIRE(noted.has_value());
  CAF_CHECK_EQUAL(
      s.text("select failure from ringmaster.model_usage where provider = 'openai'"),
      "answered 500: " + hostile);
  CAF_CHECK_EQUAL(
      s.number(
          "select count(*) from ringmaster.model_usage where task_id = '" + to_string(about) + "'"),
      3);
  auto spent = [&](const identity& who) {
    return task_stage::must(s.at_desk(who, [](desk_work& w) { return w.usage().spent_today(); }));
  };
  auto report = [&](int days) {
    return task_stage::must(s.at_desk(s.ann, [&](desk_work& w) { return w.usage().report(days); }));
  };
  CAF_CHECK_EQUAL(spent(s.ann), 2'000);
  CAF_CHECK_EQUAL(spent(bob), 0);
  auto today = report(1);
  CAF_REQUIRE_EQUAL(today.size(), 3u);
  CAF_CHECK_EQUAL(
      today[0].provider + " " + today[0].model + " " + today[0].function, "gemini m plan");
  CAF_CHECK_EQUAL(today[0].requests, 2);
  CAF_CHECK_EQUAL(today[0].prompt_tokens, 200);
  CAF_CHECK_EQUAL(today[0].completion_tokens, 40);
  CAF_CHECK_EQUAL(today[0].cost_micros, 2'000);
  CAF_CHECK_EQUAL(today[1].function, "risks");
  CAF_CHECK_EQUAL(today[1].cost_micros, 0);
  CAF_CHECK_EQUAL(today[2].provider, "openai");
  CAF_CHECK_EQUAL(today[0].day, s.text("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD')"));

  // The last instant of yesterday and the first of today, in UTC.
  auto admin = test_cluster::get().connect_admin(s.name);
  for (const std::string at :
       {"interval '-1 microsecond'", "interval '0'", "interval '-23 hours'",
        "interval '-25 hours'"})
    admin.execute(
        "insert into ringmaster.model_usage (user_id, at, function, provider, cost_micros) values "
        "('" +
        to_string(s.ann.user) + "', date_trunc('day', now(), 'UTC') + " + at +
        ", 'plan', 'gemini', 10000)");
  CAF_CHECK_EQUAL(spent(s.ann), 12'000);
  auto cost_of = [&](int days) {
    std::int64_t sum = 0;
    for (const auto& line : report(days))
      sum += line.cost_micros;
    return sum;
  };
  CAF_CHECK_EQUAL(cost_of(1), 12'000);
  CAF_CHECK_EQUAL(cost_of(2), 32'000);
  CAF_CHECK_EQUAL(cost_of(3), 42'000);
  CAF_CHECK_EQUAL(cost_of(0), 12'000);
  CAF_CHECK(report(2).front().day > report(2).back().day);
}
