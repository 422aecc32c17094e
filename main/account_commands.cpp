#include "main/account_commands.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "domain/time.hpp"
#include "main/clock.hpp"
#include "main/console_setup.hpp"
#include "main/json_text.hpp"
#include "main/logging.hpp"
#include "main/place.hpp"
#include "net/api_key.hpp"
#include "net/session.hpp"
#include "persistence/migrator.hpp"
#include "persistence/store.hpp"

namespace ringmaster {

namespace {

struct account_options {
  std::string file, email, name;
  std::vector<std::string> scopes;
  bool json = false;
};

int complain(const error& why) {
  std::cerr << "ringmaster: " << plain_text(why.detail) << '\n';
  for (const auto& f : why.fields)
    std::cerr << "  " << plain_text(f.pointer + " " + f.message) << '\n';
  return 1;
}

/// Opens the database beside a running engine, or with a private server that runs only for this.
int with_database(const std::string& file, const std::function<int(database&)>& work) {
  auto settings = load_settings(file);
  if (!settings) {
    std::cerr << "ringmaster: " << settings.error().detail << '\n';
    return 2;
  }
  set_up_logging("warn", settings->log.format);
  system_clock_port time;
  system_random random;
  database::options with;
  with.as = database::entry::visitor;
  auto store = database::open(*settings, {}, time, random, with);
  return store ? work(**store) : complain(store.error());
}

int add_user(const account_options& o) {
  return with_database(o.file, [&](database& store) {
    auto user = store.make_accounts()->add_user(o.email);
    if (!user)
      return complain(user.error());
    if (o.json)
      std::cout << "{\"id\":" << json_text(to_string(user->id))
                << ",\"email\":" << json_text(user->email) << "}" << std::endl;
    else
      std::cout << "user " << plain_text(user->email) << " added, id " << to_string(user->id)
                << std::endl;
    return 0;
  });
}

int list_users(const account_options& o) {
  return with_database(o.file, [&](database& store) {
    auto users = store.make_accounts()->list_users();
    if (!users)
      return complain(users.error());
    for (const auto& u : *users)
      if (o.json)
        std::cout << "{\"id\":" << json_text(to_string(u.id)) << ",\"email\":" << json_text(u.email)
                  << ",\"created_at\":" << json_text(to_rfc3339(u.created_at)) << "}\n";
      else
        std::cout << to_string(u.id) << "  " << to_rfc3339(u.created_at) << "  "
                  << plain_text(u.email) << '\n';
    std::cout.flush();
    return 0;
  });
}

int make_link(const account_options& o) {
  auto settings = load_settings(o.file);
  return with_database(o.file, [&](database& store) {
    system_random random;
    auto token = net::make_secret(random);
    account::link fresh{token.sha256, system_clock_port{}.now() + account::link_life};
    if (auto set = store.make_accounts()->set_link(o.email, fresh); !set)
      return complain(set.error());
    auto link = welcome_url(console_url(*settings, settings->http.listen), token.text);
    if (o.json)
      std::cout << "{\"url\":" << json_text(link)
                << ",\"expires_at\":" << json_text(to_rfc3339(fresh.expires_at)) << "}" << std::endl;
    else
      std::cout << link << std::endl;
    return 0;
  });
}

int create_key(const account_options& o) {
  std::uint8_t scopes = 0;
  for (const auto& name : o.scopes) {
    auto known = net::parse_scope(name);
    if (!known) {
      std::cerr << "ringmaster: " << plain_text(name)
                << " is no scope; they are read, write, dial, admin\n";
      return 2;
    }
    scopes = static_cast<std::uint8_t>(scopes | static_cast<std::uint8_t>(*known));
  }
  return with_database(o.file, [&](database& store) {
    system_random random;
    auto key = net::make_api_key(system_clock_port{}.now(), random);
    auto made = store.make_accounts()->create_key(
      o.email, key.id, o.name, scopes, key.sha256, key.last_four, std::nullopt);
    if (!made)
      return complain(made.error());
    if (o.json)
      std::cout << "{\"id\":" << json_text(to_string(key.id)) << ",\"key\":" << json_text(key.text)
                << "}" << std::endl;
    else
      std::cout << key.text << std::endl;
    return 0;
  });
}

int migrate_now(const account_options& o) {
  return with_database(o.file, [&](database& store) {
    auto on = store.connect(db::purpose::admin, "migrate");
    auto list = migration_list(*on);
    if (!list)
      return complain(list.error());
    int missing = 0;
    for (const auto& m : *list) {
      std::cout << (m.applied ? "applied  " : "missing  ") << m.name << '\n';
      missing += !m.applied;
    }
    std::cout.flush();
    return missing == 0 ? 0 : 1;
  });
}

void add_config_option(CLI::App& command, account_options& o) {
  command.add_option("--config", o.file, "settings file, the one that the engine uses")
    ->envname("RINGMASTER_CONFIG");
}

} // namespace

void add_account_commands(CLI::App& app, int& exit_code) {
  auto o = std::make_shared<account_options>();
  auto* user = app.add_subcommand("user", "Accounts: add, list, link");
  user->require_subcommand(1);
  auto* add = user->add_subcommand("add", "Add an account");
  add->add_option("email", o->email, "its e-mail address")->required();
  add->add_flag("--json", o->json, "print {\"id\", \"email\"}");
  add_config_option(*add, *o);
  add->footer("Example:\n  ringmaster user add ann@example.com");
  add->callback([o, &exit_code] { exit_code = add_user(*o); });

  auto* list = user->add_subcommand("list", "List the accounts");
  list->add_flag("--json", o->json, "one JSON object a line");
  add_config_option(*list, *o);
  list->footer("Example:\n  ringmaster user list --json");
  list->callback([o, &exit_code] { exit_code = list_users(*o); });

  auto* link = user->add_subcommand("link", "Make a link with which a password is set, once");
  link->add_option("email", o->email, "the account's e-mail address")->required();
  link->add_flag("--json", o->json, "print {\"url\", \"expires_at\"}");
  add_config_option(*link, *o);
  link->footer(
    "Good for a day; a new one replaces the one before. Works while the engine runs or not.\n\n"
    "Example:\n  ringmaster user link ann@example.com");
  link->callback([o, &exit_code] { exit_code = make_link(*o); });

  auto* key = app.add_subcommand("key", "API keys: create");
  key->require_subcommand(1);
  auto* create = key->add_subcommand("create", "Make an API key; it is shown this once");
  create->add_option("--user", o->email, "e-mail address of the account")->required();
  create->add_option("--name", o->name, "what it is for")->default_val("command line");
  create->add_option("--scopes", o->scopes, "of read,write,dial,admin")
    ->delimiter(',')
    ->default_val(std::vector<std::string>{"read", "write", "dial", "admin"});
  create->add_flag("--json", o->json, "print {\"id\", \"key\"}");
  add_config_option(*create, *o);
  create->footer(
    "Works while the engine runs or not. A key without the scope dial cannot start a call.\n\n"
    "Examples:\n"
    "  ringmaster key create --user ann@example.com --json\n"
    "  ringmaster key create --user ann@example.com --name reports --scopes read");
  create->callback([o, &exit_code] { exit_code = create_key(*o); });
}

void add_migrate_command(CLI::App& app, int& exit_code) {
  auto o = std::make_shared<account_options>();
  auto* command = app.add_subcommand("migrate", "Bring the database's schema up to date");
  add_config_option(*command, *o);
  command->footer(
    "The engine does this by itself at its start, if the role of database.url may. Otherwise run\n"
    "this once with a role that may create roles and schemas. Exit code 0 when nothing is missing.\n\n"
    "Example:\n"
    "  RINGMASTER_DATABASE_URL=postgresql://owner@db/ringmaster ringmaster migrate");
  command->callback([o, &exit_code] { exit_code = migrate_now(*o); });
}

} // namespace ringmaster
