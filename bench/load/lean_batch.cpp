#include "bench/load/lean_batch.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/load/volley.hpp"
#include "tests/support/status_post.hpp"

namespace ringmaster::load {

namespace {

constexpr std::size_t batch = 256;

constexpr const char* schema[] = {
  "set client_min_messages = warning",
  "drop schema if exists lean cascade",
  "do $$ begin if not exists (select from pg_roles where rolname = 'lean_app') then"
  "  create role lean_app login; end if; end $$",
  "create schema lean",
  "grant usage on schema lean to lean_app",
  "create table lean.sessions (user_id uuid not null, id uuid not null, sid text,"
  "  rank smallint not null default -1, status text, last_news_at timestamptz,"
  "  primary key (user_id, id)) with (fillfactor = 60)",
  "create table lean.events (user_id uuid not null, session_id uuid not null, step smallint not null,"
  "  received_at timestamptz not null, raw text not null, primary key (user_id, session_id, step))",
  "alter table lean.sessions enable row level security",
  "alter table lean.sessions force row level security",
  "alter table lean.events enable row level security",
  "alter table lean.events force row level security",
  "create policy own on lean.sessions using (user_id = (select current_setting('lean.owner')::uuid))",
  "create policy own on lean.events using (user_id = (select current_setting('lean.owner')::uuid))",
  "grant select, insert, update on lean.sessions, lean.events to lean_app",
};

constexpr const char* statement = R"(
  with news as (
    select * from unnest($1::uuid[], $2::smallint[], $3::text[]) as n(session_id, step, raw)
  ), fresh as (
    insert into lean.events (user_id, session_id, step, received_at, raw)
    select current_setting('lean.owner')::uuid, session_id, step, now(), raw from news
    on conflict do nothing returning session_id, step
  )
  update lean.sessions s set rank = f.step, status = 'rank ' || f.step, last_news_at = now()
    from (select session_id, max(step) as step from fresh group by session_id) f
   where s.user_id = current_setting('lean.owner')::uuid and s.id = f.session_id and s.rank < f.step)";

std::string uuid_of(std::size_t n) {
  char text[48];
  std::snprintf(text, sizeof text, "01890000-0000-7000-8000-%012zx", n);
  return text;
}

struct arrays {
  std::string ids = "{", steps = "{", raws = "{";
};

} // namespace

lean_result run_lean_batch(arena& where, std::size_t events) {
  const auto cluster = where.stage().cluster();
  if (!cluster)
    throw std::runtime_error("no cluster");
  auto admin = where.stage().database();
  for (const auto* step : schema)
    admin->rows(step);
  const auto calls = events / 4;
  const std::string user = uuid_of(0xffff);
  admin->rows(
    "insert into lean.sessions (user_id, id) select '" + user +
    "', ('01890000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid from generate_series(0, " +
    std::to_string(calls) + ") n");
  admin->rows("analyze lean.sessions");

  const auto name = admin->text("select current_database()");
  const auto raw = support::form_body(support::callback_fields(
    {sid_of(1), support::account_sid, "+12125550100", "+14155550199", "completed", 3, 42, "human"}));
  // Each lane has its own calls, a thousand of them alive at a time.
  constexpr std::size_t lanes = 2;
  std::vector<std::vector<arrays>> work(lanes);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    std::size_t in_batch = 0;
    for (std::size_t block = 0; block < calls; block += 1000)
      for (int step = 0; step < 4; ++step)
        for (std::size_t i = block; i < std::min(block + 1000, calls); ++i) {
          if (i % lanes != lane)
            continue;
          if (in_batch == 0)
            work[lane].emplace_back();
          auto& a = work[lane].back();
          const char* comma = in_batch == 0 ? "" : ",";
          a.ids += comma + uuid_of(i);
          a.steps += comma + std::to_string(step);
          a.raws += std::string(comma) + "\"" + raw + "\"";
          in_batch = (in_batch + 1) % batch;
        }
    for (auto& a : work[lane])
      a.ids += "}", a.steps += "}", a.raws += "}";
  }

  const auto before = where.cpu();
  const auto began = now_us();
  histogram times[lanes];
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (std::size_t lane = 0; lane < lanes; ++lane)
    threads.emplace_back([&, lane] {
      try {
        support::sql db(cluster->connect_as("lean_app", name));
        db.rows("set lean.owner = '" + user + "'");
        db.rows("set plan_cache_mode = force_generic_plan");
        for (const auto& a : work[lane]) {
          const auto start = now_us();
          db.rows(statement, {a.ids, a.steps, a.raws});
          times[lane].add(now_us() - start);
        }
      } catch (const std::exception& e) {
        std::fprintf(stderr, "lean batch: %s\n", e.what());
        ++failures;
      }
    });
  for (auto& t : threads)
    t.join();
  const auto took = now_us() - began;
  const auto spent = where.cpu() - before;
  const auto stored = admin->count("select count(*) from lean.events");
  if (failures > 0 || stored != static_cast<long>(calls * 4))
    throw std::runtime_error("the lean batch stored " + std::to_string(stored) + " events");
  times[0].merge(times[1]);
  return {static_cast<double>(calls * 4) * 1e6 / static_cast<double>(took),
          static_cast<double>(spent.database_us) / static_cast<double>(calls * 4),
          times[0].quantile_us(0.99) / 1000};
}

} // namespace ringmaster::load
