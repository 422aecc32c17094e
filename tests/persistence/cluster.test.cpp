#define CAF_SUITE cluster

#include <caf/test/unit_test.hpp>

#include <csignal>
#include <fstream>

#include "tests/persistence/stage.hpp"
#include "tests/support/waiting.hpp"

using namespace ringmaster;
using ringmaster::test::stage;
using ringmaster::test::test_cluster;

namespace {

struct folder {
  folder() {
    char name[] = "/tmp/ringmaster-cluster-XXXXXX";
    path = ::mkdtemp(name);
    ::chmod(path.c_str(), 0755);
  }
  ~folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

const cluster::tuning quick{.shared_buffers = "16MB", .max_connections = 10, .durable = false};

} // namespace

CAF_TEST(a server that was killed is started again) {
  folder f;
  auto made = cluster::start(f.path, quick);
  CAF_REQUIRE_EQUAL(made.has_value() ? std::string() : made.error().detail, std::string());
  auto& server = **made;
  db::connection on(server.admin("postgres"), db::purpose::admin, "test", nullptr, test_cluster::get().time());
  on.execute("create table public.kept (n int)");
  on.execute("insert into public.kept values (42)");
  on.close();
  auto before = server.pid();
  CAF_REQUIRE(before > 0);
  ::kill(before, SIGQUIT);
  auto back = support::wait_until(std::chrono::seconds(30), [&] {
    return db::ping(server.admin("postgres")) == db::liveness::accepts && server.pid() != before
           && server.pid() > 0;
  });
  CAF_REQUIRE(back);
  CAF_CHECK_EQUAL(on.execute("select n from public.kept")[0].take<std::int64_t>(), 42);
}

CAF_TEST(a directory is used again and a running server adopted) {
  folder f;
  {
    auto first = cluster::start(f.path, quick);
    CAF_REQUIRE(first.has_value());
    auto second = cluster::start(f.path, quick);
    CAF_REQUIRE(second.has_value());
    CAF_CHECK((*first)->pid() > 0);
    CAF_CHECK_EQUAL((*second)->pid(), 0);
    second->reset();
    CAF_CHECK(db::ping((*first)->admin("postgres")) == db::liveness::accepts);
  }
  auto again = cluster::start(f.path, quick);
  CAF_CHECK(again.has_value());
}

CAF_TEST(data of another version are refused with the name of what is missing) {
  folder f;
  CAF_REQUIRE(cluster::start(f.path, quick).has_value());
  std::ofstream(f.path / "postgres" / "PG_VERSION") << "9\n";
  auto refused = cluster::start(f.path, quick);
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().detail.find("postgresql-9") != std::string::npos);
}

CAF_TEST(a directory with a long name gets a short socket) {
  folder f;
  auto deep = f.path / std::string(60, 'a') / std::string(60, 'b');
  auto made = cluster::start(deep, quick);
  CAF_REQUIRE_EQUAL(made.has_value() ? std::string() : made.error().detail, std::string());
  CAF_CHECK((*made)->admin("postgres").value("host").size() < 90);
  std::filesystem::remove_all((*made)->admin("postgres").value("host"));
}

CAF_TEST(a database of ones own is set up by a role that may and used by one that may not) {
  auto& home = test_cluster::get();
  auto name = home.fresh_name();
  auto admin = home.connect_admin("postgres");
  admin.execute("create database " + name);
  folder f;
  config::settings settings;
  settings.data.directory = f.path.string();
  auto socket = home.admin(name).value("host");
  // A role that may make roles and owns the database, but is no superuser.
  admin.execute("create role setup_" + name + " login createrole");
  admin.execute("alter database " + name + " owner to setup_" + name);
  for (const char* role : {"rm_owner", "rm_audit_owner", "rm_migrate", "rm_app", "rm_agent"})
    admin.execute("do $$ begin if exists (select from pg_roles where rolname = '" + std::string(role)
                  + "') then grant " + role + " to setup_" + name + " with admin option; end if; end $$");
  auto open = [&](const std::string& user) {
    settings.database.url = config::secret("postgresql://" + user + "@/" + name + "?host=" + socket);
    return database::open(settings, test::open_gate(), home.time(), home.random(), {});
  };
  auto early = open("rm_app");
  CAF_CHECK(!early);
  {
    auto first = open("setup_" + name);
    CAF_REQUIRE_EQUAL(first.has_value() ? std::string() : first.error().detail, std::string());
    CAF_CHECK_EQUAL((*first)->where().value("user"), "rm_app");
    CAF_CHECK((*first)->make_accounts()->add_user("ann@example.com").has_value());
  }
  auto later = open("rm_app");
  CAF_REQUIRE_EQUAL(later.has_value() ? std::string() : later.error().detail, std::string());
  CAF_CHECK_EQUAL((*later)->epoch(), 2);
  CAF_CHECK_EQUAL((*later)->make_accounts()->list_users()->size(), 1u);
  later->reset();
  // Another data directory has another key: the role that may not set up is told so.
  folder other;
  settings.data.directory = other.path.string();
  auto stranger = open("rm_app");
  CAF_REQUIRE(!stranger);
  CAF_CHECK(stranger.error().detail.find("master.key") != std::string::npos);
}
