#define CAF_SUITE migrator

#include <caf/test/unit_test.hpp>

#include <algorithm>

#include "persistence/migrator.hpp"
#include "tests/persistence/stage.hpp"

using namespace ringmaster;
using ringmaster::test::stage;
using ringmaster::test::test_cluster;

CAF_TEST(migrating twice does nothing the second time) {
  stage s;
  auto admin = test_cluster::get().connect_admin(s.name);
  auto again = migrate(admin);
  CAF_REQUIRE(again.has_value());
  CAF_CHECK(again->empty());
  auto list = migration_list(admin);
  CAF_REQUIRE(list.has_value());
  CAF_CHECK_EQUAL(list->size(), embedded::migrations().size());
  for (const auto& m : *list)
    CAF_CHECK(m.applied);
}

CAF_TEST(a migration that was changed afterwards is refused) {
  stage s;
  auto admin = test_cluster::get().connect_admin(s.name);
  auto files = embedded::migrations();
  files[2].text += "\n-- one more line\n";
  auto refused = migrate(admin, files);
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().detail.find(files[2].name) != std::string::npos);
}

CAF_TEST(a database that is newer than the engine is refused) {
  stage s;
  auto admin = test_cluster::get().connect_admin(s.name);
  auto files = embedded::migrations();
  files.pop_back();
  CAF_CHECK(!migrate(admin, files));
}

CAF_TEST(a migration that fails leaves nothing of itself) {
  stage s;
  auto admin = test_cluster::get().connect_admin(s.name);
  auto files = embedded::migrations();
  files.push_back({"9999_bad.sql", "create table ringmaster.half (); select 1 / 0;"});
  CAF_CHECK(!migrate(admin, files));
  CAF_CHECK_EQUAL(s.number("select count(*) from pg_class where relname = 'half'"), 0);
  CAF_CHECK_EQUAL(
      s.number("select count(*) from ringmaster.schema_migrations where name like '9999%'"), 0);
}

CAF_TEST(a database with another key accepts no context) {
  stage s;
  s.make_campaign(s.ann, stage::any_time(), {});
  auto admin = test_cluster::get().connect_admin(s.name);
  admin.execute("update sec.keys set ipad = sha256('other') || sha256('key')");
  auto id = s.at_desk(s.ann, [](desk_work& w) { return w.list_campaigns({}, std::nullopt, ""); });
  CAF_CHECK(!id);
}

CAF_TEST(trigrams are taken from wherever the database has them) {
  auto name = test_cluster::get().fresh_name();
  auto root = test_cluster::get().connect_admin("postgres");
  root.execute("create database " + name);
  auto admin = test_cluster::get().connect_admin(name);
  admin.execute("create schema tools; create extension pg_trgm with schema tools");
  CAF_REQUIRE(migrate(admin).has_value());
  auto tx = db::transaction::bare(admin);
  tx.script("set local role rm_app");
  auto alike = [&] {
    return tx.script("select ringmaster.alike('haircut', 'haircuts') > 0.5")[0].take<bool>();
  };
  CAF_CHECK(alike());
  CAF_CHECK_EQUAL(
      tx.script("select count(*) from pg_namespace where nspname = 'ringmaster_extensions'")[0]
          .take<std::int64_t>(),
      0);
  // Neither its schema's place nor the search path matters.
  tx.script("reset role; alter extension pg_trgm set schema public; set local role rm_app; set "
            "local search_path = pg_temp");
  CAF_CHECK(alike());
}

CAF_TEST(trigrams need no superuser to be added) {
  auto name = test_cluster::get().fresh_name();
  auto root = test_cluster::get().connect_admin("postgres");
  root.execute("create database " + name);
  auto admin = test_cluster::get().connect_admin(name);
  auto files = embedded::migrations();
  auto third = std::find_if(
      files.begin(), files.end(), [](const auto& f) { return f.name.starts_with("0013"); });
  CAF_REQUIRE(third != files.end());
  CAF_REQUIRE(migrate(admin, {files.begin(), third}).has_value());
  admin.execute("alter table ringmaster.schema_migrations owner to rm_migrate");
  db::connection plain(
      test_cluster::get().admin(name).with("user", "rm_migrate"), db::purpose::admin, "test",
      nullptr, test_cluster::get().time());
  auto done = migrate(plain);
  CAF_REQUIRE(done.has_value());
  CAF_CHECK_EQUAL(done->size(), static_cast<std::size_t>(files.end() - third));
  auto tx = db::transaction::bare(admin);
  tx.script("set local role rm_app");
  CAF_CHECK(tx.script("select ringmaster.alike('haircut', 'haircuts') > 0.5")[0].take<bool>());
}
