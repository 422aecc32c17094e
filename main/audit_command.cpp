#include "main/audit_command.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <fstream>
#include <functional>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "main/audit_export.hpp"
#include "main/clock.hpp"
#include "main/json_text.hpp"
#include "main/logging.hpp"
#include "main/place.hpp"
#include "persistence/audit_chain.hpp"
#include "persistence/audit_heads.hpp"
#include "persistence/store.hpp"

namespace ringmaster {

namespace {

struct audit_options {
  std::string config, user, export_file, heads_file, to;
  bool json = false;
};

using verdicts = std::map<user_id, audit_verdict>;
using names = std::map<user_id, std::string>;

int complain(const std::string& why, int code = 1) {
  std::cerr << "ringmaster: " << plain_text(why) << '\n';
  return code;
}

/// One line for each user; 1 if any chain is broken.
int report(const audit_options& o, const verdicts& found, const names& people) {
  bool good = true;
  for (const auto& [user, v] : found) {
    good = good && v.valid;
    auto known = people.find(user);
    auto name = known == people.end() ? to_string(user) : known->second;
    if (o.json) {
      std::cout << "{\"user_id\":" << json_text(to_string(user))
                << ",\"valid\":" << (v.valid ? "true" : "false") << ",\"checked\":" << v.checked
                << ",\"first_broken\":"
                << (v.first_broken ? std::to_string(*v.first_broken) : "null")
                << ",\"reason\":" << json_text(v.reason) << ",\"sealed_to\":" << v.head.to_seq
                << ",\"unsealed\":" << v.unsealed << ",\"head\":" << json_text(v.head.hash)
                << "}\n";
      continue;
    }
    std::cout << (v.valid ? "valid   " : "BROKEN  ") << plain_text(name) << "  " << v.checked
              << " rows checked";
    if (v.unsealed > 0)
      std::cout << ", " << v.unsealed << " not sealed yet";
    if (v.valid && v.head.to_seq > 0)
      std::cout << ", head " << v.head.to_seq << ' ' << v.head.hash.substr(0, 16);
    if (!v.valid)
      std::cout << "; at " << v.first_broken.value_or(0) << ": " << plain_text(v.reason);
    std::cout << '\n';
  }
  if (found.empty() && !o.json)
    std::cout << "there is no audit trail\n";
  std::cout.flush();
  return good ? 0 : 1;
}

int verify_export(const audit_options& o) {
  std::ifstream file(o.export_file);
  if (!file)
    return complain("cannot read " + o.export_file);
  std::vector<audit_head> heads;
  if (!o.heads_file.empty()) {
    auto known = audit_head_file(o.heads_file).read();
    if (!known)
      return complain(known.error().detail);
    heads = std::move(*known);
  }
  auto found = check_export(file, heads, audit_digest);
  if (!found)
    return complain(found.error().detail);
  return report(o, *found, {});
}

/// Works beside a running engine, or with a private server that runs only for this. `work` gets the
/// users that are meant, with their addresses.
int at_database(
    const audit_options& o,
    const std::function<
        int(const config::settings&, db::transaction&, const names&, const std::vector<user_id>&)>&
        work) {
  auto settings = load_settings(o.config);
  if (!settings)
    return complain(settings.error().detail, 2);
  set_up_logging("warn", settings->log.format);
  system_clock_port time;
  system_random random;
  database::options with;
  with.as = database::entry::visitor;
  auto store = database::open(*settings, {}, time, random, with);
  if (!store)
    return complain(store.error().detail);
  auto known = (*store)->make_accounts()->list_users();
  if (!known)
    return complain(known.error().detail);
  names people;
  std::vector<user_id> wanted;
  for (const auto& u : *known) {
    people.emplace(u.id, u.email);
    if (!o.user.empty() && u.email == o.user)
      wanted.push_back(u.id);
  }
  if (!o.user.empty() && wanted.empty())
    return complain("there is no user " + o.user);
  try {
    auto on = (*store)->connect(db::purpose::desk, "audit");
    auto tx = db::transaction::of_engine(*on);
    // A reader of everything may take its time.
    tx.script("set local statement_timeout = '120s'");
    if (o.user.empty())
      wanted = audited_users(tx);
    return work(*settings, tx, people, wanted);
  } catch (const db::failure& why) {
    return complain(db::to_error(why).detail);
  }
}

int verify(const audit_options& o) {
  if (!o.export_file.empty())
    return verify_export(o);
  return at_database(
      o, [&](const config::settings& settings, db::transaction& tx, const names& people,
             std::vector<user_id> users) {
        auto file = o.heads_file.empty() ? audit_head_file::in(settings.data.directory)
                                         : audit_head_file(o.heads_file);
        auto heads = file.read();
        if (!heads)
          return complain(heads.error().detail);
        // Whose whole trail is gone is known by the heads alone.
        verdicts found;
        for (const auto& head : *heads)
          if (o.user.empty())
            users.push_back(head.user);
        for (const auto& user : users)
          if (!found.contains(user))
            found.emplace(
                user, check_audit(tx, user, *heads, std::numeric_limits<std::int64_t>::max()));
        return report(o, found, people);
      });
}

int write_export(const audit_options& o) {
  return at_database(
      o, [&](const config::settings&, db::transaction& tx, const names&,
             const std::vector<user_id>& users) {
        std::ofstream file;
        if (o.to != "-") {
          file.open(o.to, std::ios::trunc);
          if (!file)
            return complain("cannot write " + o.to);
        }
        std::ostream& out = o.to == "-" ? std::cout : file;
        for (const auto& user : users)
          each_seal(tx, user, [&](const audit_seal& link, std::span<const audit_view> rows) {
            write_sealed(out, user, link, rows);
            return static_cast<bool>(out);
          });
        out.flush();
        return out ? 0 : complain("cannot write " + o.to);
      });
}

} // namespace

void add_audit_command(CLI::App& app, int& exit_code) {
  auto o = std::make_shared<audit_options>();
  auto* audit = app.add_subcommand("audit", "The audit trail: verify, export");
  audit->require_subcommand(1);
  auto add_common = [&](CLI::App& to) {
    to.add_option("--config", o->config, "a TOML file, the one that the engine uses")
        ->envname("RINGMASTER_CONFIG");
    to.add_option("--user", o->user, "e-mail address of one account; without it, everybody");
  };
  auto* check = audit->add_subcommand("verify", "Check the chain that seals the trail");
  add_common(*check);
  check->add_option(
      "--export", o->export_file, "check this file, which audit export made, without a database");
  check->add_option(
      "--heads", o->heads_file,
      "the heads that were written down; else audit-heads.ndjson in the data directory");
  check->add_flag("--json", o->json, "one JSON object a line");
  check->footer("Exit code 1 if a row was changed, added or removed, or if the chain does not come "
                "by the heads\n"
                "that the engine wrote down every hour. An export is held against heads only with "
                "--heads.\n\n"
                "Examples:\n  ringmaster audit verify\n  ringmaster audit verify --export "
                "trail.ndjson --heads audit-heads.ndjson");
  check->callback([o, &exit_code] { exit_code = verify(*o); });

  auto* write = audit->add_subcommand(
      "export", "Write the sealed trail to a file that can be checked anywhere");
  add_common(*write);
  write->add_option("file", o->to, "where to; - is the standard output")->required();
  write->footer("Example:\n  ringmaster audit export trail.ndjson --user ann@example.com");
  write->callback([o, &exit_code] { exit_code = write_export(*o); });
}

} // namespace ringmaster
