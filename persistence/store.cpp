#include "persistence/store.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "domain/ports.hpp"
#include "persistence/desk.hpp"
#include "persistence/lane.hpp"
#include "persistence/migrator.hpp"
#include "persistence/self_check.hpp"

namespace ringmaster {
namespace {

constexpr db::statement has_database{"store_has_database",
  "select 1 from pg_database where datname = $1"};
// Who may set up: makes roles and schemas.
constexpr db::statement may_set_up{"store_may_set_up", R"(
  select (rolsuper or rolcreaterole) and (rolsuper or has_database_privilege(current_database(), 'create'))
    from pg_roles where rolname = current_user)"};
constexpr db::statement server_version{"store_version",
  "select current_setting('server_version_num')::int"};
constexpr db::statement system_identifier{"store_system",
  "select system_identifier::text from pg_control_system()"};
constexpr db::statement set_password{"store_password", "select format('alter role rm_app password %L', $1::text)"};

} // namespace

database::database(gate_settings gate, const clock& time, random_source& random)
  : gate_(std::move(gate)), time_(time), random_(random) {}

database::~database() = default;

std::unique_ptr<db::connection> database::connect(db::purpose use, const std::string& name) const {
  return std::make_unique<db::connection>(
    use == db::purpose::admin ? admin_ : app_, use, "ringmaster " + name, keys_->context(), time_);
}

// The server, and a database on it.
result<void> database::reach(const config::settings& settings, const options& with) {
  if (!settings.database.url.empty()) {
    auto where = db::location::parse(settings.database.url.reveal());
    if (!where)
      return fail(where.error());
    admin_ = *where;
    return {};
  }
  auto server = cluster::start(directory_, with.tuning);
  if (!server)
    return fail(server.error());
  server_ = std::move(*server);
  admin_ = server_->admin(with.name);
  db::connection first(server_->admin("postgres"), db::purpose::admin, "ringmaster setup", nullptr, time_);
  try {
    bool there = false;
    {
      auto tx = db::transaction::bare(first);
      there = !tx.run(has_database, with.name).empty();
    }
    if (!there)
      first.execute("create database \"" + with.name + "\"");
    return {};
  } catch (const db::failure& why) {
    return fail(errc::unavailable, std::string("cannot make the database: ") + why.what());
  }
}

// Lock, schema, key, role, checks: in this order, so that a second engine changes nothing.
result<void> database::prepare(const options& with) {
  auto admin = connect(db::purpose::admin, "setup");
  bool privileged = false;
  try {
    auto tx = db::transaction::bare(*admin);
    auto version = tx.run(server_version)[0].take<std::int32_t>();
    if (version < 150000)
      return fail(errc::unavailable, "PostgreSQL 15 or newer is needed; this server is version "
                                       + std::to_string(version / 10000));
    privileged = tx.run(may_set_up)[0].take<bool>();
  } catch (const db::failure& why) {
    return fail(errc::unavailable, "the database " + admin_.describe() + " cannot be reached: " + why.what());
  }
  if (with.as == entry::engine) {
    auto holder = instance::acquire(connect(db::purpose::admin, "instance"));
    if (!holder)
      return fail(holder.error());
    holder_ = std::move(*holder);
  }
  app_ = admin_;
  if (privileged) {
    if (auto done = migrate(*admin); !done)
      return fail(done.error());
    if (auto stored = store_context_key(*admin, *keys_->context(), with.as == entry::engine); !stored)
      return fail(stored.error());
    app_ = admin_.with("user", "rm_app").without("password");
    if (!server_) {
      try {
        auto tx = db::transaction::bare(*admin);
        auto secret = keys_->derive("rm_app " + tx.run(system_identifier)[0].take<std::string>());
        tx.script(tx.run(set_password, secret)[0].take<std::string>());
        tx.commit();
        app_ = app_.with("password", secret);
      } catch (const db::failure& why) {
        return fail(errc::unavailable, std::string("cannot set up the role rm_app: ") + why.what());
      }
    }
  } else {
    auto list = migration_list(*admin);
    if (!list)
      return fail(list.error());
    if (std::any_of(list->begin(), list->end(), [](const auto& m) { return !m.applied; }))
      return fail(
        errc::unavailable, "the schema is not current, and the role of database.url may not change "
                           "it; run `ringmaster migrate` once with a role that may");
  }
  auto app = connect(db::purpose::desk, "check");
  if (auto checked = self_check(*app); !checked)
    return checked;
  return holder_ ? holder_->begin_epoch(*app) : result<void>{};
}

result<std::unique_ptr<database>> database::open(
  const config::settings& settings, gate_settings gate, const clock& time, random_source& random,
  options with) {
  auto made = std::unique_ptr<database>(new database(std::move(gate), time, random));
  std::error_code problem;
  made->directory_ = std::filesystem::absolute(settings.data.directory, problem);
  std::filesystem::create_directories(made->directory_, problem);
  if (problem)
    return fail(
      errc::unavailable, "cannot make " + made->directory_.string() + ": " + problem.message());
  auto keys = master_key::load_or_make(made->directory_, random);
  if (!keys)
    return fail(keys.error());
  made->keys_ = std::make_unique<master_key>(std::move(*keys));
  if (auto reached = made->reach(settings, with); !reached)
    return fail(reached.error());
  if (auto prepared = made->prepare(with); !prepared)
    return fail(prepared.error());
  spdlog::info("database: {} is ready, epoch {}", made->describe(), made->epoch());
  return made;
}

std::unique_ptr<lane_store> database::lane() {
  return std::make_unique<postgres_lane>(connect(db::purpose::lane, "lane"), gate_, random_, holder_.get());
}

std::unique_ptr<desk> database::make_desk() {
  return std::make_unique<postgres_desk>(
    connect(db::purpose::desk, "desk"), random_, gate_, sealer(keys_->derive("credentials")));
}

std::unique_ptr<accounts> database::make_accounts() {
  return std::make_unique<accounts>(connect(db::purpose::desk, "accounts"), random_);
}

std::unique_ptr<back_office> database::make_back_office() {
  return std::make_unique<back_office>(connect(db::purpose::desk, "back office"));
}

std::unique_ptr<account_room> database::make_account_room(std::size_t threads) {
  std::vector<std::unique_ptr<db::connection>> connections;
  for (std::size_t i = 0; i < threads; ++i)
    connections.push_back(connect(db::purpose::desk, "sign-in"));
  return std::make_unique<account_room>(std::move(connections), random_);
}

result<std::unique_ptr<file_send_log>> database::open_send_log() const {
  return file_send_log::open(directory_, epoch(), file_send_log::system_boot_id());
}

result<gate_settings> read_gate(const config::settings& settings) {
  gate_settings gate;
  gate.countries = settings.calling.countries;
  std::vector<std::string> home;
  for (const auto& text : settings.carrier.from) {
    auto reading = read_number(text);
    if (!reading)
      return fail(errc::invalid, "carrier.from: " + text + " is not a number in E.164");
    gate.callers.push_back(reading->number);
    if (!reading->country.empty() && std::find(home.begin(), home.end(), reading->country) == home.end())
      home.push_back(reading->country);
  }
  if (gate.countries.empty())
    gate.countries = home;
  auto seconds = [](std::chrono::milliseconds d) { return std::chrono::ceil<std::chrono::seconds>(d); };
  gate.callee.min_gap = seconds(settings.calling.min_gap);
  gate.close_guard = seconds(settings.calling.close_guard);
  gate.region = gate.countries.size() == 1 ? gate.countries.front()
                : home.empty()             ? std::string{}
                                           : home.front();
  gate.disclosure = settings.calling.disclosure;
  gate.again.busy = seconds(settings.calling.retry_busy);
  gate.again.no_answer = seconds(settings.calling.retry_no_answer);
  gate.again.voicemail = seconds(settings.calling.retry_voicemail);
  gate.again.failed = seconds(settings.calling.retry_failed);
  gate.again.min_gap = gate.callee.min_gap;
  return gate;
}

} // namespace ringmaster
