#include "domain/checkup.hpp"

#include <algorithm>

namespace ringmaster::checkup {

namespace {

constexpr std::uint64_t mib = 1024 * 1024;
constexpr std::uint64_t disk_least = 200 * mib;   ///< below, PostgreSQL may stop at any moment
constexpr std::uint64_t disk_wanted = 2048 * mib; ///< its log may grow to 4 GiB between checkpoints
constexpr std::uint64_t inodes_least = 10'000;

std::string joined(const std::vector<std::string>& all, std::size_t most = 5) {
  std::string text;
  for (std::size_t i = 0; i < all.size() && i < most; ++i)
    text += (i == 0 ? "" : ", ") + all[i];
  if (all.size() > most)
    text += " and " + std::to_string(all.size() - most) + " more";
  return text;
}

std::string in_words(std::uint64_t bytes) {
  auto mebibytes = bytes / mib;
  return mebibytes < 10'240 ? std::to_string(mebibytes) + " MiB"
                            : std::to_string(mebibytes / 1024) + " GiB";
}

} // namespace

std::string_view to_string(verdict v) {
  switch (v) {
  case verdict::ok:
    return "ok";
  case verdict::warn:
    return "warn";
  case verdict::fail:
    return "fail";
  case verdict::skipped:
    break;
  }
  return "skipped";
}

finding skip(std::string id, std::string why, std::string page) {
  return {std::move(id), verdict::skipped, std::move(why), {}, std::move(page)};
}

std::size_t count(const std::vector<finding>& all, verdict v) {
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [v](const finding& f) { return f.is == v; }));
}

int exit_code(const std::vector<finding>& all) { return count(all, verdict::fail) > 0 ? 1 : 0; }

// -- this machine
// ----------------------------------------------------------------------------------

std::vector<finding>
judge_settings(const std::vector<std::string>& mistakes, const std::string& file) {
  const auto where = file.empty() ? std::string("the environment and the defaults") : file;
  if (mistakes.empty())
    return {
        {"settings", verdict::ok, "read from " + where, {}, "install.md"}
    };
  std::vector<finding> all;
  for (const auto& mistake : mistakes)
    all.push_back(
        {"settings", verdict::fail, mistake,
         "set it right in " + where + "; config/example.toml names every option", "install.md"});
  return all;
}

finding judge_directory(const directory_facts& d) {
  finding f{"data.directory", verdict::ok, d.path, {}, "install.md"};
  auto wrong = [&](verdict v, const std::string& measured, const std::string& mend) {
    f.is = v;
    f.measured = d.path + " " + measured;
    f.mend = mend;
    return f;
  };
  if (!d.exists && d.writable)
    return wrong(verdict::ok, "is not there yet; the first start makes it", "");
  if (!d.exists)
    return wrong(
        verdict::fail, "is not there and cannot be made: " + d.trouble,
        "make it and give it to the engine's user, or set data.directory");
  if (!d.writable)
    return wrong(
        verdict::fail, "cannot be written: " + d.trouble,
        "chown it to the engine's user, or set data.directory");
  if (d.key_trouble)
    return wrong(
        verdict::fail, "has a master.key that cannot be used: " + *d.key_trouble,
        "chmod 600 " + d.path + "/master.key");
  if (d.open_to_others)
    return wrong(verdict::warn, "may be written by others", "chmod go-w " + d.path);
  f.measured += " can be written";
  return f;
}

finding judge_disk(std::uint64_t free_bytes, std::uint64_t free_inodes, const std::string& path) {
  finding f{"data.disk", verdict::ok, in_words(free_bytes) + " free", {}, "install.md"};
  if (free_bytes < disk_wanted)
    f = {
        "data.disk", free_bytes < disk_least ? verdict::fail : verdict::warn,
        in_words(free_bytes) + " free", "make room on the disk of " + path + "; 2 GiB are wanted",
        "install.md"};
  // Zero: the file system does not count them.
  if (f.is == verdict::ok && free_inodes != 0 && free_inodes < inodes_least)
    f = {
        "data.disk", verdict::warn, std::to_string(free_inodes) + " files can still be made",
        "remove files that nobody needs from the disk of " + path, "install.md"};
  return f;
}

finding judge_port(const port_facts& p) {
  finding f{p.option, verdict::ok, p.address, {}, "install.md"};
  if (p.free) {
    f.measured += " is free";
    return f;
  }
  auto holder = p.program.empty() ? std::string("another program") : p.program;
  if (p.pid > 0)
    holder += " (process " + std::to_string(p.pid) + ")";
  if (p.ours) {
    f.measured += " is held by the engine of this installation, which runs";
    if (p.pid > 0)
      f.measured += " as process " + std::to_string(p.pid);
    return f;
  }
  f.is = verdict::fail;
  if (!p.held) {
    f.measured += " cannot be listened on: " + p.trouble;
    f.mend = "set " + p.option + " to an address of this machine";
    return f;
  }
  f.measured += p.engine ? " is held by the engine of another installation, " + holder
                         : " is held by " + holder;
  f.mend = p.other.empty()
               ? "stop that program, or set " + p.option + " to a port that is free"
               : "stop that program, or set " + p.option + " = \"" + p.other + "\", which is free";
  return f;
}

finding judge_open_files(std::uint64_t allowed, std::uint64_t needed) {
  finding f{
      "limits.files",
      verdict::ok,
      std::to_string(allowed) + " files may be open",
      {},
      "install.md"};
  if (allowed >= needed)
    return f;
  constexpr std::uint64_t least = 256;
  f.is = allowed < least ? verdict::fail : verdict::warn;
  f.measured += "; all connections that the settings allow need " + std::to_string(needed);
  f.mend = "LimitNOFILE=65536 in the unit, or `ulimit -n 65536`; or lower limits.connections";
  return f;
}

finding
judge_zones(std::size_t offered, std::size_t aliases, const std::vector<std::string>& broken) {
  finding f{"time.zones", verdict::ok, {}, {}, "install.md"};
  if (offered < 100) {
    f.is = verdict::fail;
    f.measured = "only " + std::to_string(offered) + " time zones are known";
    f.mend = "apt-get install tzdata";
    return f;
  }
  f.measured =
      std::to_string(offered) + " names resolve, " + std::to_string(aliases) + " of them aliases";
  if (broken.empty())
    return f;
  f.is = verdict::fail;
  f.measured = std::to_string(broken.size()) + " of " + std::to_string(offered) +
               " names do not resolve: " + joined(broken);
  f.mend = "apt-get install --reinstall tzdata (and tzdata-legacy where it exists)";
  return f;
}

finding judge_numbers(const std::vector<number_facts>& from, bool carrier_configured) {
  if (from.empty() && !carrier_configured)
    return skip("carrier.from", "no carrier is configured", "install.md");
  if (from.empty())
    return {
        "carrier.from", verdict::fail, "names no caller id",
        "set carrier.from to numbers of the account", "install.md"};
  std::vector<std::string> wrong, countries, seen;
  bool twice = false;
  for (const auto& one : from) {
    if (!one.valid)
      wrong.push_back(one.text);
    else if (
        !one.country.empty() &&
        std::find(countries.begin(), countries.end(), one.country) == countries.end())
      countries.push_back(one.country);
    twice = twice || std::find(seen.begin(), seen.end(), one.text) != seen.end();
    seen.push_back(one.text);
  }
  if (!wrong.empty())
    return {
        "carrier.from", verdict::fail, joined(wrong) + " cannot be phone numbers",
        "set carrier.from right, in E.164", "install.md"};
  finding f{
      "carrier.from",
      verdict::ok,
      std::to_string(from.size()) + (from.size() == 1 ? " number" : " numbers"),
      {},
      "install.md"};
  if (!countries.empty())
    f.measured += " of " + joined(countries);
  if (twice) {
    f.is = verdict::warn;
    f.measured += "; one stands there twice";
    f.mend = "name each number once in carrier.from";
  }
  return f;
}

finding judge_console(const console_facts& c, std::string_view version) {
  finding f{
      "console",
      verdict::ok,
      std::to_string(c.files) + " files in " + c.directory,
      {},
      "install.md"};
  auto wrong = [&](verdict v, const std::string& measured) {
    f.is = v;
    f.measured = measured;
    f.mend =
        "install the console of this release, or build it: script/console with the folder of the program";
    return f;
  };
  if (c.directory.empty())
    return wrong(verdict::warn, "is not installed; the API is served without it");
  if (!c.trouble.empty())
    return wrong(verdict::fail, c.trouble);
  if (!c.missing.empty())
    return wrong(
        verdict::fail, "its page refers to files that are not there: " + joined(c.missing));
  if (!c.built_for.empty() && c.built_for != version)
    return wrong(
        verdict::fail,
        "was built for version " + c.built_for + "; this program is " + std::string(version));
  f.measured += c.built_for.empty() ? ", complete; they name no version" : ", of this version";
  return f;
}

// -- the database
// --------------------------------------------------------------------------------------

finding
judge_server(std::int32_t version, const std::string& where, bool started_here, bool engine_runs) {
  auto name = std::to_string(version / 10'000) + "." + std::to_string(version % 10'000);
  finding f{"database.server", verdict::ok, where + ", version " + name, {}, "install.md"};
  if (version < 150'000) {
    f.is = verdict::fail;
    f.mend = "PostgreSQL 15 or newer is needed: install it, or set database.url to such a server";
    return f;
  }
  if (engine_runs)
    f.measured += "; an engine runs on it";
  else if (started_here)
    f.measured += "; started for this check only";
  return f;
}

finding judge_schema(const std::vector<std::string>& missing, const std::string& trouble) {
  if (!trouble.empty())
    return {
        "database.schema", verdict::fail, trouble,
        "install the version of ringmaster that made this schema, or a newer one", "database.md"};
  if (!missing.empty())
    return {
        "database.schema", verdict::warn,
        std::to_string(missing.size()) + " migrations are not applied: " + joined(missing),
        "ringmaster migrate (the next start does it, too, if the role of database.url may)",
        "database.md"};
  return {"database.schema", verdict::ok, "every migration is applied", {}, "database.md"};
}

finding judge_role(
    const std::string& role, const std::optional<std::vector<std::string>>& leaks,
    const std::string& trouble) {
  if (!leaks && trouble == "the schema is not current")
    return skip("database.role", "not checked: " + trouble, "database.md");
  if (!leaks)
    return {
        "database.role", verdict::fail, trouble,
        "put back the master.key of this database, or start the engine once with a role that may "
        "set it up",
        "database.md"};
  if (!leaks->empty())
    return {
        "database.role", verdict::fail, "users are not kept apart: " + joined(*leaks, 3),
        "use a role for database.url that is no superuser and does not bypass row-level security, "
        "and run ringmaster migrate",
        "database.md"};
  return {
      "database.role",
      verdict::ok,
      role + " is kept within its rows; row-level security holds on every table",
      {},
      "database.md"};
}

finding judge_durability(const std::string& synchronous_commit, const std::string& fsync) {
  finding f{
      "database.durability",
      verdict::ok,
      "synchronous_commit is " + synchronous_commit + ", fsync is " + fsync,
      {},
      "install.md"};
  // `local` loses nothing on this server; `remote_write` and more are stricter for standbys.
  bool synchronous = synchronous_commit != "off";
  if (synchronous && fsync == "on")
    return f;
  f.is = verdict::fail;
  f.mend = !synchronous ? "alter system set synchronous_commit = on; select pg_reload_conf();"
                        : "set fsync = on in postgresql.conf and start the server anew";
  return f;
}

finding judge_clock(
    std::string id, const std::string& whose, std::chrono::milliseconds ahead,
    std::chrono::milliseconds precision) {
  using namespace std::chrono_literals;
  auto off = std::max(0ms, std::chrono::abs(ahead) - precision);
  auto tenths = std::chrono::abs(ahead).count() / 100;
  auto seconds = std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
  finding f{std::move(id), verdict::ok, "within " + seconds + " of " + whose, {}, "install.md"};
  if (off <= 2s)
    return f;
  // Windows are judged by the database, and a minute is how exactly they are set.
  f.is = off > 30s ? verdict::fail : verdict::warn;
  f.measured = whose + " is " + seconds + (ahead > 0ms ? " ahead of" : " behind") + " this machine";
  f.mend = "let the time be kept: timedatectl set-ntp true";
  return f;
}

// -- outside
// ----------------------------------------------------------------------------------------------

std::vector<finding> judge_carrier(
    const result<inspection::carrier_findings>& found, const std::string& base_url,
    bool simulated) {
  using standing = inspection::caller::standing;
  constexpr const char* page = "install.md";
  if (!found) {
    const auto& why = found.error();
    auto mend = why.code == errc::unauthenticated
                    ? "set carrier.account_sid and carrier.auth_token (or the API key) as the "
                      "carrier's console shows them"
                    : "look at carrier.base_url, the network and carrier.ca_file";
    return {
        {"carrier.account", verdict::fail, base_url + ": " + why.detail, mend, page},
        skip("carrier.callers", "not checked: the account could not be read", page)
    };
  }
  finding account{
      "carrier.account",
      verdict::ok,
      base_url + (simulated ? " (a simulator)" : "") + " takes the credentials; " +
          std::to_string(found->took.count()) + " ms",
      {},
      page};
  if (!found->account_status.empty() && found->account_status != "active") {
    account.is = verdict::fail;
    account.measured = "the account is " + found->account_status;
    account.mend = "ask the carrier why; it makes no calls for such an account";
  }
  std::vector<std::string> foreign, unknown;
  for (const auto& c : found->callers) {
    if (c.is == standing::foreign)
      foreign.push_back(c.number);
    else if (c.is == standing::unknown)
      unknown.push_back(c.number);
  }
  finding callers{
      "carrier.callers", verdict::ok, "the account has every number of carrier.from", {}, page};
  if (found->callers.empty())
    callers = skip("carrier.callers", "carrier.from names no number", page);
  else if (!foreign.empty())
    callers = {
        "carrier.callers", verdict::fail,
        joined(foreign) + " is not of this account; the carrier refuses calls from it",
        "buy or verify it at the carrier, or take it out of carrier.from", page};
  else if (!unknown.empty())
    callers = {
        "carrier.callers", verdict::warn,
        "the carrier did not say whether the account has " + joined(unknown),
        "let the API key read phone numbers, or look at the carrier's console", page};
  return {std::move(account), std::move(callers)};
}

finding judge_echo(
    const result<inspection::echo_findings>& found, const std::string& public_url,
    bool engine_runs) {
  finding f{"http.public_url", verdict::ok, {}, {}, "install.md"};
  auto wrong = [&](const std::string& measured, const std::string& mend) {
    // Without an engine nobody can answer, so nothing is known of the way there.
    if (!engine_runs)
      return skip(
          f.id, "not checked: no engine runs (" + public_url + ": " + measured + ")", f.page);
    f.is = verdict::fail;
    f.measured = public_url + ": " + measured;
    f.mend = mend;
    return f;
  };
  if (!found)
    return wrong(
        found.error().detail, "let the proxy pass " + public_url +
                                  "/api/webhooks/ to the engine, or set http.public_url right");
  if (!found->ours)
    return wrong(
        "HTTP " + std::to_string(found->status) + " came from something else than this engine",
        "pass the path on unchanged; behind a path of the proxy set http.base_path");
  if (found->can_sign && !found->signed_right) {
    f.is = verdict::fail;
    f.measured = "the signature did not fit: asked for " + found->asked_at + ", arrived at " +
                 found->arrived_at;
    f.mend = "set http.public_url to what the carrier asks for, letter by letter, and start the "
             "engine anew";
    return f;
  }
  f.measured = public_url + " leads to this engine; " + std::to_string(found->took.count()) + " ms";
  if (found->can_sign) {
    f.measured += ", and signatures fit";
    return f;
  }
  f.measured += "; nothing could be signed without carrier.auth_token";
  return f;
}

finding judge_model(const std::string& name, const result<assistant::usage>& told) {
  finding f{"ai." + name, verdict::ok, {}, {}, "models.md"};
  auto wrong = [&](const std::string& measured) {
    f.is = verdict::fail;
    f.measured = measured;
    f.mend = "look at [ai." + name + "]: base_url, api_key and model";
    return f;
  };
  if (!told)
    return wrong(told.error().detail);
  if (!told->failure.empty())
    return wrong(told->failure);
  if (told->took.count() == 0 && told->prompt_tokens == 0) {
    f.measured = "the built-in rules need nobody";
    return f;
  }
  f.measured = told->model + " answered in " + std::to_string(told->took.count()) + " ms";
  constexpr std::chrono::milliseconds slow{5'000};
  if (told->took <= slow)
    return f;
  f.is = verdict::warn;
  f.measured += ", too slow for somebody on the phone";
  f.mend = "name a quicker model first in ai.providers";
  return f;
}

} // namespace ringmaster::checkup
