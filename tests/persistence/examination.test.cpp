#define CAF_SUITE examination

#include <caf/test/unit_test.hpp>

#include <string>

#include "domain/embedded.hpp"
#include "persistence/examination.hpp"
#include "persistence/master_key.hpp"
#include "tests/persistence/stage.hpp"
#include "tests/support/temp_folder.hpp"

using namespace ringmaster;
using ringmaster::test::stage;
using ringmaster::test::test_cluster;

namespace {

config::settings settings_for(const std::string& name, const std::string& user = "postgres") {
  auto& home = test_cluster::get();
  config::settings s;
  s.data.directory = home.directory().string();
  s.database.url = config::secret(
      "postgresql://" + user + "@/" + name + "?host=" + home.admin(name).value("host"));
  return s;
}

master_key keys_of(const std::string& directory) {
  auto made = master_key::load_or_make(directory, test_cluster::get().random());
  if (!made)
    throw std::runtime_error(made.error().detail);
  return std::move(*made);
}

database_examination::facts
examine(const std::string& name, const master_key* keys, const std::string& user = "postgres") {
  auto asked =
      database_examination::begin(settings_for(name, user), keys, test_cluster::get().time());
  if (!asked)
    throw std::runtime_error(asked.error().detail);
  return (*asked)->found();
}

} // namespace

CAF_TEST(an examination tells what a database is and whether an engine runs on it) {
  stage s;
  auto keys = keys_of(test_cluster::get().directory().string());
  auto seen = examine(s.name, &keys);
  CAF_CHECK(seen.version >= 150'000);
  CAF_CHECK(!seen.is_private);
  CAF_CHECK(seen.engine_runs);
  CAF_CHECK_EQUAL(seen.synchronous_commit, "on");
  CAF_CHECK_EQUAL(seen.fsync, "off"); // the cluster of tests
  CAF_CHECK(std::chrono::abs(seen.ahead) < std::chrono::seconds(2));
  CAF_CHECK(seen.missing.empty());
  CAF_CHECK(seen.schema_trouble.empty());
  CAF_CHECK_EQUAL(seen.role_trouble, "");
  CAF_CHECK_EQUAL(seen.role, "rm_app");
  CAF_REQUIRE(seen.leaks.has_value());
  CAF_CHECK(seen.leaks->empty());
  CAF_CHECK_EQUAL(examine(s.name, &keys, "rm_app").role, "rm_app");

  auto name = s.name;
  s.people.reset();
  s.desk.reset();
  s.lane.reset();
  s.base.reset();
  CAF_CHECK(!examine(name, &keys).engine_runs);
}

CAF_TEST(a table without forced security is told and so is another installations key) {
  stage s;
  auto keys = keys_of(test_cluster::get().directory().string());
  test_cluster::get().connect_admin(s.name).execute(
      "alter table ringmaster.contacts no force row level security");
  auto leaking = examine(s.name, &keys);
  CAF_REQUIRE(leaking.leaks.has_value());
  CAF_REQUIRE(!leaking.leaks->empty());
  CAF_CHECK(leaking.leaks->front().find("contacts") != std::string::npos);
  test_cluster::get().connect_admin(s.name).execute(
      "alter table ringmaster.contacts force row level security");

  support::temp_folder other;
  auto foreign = keys_of(other.path());
  auto refused = examine(s.name, &foreign);
  CAF_CHECK(!refused.leaks.has_value());
  CAF_CHECK(refused.role_trouble.find("master.key") != std::string::npos);
  auto blind = examine(s.name, nullptr);
  CAF_CHECK(!blind.leaks.has_value());
  CAF_CHECK(!blind.role_trouble.empty());
}

CAF_TEST(looking at a database without a schema makes none) {
  auto& home = test_cluster::get();
  auto name = home.fresh_name();
  home.connect_admin("postgres").execute("create database " + name);
  auto keys = keys_of(home.directory().string());
  for (int i = 0; i < 2; ++i) {
    auto seen = examine(name, &keys);
    CAF_CHECK_EQUAL(seen.missing.size(), embedded::migrations().size());
    CAF_CHECK(!seen.leaks.has_value());
    CAF_CHECK_EQUAL(seen.role_trouble, "the schema is not current");
  }
}

CAF_TEST(a server that is away and one that was never made are told apart) {
  auto& home = test_cluster::get();
  auto settings = settings_for("x");
  settings.database.url = config::secret("postgresql://me:very-secret@127.0.0.1:1/x");
  auto away = database_examination::begin(settings, nullptr, home.time());
  CAF_REQUIRE(!away);
  CAF_CHECK(away.error().code == errc::unavailable);
  CAF_CHECK(away.error().detail.find("very-secret") == std::string::npos);
  support::temp_folder empty;
  settings.database.url = {};
  settings.data.directory = empty / "var";
  auto none = database_examination::begin(settings, nullptr, home.time());
  CAF_REQUIRE(!none);
  CAF_CHECK(none.error().code == errc::not_found);
  CAF_CHECK(!std::filesystem::exists(settings.data.directory));
}
