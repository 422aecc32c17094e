#include "main/doctor_machine.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "domain/phone_number.hpp"
#include "domain/zone.hpp"
#include "main/console_setup.hpp"
#include "main/place.hpp"
#include "net/console_files.hpp"

namespace ringmaster {

namespace fs = std::filesystem;

namespace {

/// The directory itself, or the nearest one above it that is there.
fs::path nearest(const fs::path& path) {
  std::error_code trouble;
  auto at = fs::absolute(path, trouble).lexically_normal();
  while (!fs::exists(at, trouble) && at.has_relative_path())
    at = at.parent_path();
  return at;
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

template <class Number>
bool read_number_text(std::string_view text, Number& into, int base = 10) {
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), into, base);
  return code == std::errc() && end == text.data() + text.size();
}

/// The inodes of the sockets that listen at this port.
std::set<std::string> listening(std::uint16_t port) {
  std::set<std::string> inodes;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream in(table);
    std::string line;
    std::getline(in, line); // the names of the columns
    while (std::getline(in, line)) {
      std::istringstream words(line);
      std::string number, local, remote, state, queues, timer, retransmits, user, timeout, inode;
      words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
          timeout >> inode;
      auto colon = local.rfind(':');
      std::uint16_t at = 0;
      if (state == "0A" && colon != std::string::npos &&
          read_number_text(std::string_view(local).substr(colon + 1), at, 16) && at == port)
        inodes.insert("socket:[" + inode + "]");
    }
  }
  return inodes;
}

std::uint16_t port_of(const std::string& address) {
  std::uint16_t port = 0;
  auto colon = address.rfind(':');
  if (colon != std::string::npos)
    read_number_text(std::string_view(address).substr(colon + 1), port);
  return port;
}

} // namespace

checkup::directory_facts look_at_directory(const std::string& path) {
  checkup::directory_facts d;
  std::error_code trouble;
  d.path = fs::absolute(path, trouble).lexically_normal().string();
  struct stat facts {};
  d.exists = ::stat(d.path.c_str(), &facts) == 0;
  if (d.exists && !S_ISDIR(facts.st_mode)) {
    d.trouble = "it is no directory";
    return d;
  }
  auto where = nearest(d.path);
  d.writable = ::access(where.c_str(), W_OK | X_OK) == 0;
  if (!d.writable)
    d.trouble = where.string() + ": " + std::strerror(errno);
  d.open_to_others = d.exists && (facts.st_mode & 022) != 0;
  return d;
}

std::optional<disk_facts> look_at_disk(const std::string& path) {
  struct statvfs facts {};
  if (::statvfs(nearest(path).c_str(), &facts) != 0)
    return std::nullopt;
  return disk_facts{
      static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize,
      facts.f_files == 0 ? 0 : static_cast<std::uint64_t>(facts.f_favail)};
}

port_holder find_holder(std::uint16_t port) {
  auto inodes = listening(port);
  std::error_code trouble;
  for (const auto& process : fs::directory_iterator("/proc", trouble)) {
    int pid = 0;
    if (inodes.empty() || !read_number_text(process.path().filename().string(), pid))
      continue;
    // Other users' processes do not show what they have open.
    std::error_code closed;
    for (const auto& file : fs::directory_iterator(process.path() / "fd", closed)) {
      std::error_code gone;
      if (!inodes.contains(fs::read_symlink(file.path(), gone).string()))
        continue;
      auto name = read_file(process.path() / "comm");
      while (!name.empty() && name.back() == '\n')
        name.pop_back();
      return {pid, name};
    }
  }
  return {};
}

checkup::port_facts look_at_port(const std::string& option, const std::string& address) {
  checkup::port_facts p;
  p.option = option;
  p.address = address;
  auto free = find_free(address);
  p.free = free.has_value();
  if (p.free)
    return p;
  p.trouble = free.error().detail;
  const auto port = port_of(address);
  p.held = !listening(port).empty();
  if (!p.held)
    return p;
  auto holder = find_holder(port);
  p.pid = holder.pid;
  p.program = holder.program;
  const auto host = address.substr(0, address.rfind(':'));
  for (int next = port + 1; next <= port + 50 && next <= 65'535; ++next)
    if (auto other = host + ":" + std::to_string(next); find_free(other)) {
      p.other = other;
      break;
    }
  return p;
}

std::uint64_t open_files_allowed(int pid) {
  struct rlimit own {};
  ::getrlimit(RLIMIT_NOFILE, &own);
  std::uint64_t allowed = own.rlim_cur;
  if (pid <= 0)
    return allowed;
  std::istringstream lines(read_file("/proc/" + std::to_string(pid) + "/limits"));
  constexpr std::string_view name = "Max open files";
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(name)) {
      std::istringstream words(line.substr(name.size()));
      std::string soft;
      words >> soft;
      if (soft == "unlimited")
        return UINT64_MAX;
      read_number_text(soft, allowed);
    }
  return allowed;
}

std::uint64_t open_files_needed(const config::settings& s) {
  constexpr std::uint64_t besides = 150; // listeners, logs, the database, what libraries hold
  return s.limits.connections + s.carrier.connections + s.database.lanes * 2 + s.database.desks +
         besides;
}

checkup::finding check_zones() {
  std::vector<std::string> broken;
  std::size_t aliases = 0;
  for (const auto& known : zone::names()) {
    aliases += known.name != known.canonical;
    if (!zone::find(known.name))
      broken.push_back(known.name);
  }
  return checkup::judge_zones(zone::names().size(), aliases, broken);
}

checkup::finding check_numbers(const config::settings& s) {
  std::vector<checkup::number_facts> all;
  for (const auto& text : s.carrier.from) {
    checkup::number_facts one{text, false, {}};
    if (auto reading = read_number(text)) {
      one.valid = true;
      one.country = reading->country;
    }
    all.push_back(std::move(one));
  }
  return checkup::judge_numbers(all, !s.carrier.account_sid.empty());
}

checkup::finding check_console(const config::settings& s) {
  checkup::console_facts c;
  c.directory = find_console(s);
  if (c.directory.empty())
    return checkup::judge_console(c, RINGMASTER_VERSION);
  auto files = net::console_files::read(c.directory, s.http.base_path);
  if (!files)
    c.trouble = files.error().detail;
  else if (files->empty())
    c.trouble = "there are no files in " + c.directory;
  else
    c.files = files->size();
  const auto page = read_file(fs::path(c.directory) / "index.html");
  static const std::regex refers(R"re((?:src|href)="\./([^"?#]+)")re");
  for (std::sregex_iterator at(page.begin(), page.end(), refers), end; at != end; ++at)
    if (std::error_code trouble; !fs::exists(fs::path(c.directory) / (*at)[1].str(), trouble))
      c.missing.push_back((*at)[1].str());
  static const std::regex version(R"re(<meta name="version" content="([^"]+)")re");
  if (std::smatch said; std::regex_search(page, said, version))
    c.built_for = said[1].str();
  return checkup::judge_console(c, RINGMASTER_VERSION);
}

} // namespace ringmaster
