#include "persistence/examination.hpp"

#include <filesystem>
#include <utility>

#include "domain/ports.hpp"
#include "persistence/cluster.hpp"
#include "persistence/master_key.hpp"
#include "persistence/migrator.hpp"
#include "persistence/self_check.hpp"

namespace ringmaster {

namespace {

constexpr db::statement has_database{
    "examine_database", "select 1 from pg_database where datname = $1"};
constexpr db::statement server_says{"examine_server", R"(
  select current_setting('server_version_num')::int, current_setting('synchronous_commit'), current_setting('fsync'),
         (select (rolsuper or rolcreaterole) and (rolsuper or has_database_privilege(current_database(), 'create'))
            from pg_roles where rolname = current_user))"};
constexpr db::statement server_time{"examine_time", "select clock_timestamp()"};
// The lock of instance.cpp: 7237124682 in its two halves.
constexpr db::statement engine_holds{"examine_engine", R"(
  select exists (select from pg_locks
                  where locktype = 'advisory' and granted and objsubid = 1
                    and database = (select oid from pg_database where datname = current_database())
                    and classid::bigint = 7237124682 >> 32 and objid::bigint = 7237124682 & 4294967295))"};
constexpr db::statement has_role{"examine_role", "select 1 from pg_roles where rolname = 'rm_app'"};
constexpr db::statement system_identifier{
    "examine_system", "select system_identifier::text from pg_control_system()"};

constexpr const char* name_of_database = "ringmaster";

} // namespace

database_examination::database_examination() = default;
database_examination::~database_examination() = default;

result<void> database_examination::reach(const config::settings& settings) {
  if (!settings.database.url.empty()) {
    auto where = db::location::parse(settings.database.url.reveal());
    if (!where)
      return fail(where.error());
    admin_ = *where;
    return {};
  }
  found_.is_private = true;
  std::error_code problem;
  auto directory = std::filesystem::absolute(settings.data.directory, problem);
  if (!cluster::is_made(directory))
    return fail(errc::not_found, "the private server has not been made yet");
  auto server = cluster::start(directory);
  if (!server)
    return fail(server.error());
  server_ = std::move(*server);
  found_.started_here = server_->pid() != 0;
  admin_ = server_->admin(name_of_database);
  return {};
}

void database_examination::look(const clock& time) {
  if (found_.is_private) {
    db::connection first(
        server_->admin("postgres"), db::purpose::admin, "ringmaster doctor", nullptr, time);
    auto tx = db::transaction::bare(first);
    if (tx.run(has_database, name_of_database).empty())
      throw db::failure(
          db::trouble::other, "the private server has no database of ours; start the engine once");
  }
  db::connection admin(admin_, db::purpose::admin, "ringmaster doctor", nullptr, time);
  {
    auto tx = db::transaction::bare(admin);
    auto rows = tx.run(server_says);
    auto said = rows[0];
    found_.version = said.take<std::int32_t>();
    found_.synchronous_commit = said.take<std::string>();
    found_.fsync = said.take<std::string>();
    privileged_ = said.take<bool>();
    found_.engine_runs = tx.run(engine_holds)[0].take<bool>();
    auto before = time.now();
    auto theirs = tx.run(server_time)[0].take<instant>();
    auto ours = before + (time.now() - before) / 2;
    found_.ahead = std::chrono::duration_cast<std::chrono::milliseconds>(theirs - ours);
  }
  auto list = migration_list(admin);
  if (!list)
    found_.schema_trouble = list.error().detail;
  else
    for (const auto& m : *list)
      if (!m.applied)
        found_.missing.push_back(m.name);
}

void database_examination::look_as_engine(const master_key& keys, const clock& time) {
  auto app = admin_;
  if (privileged_) {
    db::connection admin(admin_, db::purpose::admin, "ringmaster doctor", nullptr, time);
    auto tx = db::transaction::bare(admin);
    if (tx.run(has_role).empty()) {
      found_.role_trouble = "the role rm_app has not been made yet";
      return;
    }
    app = admin_.with("user", "rm_app").without("password");
    if (!found_.is_private)
      app = app.with(
          "password", keys.derive("rm_app " + tx.run(system_identifier)[0].take<std::string>()));
  }
  found_.role = app.value("user");
  db::connection as_engine(app, db::purpose::desk, "ringmaster doctor", keys.context(), time);
  auto leaks = find_leaks(as_engine);
  if (!leaks) {
    found_.role_trouble = leaks.error().detail;
    return;
  }
  if (leaks->empty())
    if (auto works = self_check(as_engine); !works) {
      found_.role_trouble = works.error().detail;
      return;
    }
  found_.leaks = std::move(*leaks);
}

result<std::unique_ptr<database_examination>> database_examination::begin(
    const config::settings& settings, const master_key* keys, const clock& time) {
  auto made = std::unique_ptr<database_examination>(new database_examination);
  if (auto reached = made->reach(settings); !reached)
    return fail(reached.error());
  made->found_.where = made->found_.is_private ? "private PostgreSQL" : made->admin_.describe();
  try {
    made->look(time);
  } catch (const db::failure& why) {
    return fail(errc::unavailable, std::string("the database cannot be asked: ") + why.what());
  }
  // Below a schema that is not ours there is nothing to hold against the rules.
  if (!made->found_.schema_trouble.empty() || !made->found_.missing.empty()) {
    made->found_.role_trouble = "the schema is not current";
    return made;
  }
  if (!keys) {
    made->found_.role_trouble = "there is no master.key to sign with";
    return made;
  }
  try {
    made->look_as_engine(*keys, time);
  } catch (const db::failure& why) {
    made->found_.role_trouble =
        std::string("the role of the engine cannot be tried: ") + why.what();
  }
  return made;
}

} // namespace ringmaster
