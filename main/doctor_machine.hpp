#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "domain/checkup.hpp"

// What the doctor measures on this machine.

namespace ringmaster {

checkup::directory_facts look_at_directory(const std::string& path);

struct disk_facts {
  std::uint64_t free_bytes = 0, free_inodes = 0;
};
/// Of the disk that `path` is on, or will be.
std::optional<disk_facts> look_at_disk(const std::string& path);

/// Who listens at a TCP port of this machine, as far as the system tells us.
struct port_holder {
  int pid = 0;
  std::string program;
};
port_holder find_holder(std::uint16_t port);

/// Whether `address` can be listened on, and if not, who is there. What kind of program it is, is
/// left to be found out.
checkup::port_facts look_at_port(const std::string& option, const std::string& address);

/// How many files a process may have open; of this one without `pid`.
std::uint64_t open_files_allowed(int pid);
/// How many connections the settings allow, and what the engine has open besides.
std::uint64_t open_files_needed(const config::settings& s);

checkup::finding check_zones();
checkup::finding check_numbers(const config::settings& s);
checkup::finding check_console(const config::settings& s);

} // namespace ringmaster
