// W1's database part: durable callbacks through a STORE lane, beside the bare lean batch (one
// statement on two small tables, under forced row-level security) on the same server in the same
// run, in turn. And W2's database part: permits and accepted dials through a lane. Prints rates
// and the server's CPU time per event; the medians over the rounds are what counts.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <spdlog/spdlog.h>

#include "domain/ports.hpp"
#include "persistence/array.hpp"
#include "persistence/store.hpp"

using namespace ringmaster;

namespace {

class machine_clock : public ringmaster::clock {
 public:
  instant now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
  std::chrono::nanoseconds boot() const override {
    timespec t{};
    ::clock_gettime(CLOCK_BOOTTIME, &t);
    return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
  }
};

class seeded_random : public random_source {
 public:
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_{7};
};

double seconds_now() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

double own_cpu() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

// CPU time of the server and all its processes, those that have ended included.
double server_cpu(int postmaster) {
  double ticks = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos)
      continue;
    std::ifstream file(entry.path() / "stat");
    std::string text;
    std::getline(file, text);
    auto end = text.rfind(')');
    if (end == std::string::npos)
      continue;
    char state = 0;
    int parent = 0;
    unsigned long long user = 0, system = 0;
    long long user_ended = 0, system_ended = 0;
    if (std::sscanf(text.c_str() + end + 1,
          " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld", &state, &parent, &user,
          &system, &user_ended, &system_ended) != 6)
      continue;
    if (name == std::to_string(postmaster))
      ticks += static_cast<double>(user + system) + static_cast<double>(user_ended + system_ended);
    else if (parent == postmaster)
      ticks += static_cast<double>(user + system);
  }
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

struct measure {
  double rate = 0;       ///< events per second
  double server_us = 0;  ///< per event
  double own_us = 0;
};

template <class Run>
measure timed(int postmaster, std::size_t events, Run run) {
  auto cpu = server_cpu(postmaster);
  auto own = own_cpu();
  auto begin = seconds_now();
  run();
  auto took = seconds_now() - begin;
  auto n = static_cast<double>(events);
  return {n / took, (server_cpu(postmaster) - cpu) / n * 1e6, (own_cpu() - own) / n * 1e6};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void print(const char* name, const std::vector<measure>& rounds) {
  std::vector<double> rates, server, own;
  for (const auto& m : rounds) {
    rates.push_back(m.rate);
    server.push_back(m.server_us);
    own.push_back(m.own_us);
  }
  std::printf("%-34s %9.0f /s  [%.0f..%.0f]  server %6.1f us  this process %6.1f us\n", name, median(rates),
    *std::min_element(rates.begin(), rates.end()), *std::max_element(rates.begin(), rates.end()),
    median(server), median(own));
}

// The body of a carrier's status callback, about 850 bytes.
std::string body_of(const std::string& sid, std::string_view status, int sequence) {
  return "Called=%2B14155550100&ToState=CA&CallerCountry=US&Direction=outbound-api&Timestamp=Tue%2C+31+Aug+2026+"
         "20%3A36%3A28+%2B0000&CallbackSource=call-progress-events&CallerState=CA&ToZip=94103&SequenceNumber="
         + std::to_string(sequence) + "&To=%2B14155550100&CallSid=" + sid
         + "&ToCountry=US&CallerZip=94105&CalledZip=94103&ApiVersion=2010-04-01&CallStatus=" + std::string(status)
         + "&CalledCity=SAN+FRANCISCO&From=%2B14155550001&AccountSid=AC00000000000000000000000000000000&"
           "CalledCountry=US&CallerCity=SAN+FRANCISCO&ToCity=SAN+FRANCISCO&FromCountry=US&Caller=%2B14155550001&"
           "FromCity=SAN+FRANCISCO&CalledState=CA&FromZip=94105&FromState=CA&StirVerstat=TN-Validation-Passed-A&"
           "StirPassportToken=eyJhbGciOiJFUzI1NiIsInBwdCI6InNoYWtlbiIsInR5cCI6InBhc3Nwb3J0In0&CallDuration=17&"
           "Duration=1&InternalRegion=us1&CallbackKey=0123456789abcdef0123456789abcdef01234567";
}

struct event {
  std::size_t call;
  call::status news;
  int sequence;
};

// Four events a call, a thousand calls alive, one event in twenty comes twice at once.
std::vector<event> stream(std::size_t calls) {
  static constexpr call::status order[] = {
    call::status::initiated, call::status::ringing, call::status::in_progress, call::status::completed};
  std::vector<event> all;
  std::mt19937 pick(11);
  for (std::size_t first = 0; first < calls; first += 1000)
    for (int k = 0; k < 4; ++k)
      for (std::size_t i = first; i < std::min(calls, first + 1000); ++i) {
        all.push_back({i, order[k], k});
        if (pick() % 20 == 0)
          all.push_back(all.back());
      }
  return all;
}

std::string sid_of(std::size_t call) {
  char text[40];
  std::snprintf(text, sizeof text, "CA%032zx", call);
  return text;
}

constexpr const char* lean_tables = R"(
  drop schema if exists lean cascade;
  create schema lean;
  create table lean.sessions (user_id bigint not null, id uuid primary key, status smallint not null default -1,
    updated_at timestamptz) with (fillfactor = 60);
  create table lean.events (session_id uuid not null, seq smallint not null, user_id bigint not null,
    raw text not null, primary key (session_id, seq));
  alter table lean.sessions enable row level security, force row level security;
  alter table lean.events enable row level security, force row level security;
  create policy s on lean.sessions using (coalesce(current_setting('app.lean', true), '') = 'engine');
  create policy e on lean.events using (coalesce(current_setting('app.lean', true), '') = 'engine');
  grant usage on schema lean to rm_app;
  grant select, insert, update on all tables in schema lean to rm_app;)";

constexpr db::statement lean_batch{"lean_batch", R"(
  with e as (
    insert into lean.events (session_id, seq, user_id, raw)
    select id, seq, 1, raw from unnest($1::uuid[], $2::smallint[], $3::text[]) x(id, seq, raw)
    on conflict do nothing)
  update lean.sessions s set status = n.status, updated_at = now()
    from unnest($4::uuid[], $5::smallint[]) n(id, status) where s.id = n.id and s.status < n.status)"};
constexpr db::statement lean_context{"lean_context", "select set_config('app.lean', 'engine', true)"};

struct rig {
  std::unique_ptr<database> base;
  user_id user;
  campaign_id campaign;
  std::vector<attempt_id> attempts;
  std::size_t next = 0;
};


// Accepted attempts with their sessions, made in bulk by the superuser.
void make_calls(rig& r, db::connection& admin, const ringmaster::clock& time, random_source& random, std::size_t count) {
  r.attempts.clear();
  db::array ids, numbers, sids;
  for (std::size_t i = 0; i < count; ++i) {
    r.attempts.push_back(make_attempt_id(time.now(), random, r.campaign.value));
    ids.add(r.attempts.back());
    numbers.add("+1" + std::to_string(2'000'000'000 + r.next));
    sids.add(sid_of(r.next++));
  }
  auto tx = db::transaction::bare(admin);
  static constexpr db::statement fill{"bench_fill", R"(
    with x as (select * from unnest($3::uuid[], $4::text[], $5::text[]) x(id, number, sid)),
    t as (insert into ringmaster.targets (user_id, id, campaign_id, phone_number, number_class, country, max_attempts, status, last_call)
          select $1::uuid, x.id, $2::uuid, x.number, 'mobile', 'US', 1, 'calling', x.id from x),
    a as (insert into ringmaster.attempts (user_id, id, campaign_id, target_id, attempt_number, to_number, from_number, status, permit_at)
          select $1::uuid, x.id, $2::uuid, x.id, 1, x.number, '+14155550001', 'accepted', now() from x)
    insert into ringmaster.call_sessions (user_id, id, sid) select $1::uuid, x.id, x.sid from x)"};
  static constexpr db::statement fill_lean{"bench_fill_lean", "insert into lean.sessions (user_id, id) select 1, unnest($1::uuid[])"};
  auto id_list = ids.take();
  tx.run(fill, r.user, r.campaign, id_list, numbers.take(), sids.take());
  tx.run(fill_lean, id_list);
  tx.commit();
}

measure through_lane(rig& r, lane_store& lane, const ringmaster::clock& time, std::size_t calls, std::size_t batch, std::size_t first) {
  auto events = stream(calls);
  std::vector<store_change> changes;
  std::size_t at = 0;
  auto result = timed(r.base->server_pid(), events.size(), [&] {
    while (at < events.size()) {
      changes.clear();
      for (std::size_t i = 0; i < batch && at < events.size(); ++i, ++at) {
        const auto& e = events[at];
        change::record_callback cb;
        cb.user = r.user;
        cb.attempt = r.attempts[e.call];
        cb.sid = call_sid{sid_of(first + e.call)};
        cb.news = e.news;
        cb.sequence = e.sequence;
        cb.raw = body_of(cb.sid.value, call::to_string(e.news), e.sequence);
        cb.received_at = time.now();
        changes.emplace_back(std::move(cb));
      }
      for (const auto& answer : lane.commit(changes))
        if (!answer) {
          std::fprintf(stderr, "a callback failed: %s\n", answer.error().detail.c_str());
          std::exit(1);
        }
    }
  });
  return result;
}

measure through_lean(rig& r, db::connection& on, std::size_t calls, std::size_t batch, std::size_t first) {
  auto events = stream(calls);
  std::size_t at = 0;
  return timed(r.base->server_pid(), events.size(), [&] {
    while (at < events.size()) {
      db::array ids, seqs, raws, s_ids, s_states;
      std::set<std::size_t> seen;
      for (std::size_t i = 0; i < batch && at < events.size(); ++i, ++at) {
        const auto& e = events[at];
        ids.add(r.attempts[e.call]);
        seqs.add(e.sequence);
        raws.add(body_of(sid_of(first + e.call), call::to_string(e.news), e.sequence));
        if (seen.insert(e.call).second) {
          s_ids.add(r.attempts[e.call]);
          s_states.add(e.sequence);
        }
      }
      auto tx = db::transaction::bare(on);
      tx.run(lean_context);
      tx.run(lean_batch, ids.take(), seqs.take(), raws.take(), s_ids.take(), s_states.take());
      tx.commit();
    }
  });
}

// W2's database part: permits for `campaigns` campaigns, 64 dials a batch, each then accepted.
measure dials(rig& r, lane_store& lane, const std::vector<campaign_id>& campaigns, std::size_t total, std::size_t& sid) {
  std::size_t done = 0;
  auto each = static_cast<std::uint32_t>(std::max<std::size_t>(1, 64 / campaigns.size()));
  std::size_t turn = 0;
  return timed(r.base->server_pid(), total, [&] {
    while (done < total) {
      std::vector<store_change> asks;
      for (std::size_t i = 0; i < std::min<std::size_t>(64, campaigns.size()); ++i) {
        change::ask_permits ask;
        ask.user = r.user;
        ask.campaign = campaigns[turn++ % campaigns.size()];
        ask.wanted = each;
        asks.emplace_back(ask);
      }
      std::vector<store_change> accepts;
      for (const auto& answer : lane.commit(asks)) {
        if (!answer) {
          std::fprintf(stderr, "permits failed: %s\n", answer.error().detail.c_str());
          std::exit(1);
        }
        for (const auto& dial : std::get<permits>(*answer).intents) {
          change::advance_attempt accept;
          accept.user = dial.user;
          accept.campaign = dial.campaign;
          accept.target = dial.target;
          accept.attempt = dial.attempt;
          accept.on = attempt::event::accept;
          accept.sid = call_sid{sid_of(1'000'000'000 + sid++)};
          accept.call_state = call::status::queued;
          accepts.emplace_back(std::move(accept));
        }
      }
      if (accepts.empty()) {
        std::fprintf(stderr, "no target is left\n");
        std::exit(1);
      }
      done += accepts.size();
      for (const auto& answer : lane.commit(accepts))
        if (!answer) {
          std::fprintf(stderr, "an accept failed: %s\n", answer.error().detail.c_str());
          std::exit(1);
        }
    }
  });
}

std::vector<campaign_id> make_campaigns(rig& r, db::connection& admin, const ringmaster::clock& time, random_source& random, std::size_t count, std::size_t targets) {
  static constexpr db::statement campaign{"bench_campaign", R"(
    with c as (insert into ringmaster.campaigns (user_id, id, name, timezone, allowed_call_start_time, allowed_call_end_time,
                 allowed_days_of_week, max_attempts, max_concurrent_calls, status)
               values ($1, $2, 'bench', 'UTC', '00:00:00', '24:00:00', '{mon,tue,wed,thu,fri,sat,sun}', 1, 10000, 'running')),
    p as (insert into ringmaster.campaign_progress (user_id, campaign_id, total, pending) values ($1, $2, $3, $3))
    insert into ringmaster.targets (user_id, id, campaign_id, phone_number, number_class, country, max_attempts)
    select $1::uuid, lpad(to_hex($4::bigint + g), 32, '0')::uuid, $2::uuid, '+1' || ($4::bigint + g)::text, 'mobile', 'US', 1 from generate_series(1, $3) g)"};
  std::vector<campaign_id> list;
  static std::int64_t number = 3'000'000'000;
  auto tx = db::transaction::bare(admin);
  for (std::size_t i = 0; i < count; ++i) {
    list.push_back(campaign_id{make_uuid7(time.now(), random)});
    tx.run(campaign, r.user, list.back(), static_cast<std::int64_t>(targets), number);
    number += static_cast<std::int64_t>(targets);
  }
  tx.commit();
  return list;
}

} // namespace

int main(int argc, char** argv) {
  std::size_t calls = 5000;
  int rounds = 5;
  std::vector<std::size_t> batches{16, 64, 256};
  std::string part = "all";
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--calls") == 0)
      calls = static_cast<std::size_t>(std::atol(argv[i + 1]));
    else if (std::strcmp(argv[i], "--rounds") == 0)
      rounds = std::atoi(argv[i + 1]);
    else if (std::strcmp(argv[i], "--batch") == 0)
      batches = {static_cast<std::size_t>(std::atol(argv[i + 1]))};
    else if (std::strcmp(argv[i], "--part") == 0)
      part = argv[i + 1];
  }
  spdlog::set_level(spdlog::level::warn);
  machine_clock time;
  seeded_random random;
  char directory[] = "/tmp/ringmaster-bench-XXXXXX";
  if (!::mkdtemp(directory) || ::chmod(directory, 0755) != 0)
    return 1;
  config::settings settings;
  settings.data.directory = directory;
  gate_settings gate;
  gate.callers = {phone_number::from_canonical("+14155550001")};
  gate.countries = {"US"};
  gate.callee.legal_start = {0};
  gate.callee.legal_end = {86'400};
  auto base = database::open(settings, gate, time, random, {});
  if (!base) {
    std::fprintf(stderr, "%s\n", base.error().detail.c_str());
    return 1;
  }
  rig r;
  r.base = std::move(*base);
  r.user = r.base->make_accounts()->add_user("bench@example.com")->id;
  auto admin = r.base->connect(db::purpose::admin, "bench");
  {
    auto tx = db::transaction::bare(*admin);
    tx.script(lean_tables);
    tx.commit();
  }
  r.campaign = make_campaigns(r, *admin, time, random, 1, 1)[0];
  auto lane = r.base->lane();
  auto lean = r.base->connect(db::purpose::lane, "lean");

  std::printf("W1, database part: %zu calls x 4 events a round, 5 %% twice, %d rounds, fsync on\n", calls, rounds);
  for (std::size_t batch : part == "w2" ? std::vector<std::size_t>{} : batches) {
    std::vector<measure> ours, bare;
    for (int i = 0; i < rounds; ++i) {
      auto first = r.next;
      make_calls(r, *admin, time, random, calls);
      ours.push_back(through_lane(r, *lane, time, calls, batch, first));
      bare.push_back(through_lean(r, *lean, calls, batch, first));
    }
    std::vector<double> ratios;
    for (int i = 0; i < rounds; ++i)
      ratios.push_back(ours[static_cast<std::size_t>(i)].server_us / bare[static_cast<std::size_t>(i)].server_us);
    print(("lane, batches of " + std::to_string(batch)).c_str(), ours);
    print(("bare lean, batches of " + std::to_string(batch)).c_str(), bare);
    std::printf("  server CPU, lane to bare lean (paired): %.2f\n", median(ratios));
  }

  if (part == "w1")
    rounds = 0;
  std::printf("W2, database part: permit + accept, limits off\n");
  std::size_t sid = 0;
  constexpr std::size_t total = 8000;
  std::vector<measure> one, many;
  for (int i = 0; i < rounds; ++i) {
    one.push_back(dials(r, *lane, make_campaigns(r, *admin, time, random, 1, total + 64), total, sid));
    many.push_back(dials(r, *lane, make_campaigns(r, *admin, time, random, 1000, total / 1000 + 2), total, sid));
  }
  if (rounds > 0)
  print("1 campaign, 64 permits at a time", one);
  if (rounds > 0)
  print("1,000 campaigns, 64 at a time", many);

  lane.reset();
  lean.reset();
  admin.reset();
  r.base.reset();
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  return 0;
}
