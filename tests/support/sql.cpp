#include "tests/support/sql.hpp"

#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <sstream>
#include <stdexcept>

#include "tests/support/temp_folder.hpp"

namespace ringmaster::support {

namespace {

struct clear {
  void operator()(PGresult* r) const { PQclear(r); }
};
using answer = std::unique_ptr<PGresult, clear>;

answer execute(PGconn* c, const std::string& statement, const std::vector<std::string>& values) {
  std::vector<const char*> pointers;
  for (const auto& value : values)
    pointers.push_back(value.c_str());
  return answer(PQexecParams(
    c, statement.c_str(), static_cast<int>(values.size()), nullptr, pointers.data(), nullptr,
    nullptr, 0));
}

bool worked(const PGresult* r) {
  const auto status = PQresultStatus(r);
  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

} // namespace

void sql::close::operator()(pg_conn* c) const { PQfinish(c); }

sql::sql(const std::string& connection_string)
  : connection_(PQconnectdb(connection_string.c_str())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK)
    throw std::runtime_error(PQerrorMessage(connection_.get()));
}

std::vector<sql::row>
sql::rows(const std::string& statement, const std::vector<std::string>& values) {
  const auto got = execute(connection_.get(), statement, values);
  if (!worked(got.get()))
    throw std::runtime_error(std::string(PQerrorMessage(connection_.get())) + "in: " + statement);
  std::vector<row> out;
  for (int r = 0; r < PQntuples(got.get()); ++r) {
    auto& into = out.emplace_back();
    for (int f = 0; f < PQnfields(got.get()); ++f)
      into[PQfname(got.get(), f)] = PQgetisnull(got.get(), r, f)
                                      ? std::optional<std::string>()
                                      : std::string(PQgetvalue(got.get(), r, f));
  }
  return out;
}

std::string sql::text(const std::string& statement, const std::vector<std::string>& values) {
  const auto got = execute(connection_.get(), statement, values);
  if (!worked(got.get()) || PQntuples(got.get()) == 0)
    throw std::runtime_error(std::string(PQerrorMessage(connection_.get())) + "in: " + statement);
  return PQgetvalue(got.get(), 0, 0);
}

long sql::count(const std::string& statement, const std::vector<std::string>& values) {
  return std::stol(text(statement, values));
}

std::string sql::trouble(const std::string& statement) {
  const auto got = execute(connection_.get(), statement, {});
  return worked(got.get()) ? "" : PQerrorMessage(connection_.get());
}

std::string cluster_seen::connect_as(const std::string& user, const std::string& database) const {
  return "host='" + socket_folder + "' port=" + port + " user='" + user + "' dbname='" + database +
         "' connect_timeout=10";
}

std::optional<cluster_seen> find_cluster(const std::string& data_directory) {
  std::error_code ignored;
  for (auto entry = std::filesystem::recursive_directory_iterator(data_directory, ignored);
       entry != std::filesystem::recursive_directory_iterator(); entry.increment(ignored)) {
    if (entry.depth() > 3)
      entry.disable_recursion_pending();
    if (entry->path().filename() != "postmaster.pid")
      continue;
    std::istringstream in(read_text(entry->path().string()));
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
      lines.push_back(line);
    if (lines.size() < 5)
      return std::nullopt;
    cluster_seen out;
    out.postmaster = static_cast<pid_t>(std::stol(lines[0]));
    out.folder = entry->path().parent_path().string();
    out.port = lines[3];
    out.socket_folder = lines[4];
    if (out.postmaster <= 1 || ::kill(out.postmaster, 0) != 0)
      return std::nullopt;
    return out;
  }
  return std::nullopt;
}

std::string superuser_of(const cluster_seen& where) {
  struct stat about{};
  std::string owner;
  if (::stat(where.folder.c_str(), &about) == 0)
    if (const auto* entry = ::getpwuid(about.st_uid))
      owner = entry->pw_name;
  for (const auto& user : {std::string("postgres"), owner, std::string("rm_owner"), std::string("ringmaster")}) {
    if (user.empty())
      continue;
    try {
      sql probe(where.connect_as(user, "postgres"));
      if (probe.text("select rolsuper from pg_roles where rolname = current_user") == "t")
        return user;
    } catch (const std::exception&) {
      continue; // no such role
    }
  }
  throw std::runtime_error("no superuser of the cluster in " + where.folder + " is known");
}

} // namespace ringmaster::support
