#include "bench/load/arena.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "tests/support/status_post.hpp"
#include "tests/support/waiting.hpp"

namespace ringmaster::load {

namespace {

support::engine_settings with_carrier(support::engine_settings settings, const std::string& authority) {
  settings["CARRIER_BASE_URL"] = "http://" + authority;
  // Nothing here is ever lost, so nobody has to be asked about it.
  const support::engine_settings patient{
    {"CARRIER_RECONCILE_AFTER", "60s"}, {"CARRIER_RECONCILE_AGAIN", "30s"},
    {"CARRIER_RECONCILE_GIVE_UP", "10m"}, {"CARRIER_REQUEST_TIMEOUT", "15s"},
    {"CARRIER_POLL_SILENCE", "1h"}, {"CARRIER_RING_TIMEOUT", "10m"}, {"CARRIER_TIME_LIMIT", "4h"},
    {"LOG_LEVEL", "warn"}};
  settings.insert(patient.begin(), patient.end());
  return settings;
}

} // namespace

arena::arena(const support::engine_settings& settings)
  : stage_(with_carrier(settings, carrier_.authority())) {
  stage_.start_engine();
  if (!stage_.ready_within(std::chrono::seconds(30)))
    throw std::runtime_error("the engine does not get ready: " + stage_.engine_tail());
  user_ = stage_.add_user("bench@example.com");
}

void arena::lift_bounds() {
  auto db = stage_.database();
  db->rows("alter table ringmaster.campaigns drop constraint if exists campaigns_concurrency_bounds");
  db->rows("update ringmaster.campaigns set max_concurrent_calls = 10000000");
}

std::string
arena::fill(const std::string& name, std::size_t first, std::size_t count, long concurrency) {
  auto settings = support::open_campaign(name);
  settings["max_concurrent_calls"] = concurrency;
  return support::make_campaign(user_, settings, support::targets(first, count));
}

void arena::start(const std::string& campaign) {
  if (const auto done = user_.act(campaign, "start"); done.status != 200)
    throw std::runtime_error("start: " + done.summary());
}

bool arena::wait_creates(std::uint64_t count, std::chrono::milliseconds patience) {
  auto last = carrier_.creates();
  while (last < count) {
    if (!support::wait_until(patience, [&] { return carrier_.creates() > last; }))
      return false;
    last = carrier_.creates();
  }
  return true;
}

bool arena::wait_bound(std::uint64_t count, std::chrono::milliseconds patience) {
  auto db = stage_.database();
  return support::wait_until(patience, [&] {
    return db->count("select count(*) from ringmaster.call_sessions where sid is not null") >=
           static_cast<long>(count);
  }, std::chrono::milliseconds(50));
}

cpu_reading arena::cpu() {
  const auto where = stage_.cluster();
  return read_cpu(stage_.engine().pid(), where ? where->postmaster : 0);
}

void arena::profile() {
  if (option("PROFILE", 0) == 0)
    return;
  {
    auto db = stage_.database();
    db->rows("alter system set shared_preload_libraries = pg_stat_statements, auto_explain");
  }
  stage_.stop_engine();
  stage_.start_engine();
  stage_.ready_within(std::chrono::seconds(30));
  auto db = stage_.database();
  db->rows("create extension if not exists pg_stat_statements");
  // Also what the engine's functions run inside.
  db->rows("alter system set pg_stat_statements.track = 'all'");
  // With EXPLAIN_MS the plans of slower statements stand in the server's log, var/postgres.log.
  if (const auto ms = option("EXPLAIN_MS", 0); ms > 0) {
    db->rows("alter system set auto_explain.log_min_duration = " + std::to_string(ms));
    db->rows("alter system set auto_explain.log_analyze = on");
    db->rows("alter system set auto_explain.log_nested_statements = on");
  }
  db->rows("select pg_reload_conf()");
}

void arena::print_profile() {
  if (option("PROFILE", 0) == 0)
    return;
  for (const auto& row : stage_.database()->rows(
         "select calls::text, round(total_exec_time)::text as ms, toplevel::text as top, rows::text,"
         "  left(regexp_replace(query, '\\s+', ' ', 'g'), 150) as query"
         "  from pg_stat_statements order by total_exec_time desc limit 25"))
    std::printf(
      "%9s calls %8s ms %9s rows %5s  %s\n", row.at("calls")->c_str(), row.at("ms")->c_str(),
      row.at("rows")->c_str(), row.at("top")->c_str(), row.at("query")->c_str());
  stage_.database()->rows("select pg_stat_statements_reset()");
}

std::vector<ready_event> script_of(
  const std::vector<arrival>& calls, std::size_t first, std::size_t count,
  const std::string& authority) {
  static constexpr const char* life[] = {"initiated", "ringing", "in-progress", "completed"};
  constexpr std::size_t alive = 1000;
  std::vector<ready_event> out;
  out.reserve(count * 4 * 107 / 100 + 16);
  std::uint64_t n = 0;
  const auto add = [&](std::uint32_t call, std::uint8_t step, bool forged) {
    const auto& a = calls[call];
    const auto target = "/api/webhooks/call-status/" + a.token;
    auto fields = support::callback_fields(
      {a.sid, support::account_sid, a.to, a.from, life[step], step, 42, step == 3 ? "human" : ""});
    auto signature = support::carrier_signature(support::auth_token, "http://" + authority + target, fields);
    if (forged)
      signature[3] = signature[3] == 'A' ? 'B' : 'A';
    out.push_back(
      {support::write_request(
         authority, "POST", target,
         {{"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"},
          {"X-Twilio-Signature", signature},
          {"User-Agent", "TwilioProxy/1.1"},
          {"Accept", "*/*"}},
         support::form_body(fields)),
       call, step, forged, false});
  };
  for (std::size_t block = first; block < first + count; block += alive)
    for (std::uint8_t step = 0; step < 4; ++step)
      for (std::size_t i = block; i < std::min(block + alive, first + count); ++i) {
        add(static_cast<std::uint32_t>(i), step, false);
        ++n;
        if (n % 20 == 0) {
          out.push_back(out.back());
          out.back().copy = true;
        }
        if (n % 100 == 50)
          add(static_cast<std::uint32_t>(i), static_cast<std::uint8_t>((step + 1) % 4), true);
      }
  return out;
}

} // namespace ringmaster::load
