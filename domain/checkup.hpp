#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/assistant.hpp"
#include "domain/error.hpp"
#include "domain/inspection.hpp"

// What `ringmaster doctor` makes of what it has measured. Pure: every verdict follows from its
// arguments.

namespace ringmaster::checkup {

enum class verdict : std::uint8_t {
  ok,
  warn,    ///< it works, and something should be seen to
  fail,    ///< it does not work
  skipped, ///< not looked at; `measured` says why
};
std::string_view to_string(verdict v);

struct finding {
  std::string id; ///< "database.role"; stable
  verdict is = verdict::ok;
  std::string measured; ///< one sentence: what was found
  std::string mend{};   ///< a command or a setting; empty where nothing is to be done
  std::string page{};   ///< of docs/
};

finding skip(std::string id, std::string why, std::string page);

/// 0, or 1 if one has failed. Warnings do not count.
int exit_code(const std::vector<finding>& all);
std::size_t count(const std::vector<finding>& all, verdict v);

// -- this machine
// ------------------------------------------------------------------------------------

/// One for each mistake, or one that all is well. `mistakes` begin with the option's name.
std::vector<finding>
judge_settings(const std::vector<std::string>& mistakes, const std::string& file);

struct directory_facts {
  std::string path;
  bool exists = false;
  bool writable = false;       ///< or, where it does not exist, can be made
  bool open_to_others = false; ///< others may write there
  std::string trouble;         ///< why not, in the system's words
  std::optional<std::string>
      key_trouble; ///< what is wrong with master.key; nothing: it is fine, or not there yet
};
finding judge_directory(const directory_facts& d);
finding judge_disk(std::uint64_t free_bytes, std::uint64_t free_inodes, const std::string& path);

struct port_facts {
  std::string option; ///< "http.listen"
  std::string address;
  bool free = false;
  std::string trouble; ///< why it cannot be listened on, where nobody holds it
  bool held = false;   ///< by somebody
  int pid = 0;         ///< of the holder, if it could be found out
  std::string program; ///< its name
  bool ours = false;   ///< it is the engine of this installation
  bool engine = false; ///< it is an engine
  std::string other;   ///< an address that is free instead
};
finding judge_port(const port_facts& p);

/// `needed` is what all connections that the settings allow would open.
finding judge_open_files(std::uint64_t allowed, std::uint64_t needed);

/// Names that were offered and do not resolve, of `offered`; of these, `aliases` are other names.
finding
judge_zones(std::size_t offered, std::size_t aliases, const std::vector<std::string>& broken);

/// A caller id of carrier.from, as it was read; empty `country`: it belongs to no region.
struct number_facts {
  std::string text;
  bool valid = false;
  std::string country;
};
finding judge_numbers(const std::vector<number_facts>& from, bool carrier_configured);

struct console_facts {
  std::string directory; ///< empty: there is none
  std::string trouble;   ///< why it cannot be read
  std::size_t files = 0;
  std::vector<std::string> missing; ///< what its page refers to and is not there
  std::string built_for;            ///< the version it says; empty: it says none
};
finding judge_console(const console_facts& c, std::string_view version);

// -- the database
// --------------------------------------------------------------------------------------

finding
judge_server(std::int32_t version, const std::string& where, bool started_here, bool engine_runs);
finding judge_schema(const std::vector<std::string>& missing, const std::string& trouble);
/// `leaks`: what the self-check found; nothing: it could not be made, for `trouble`.
finding judge_role(
    const std::string& role, const std::optional<std::vector<std::string>>& leaks,
    const std::string& trouble);
finding judge_durability(const std::string& synchronous_commit, const std::string& fsync);

/// `ahead`: of our clock. `precision` is how exactly it could be told.
finding judge_clock(
    std::string id, const std::string& whose, std::chrono::milliseconds ahead,
    std::chrono::milliseconds precision);

// -- outside
// ----------------------------------------------------------------------------------------------

std::vector<finding> judge_carrier(
    const result<inspection::carrier_findings>& found, const std::string& base_url, bool simulated);
/// `engine_runs`: somebody is there who could answer.
finding judge_echo(
    const result<inspection::echo_findings>& found, const std::string& public_url,
    bool engine_runs);
finding judge_model(const std::string& name, const result<assistant::usage>& told);

} // namespace ringmaster::checkup
