#include "persistence/migrator.hpp"

#include <algorithm>
#include <map>

#include <spdlog/spdlog.h>

#include "persistence/master_key.hpp"
#include "wire/digest.hpp"

namespace ringmaster {
namespace {

// "ringmaster" has no meaning as a number; this one is ours by agreement of all versions.
constexpr db::statement lock{"migrate_lock", "select pg_advisory_xact_lock(7237124681)"};
constexpr db::statement known{"migrate_known", R"(
  select name, checksum from ringmaster.schema_migrations order by name)"};
constexpr db::statement exists{"migrate_exists", R"(
  select to_regclass('ringmaster.schema_migrations') is not null)"};
constexpr db::statement note{"migrate_note", R"(
  insert into ringmaster.schema_migrations (name, checksum) values ($1, $2))"};
constexpr db::statement keep_key{"context_key_keep", R"(
  insert into sec.keys (ipad, opad) values (decode($1, 'hex'), decode($2, 'hex')) on conflict do nothing)"};
constexpr db::statement replace_key{"context_key_replace", R"(
  insert into sec.keys (ipad, opad) values (decode($1, 'hex'), decode($2, 'hex'))
    on conflict (id) do update set ipad = excluded.ipad, opad = excluded.opad)"};

constexpr const char* prepare_schema = R"(
  create schema if not exists ringmaster;
  create table if not exists ringmaster.schema_migrations (
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now(),
    constraint schema_migrations_pkey primary key (name)))";

std::string checksum(const embedded_file& file) { return wire::to_hex(wire::sha256(file.text)); }

using applied_set = std::map<std::string, std::string>;

applied_set read_applied(db::transaction& tx) {
  applied_set applied;
  if (!tx.run(exists)[0].take<bool>())
    return applied;
  auto rows = tx.run(known);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    auto name = row.take<std::string>();
    applied.emplace(std::move(name), row.take<std::string>());
  }
  return applied;
}

result<void> compare(const applied_set& applied, const std::vector<embedded_file>& files) {
  for (const auto& [name, sum] : applied) {
    auto file = std::find_if(files.begin(), files.end(), [&](const auto& f) { return f.name == name; });
    if (file == files.end())
      return fail(
        errc::conflict, "the database has migration " + name
                          + ", which this version does not know; run the newer version of the engine");
    if (checksum(*file) != sum)
      return fail(
        errc::conflict, "migration " + name + " was changed after it was applied to this database");
  }
  return {};
}

} // namespace

result<std::vector<std::string>> migrate(
  db::connection& admin, const std::vector<embedded_file>& files) {
  try {
    std::vector<std::string> done;
    for (const auto& file : files) {
      auto tx = db::transaction::bare(admin);
      tx.run(lock);
      auto applied = read_applied(tx);
      if (auto same = compare(applied, files); !same)
        return fail(same.error());
      if (applied.contains(file.name))
        continue;
      tx.script(prepare_schema);
      tx.script(file.text);
      tx.run(note, file.name, checksum(file));
      tx.script("grant select on ringmaster.schema_migrations to rm_app");
      tx.commit();
      done.push_back(file.name);
    }
    if (!done.empty())
      spdlog::info("database: {} migrations applied, up to {}", done.size(), done.back());
    return done;
  } catch (const db::failure& why) {
    return fail(errc::unavailable, std::string("migration failed: ") + why.what());
  }
}

result<std::vector<migration_status>> migration_list(
  db::connection& any, const std::vector<embedded_file>& files) {
  try {
    auto tx = db::transaction::bare(any);
    auto applied = read_applied(tx);
    if (auto same = compare(applied, files); !same)
      return fail(same.error());
    std::vector<migration_status> list;
    for (const auto& file : files)
      list.push_back({file.name, applied.contains(file.name)});
    return list;
  } catch (const db::failure& why) {
    return fail(errc::unavailable, std::string("cannot read the migrations: ") + why.what());
  }
}

result<void> store_context_key(db::connection& admin, const context_key& key, bool replace) {
  try {
    auto tx = db::transaction::bare(admin);
    tx.run(replace ? replace_key : keep_key, key.inner_block_hex(), key.outer_block_hex());
    tx.commit();
    return {};
  } catch (const db::failure& why) {
    return fail(errc::unavailable, std::string("cannot store the context key: ") + why.what());
  }
}

} // namespace ringmaster
