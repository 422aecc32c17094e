#define CAF_SUITE migrator

#include <caf/test/unit_test.hpp>

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
  CAF_CHECK_EQUAL(s.number("select count(*) from ringmaster.schema_migrations where name like '9999%'"), 0);
}

CAF_TEST(a database with another key accepts no context) {
  stage s;
  s.make_campaign(s.ann, stage::any_time(), {});
  auto admin = test_cluster::get().connect_admin(s.name);
  admin.execute("update sec.keys set ipad = sha256('other') || sha256('key')");
  auto id = s.at_desk(s.ann, [](desk_work& w) { return w.list_campaigns({}, std::nullopt, ""); });
  CAF_CHECK(!id);
}
