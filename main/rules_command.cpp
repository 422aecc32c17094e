#include "main/rules_command.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "config/rule_pack_toml.hpp"
#include "domain/time.hpp"
#include "main/clock.hpp"

namespace ringmaster {

namespace {

struct rules_options {
  std::string first, second, number, timezone, at;
};

/// A file if its name says so, else a pack of the binary.
result<rule_pack> find_pack(const std::string& name) {
  if (name.find('/') != std::string::npos || name.ends_with(".toml"))
    return config::load_rule_pack(name);
  if (const auto* pack = config::find_rule_pack(name))
    return *pack;
  std::string known;
  for (const auto& pack : config::built_in_rule_packs())
    known += (known.empty() ? "" : ", ") + pack.id;
  return fail(
      errc::not_found,
      "no rule pack is called " + name + "; there are " + known + ", or name a .toml file");
}

int complain(const std::string& name, const error& why) {
  if (why.fields.empty())
    std::cerr << "ringmaster: " << why.detail << '\n';
  for (const auto& field : why.fields)
    std::cerr << name << ": " << field.message << '\n';
  return 1;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words)
    out += (out.empty() ? "" : " ") + word;
  return out;
}

/// `08:00-21:00`, and the days that differ from Monday's hours.
std::string week_of(const rule_entry& e) {
  constexpr const char* names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  auto out = to_string(e.days[0]);
  for (std::size_t i = 1; i < e.days.size(); ++i)
    if (e.days[i] != e.days[0])
      out += "; " + std::string(names[i]) + " " + to_string(e.days[i]);
  if (!e.holidays.empty())
    out += "; " + std::to_string(e.holidays.size()) + " holidays " + to_string(e.holiday_hours);
  if (e.calls_per_day)
    out += "; at most " + std::to_string(*e.calls_per_day) +
           (*e.calls_per_day == 1 ? " call" : " calls") + " in 24 hours";
  return out;
}

void print_entry(const rule_entry& e) {
  std::string whom = e.countries.empty() ? "everywhere" : joined(e.countries);
  if (!e.states.empty() || !e.area_codes.empty())
    whom += ": " + joined(e.states) + (e.states.empty() || e.area_codes.empty() ? "" : " ") +
            joined(e.area_codes);
  std::cout << "  " << e.id << " (" << whom << ")\n    " << week_of(e) << "\n    " << e.source
            << ", as of " << e.source_date << '\n';
  if (!e.note.empty())
    std::cout << "    " << e.note << '\n';
}

int check(const rules_options& o) {
  auto pack = config::load_rule_pack(o.first);
  if (!pack)
    return complain(o.first, pack.error());
  std::cout << o.first << ": pack " << pack->id << ", version " << pack->version << " of "
            << pack->date << ", " << pack->entries.size()
            << (pack->entries.size() == 1 ? " entry, " : " entries, ") << pack->holidays.size()
            << (pack->holidays.size() == 1 ? " holiday" : " holidays") << ", no mistakes\n";
  return 0;
}

int diff(const rules_options& o) {
  auto before = find_pack(o.first);
  if (!before)
    return complain(o.first, before.error());
  auto after = find_pack(o.second);
  if (!after)
    return complain(o.second, after.error());
  auto lines = compare(*before, *after);
  for (const auto& line : lines)
    std::cout << line << '\n';
  if (lines.empty())
    std::cout << "the two say the same\n";
  return 0;
}

int list() {
  for (const auto& pack : config::built_in_rule_packs())
    std::cout << pack.id << "  version " << pack.version << " of " << pack.date << "  "
              << pack.title << '\n';
  return 0;
}

/// What a pack says of one number at one instant.
int ask(const rules_options& o, const rule_pack& pack) {
  auto number = read_callable(o.number);
  if (!number) {
    std::cerr << "ringmaster: --number: " << number.error().detail << '\n';
    return 2;
  }
  auto now = o.at.empty() ? result<instant>(system_clock_port{}.now()) : parse_rfc3339(o.at);
  if (!now) {
    std::cerr << "ringmaster: --at: " << now.error().detail << '\n';
    return 2;
  }
  auto place = locate_callee(number->number, number->country, o.timezone, number->kind);
  legal_hours hours(pack, place);
  auto reading = hours.read(*now);
  std::cout << "country  " << (place.country.empty() ? "unknown" : place.country) << '\n';
  if (!place.states.empty())
    std::cout << "states   " << joined(place.states) << '\n';
  std::cout << "zones    " << (place.known() ? joined(place.zones->names) : "unknown") << " (by "
            << to_string(place.by) << ")\n"
            << "at       " << to_rfc3339(*now) << '\n'
            << "allowed  " << (reading.open ? "yes" : "no") << ": " << reading.reason << '\n';
  if (reading.next_open_at)
    std::cout << "opens    " << to_rfc3339(*reading.next_open_at) << '\n';
  if (reading.closes_at)
    std::cout << "closes   " << to_rfc3339(*reading.closes_at) << '\n';
  std::cout << "rules\n";
  for (const auto& e : pack.entries)
    if (e.holds_for(place))
      print_entry(e);
  return 0;
}

int show(const rules_options& o) {
  auto pack = find_pack(o.first);
  if (!pack)
    return complain(o.first, pack.error());
  if (!o.number.empty())
    return ask(o, *pack);
  std::cout << pack->id << ", version " << pack->version << " of " << pack->date << ": "
            << pack->title << '\n';
  if (!pack->description.empty())
    std::cout << pack->description << '\n';
  for (const auto& e : pack->entries)
    print_entry(e);
  return 0;
}

} // namespace

void add_rules_command(CLI::App& app, int& exit_code) {
  auto* command =
      app.add_subcommand("rules", "Check, compare and ask rule packs: when the law lets you call");
  command->require_subcommand(1);
  command->footer(
      "A pack is one of the binary (see list) or a .toml file (docs/rules.md). No legal advice.\n\n"
      "Examples:\n"
      "  ringmaster rules check my-country.toml\n"
      "  ringmaster rules diff us-strict my-strict.toml\n"
      "  ringmaster rules show us-strict --number +18505550123 --at 2026-11-26T15:00:00Z");
  auto o = std::make_shared<rules_options>();

  auto* check_command =
      command->add_subcommand("check", "Say every mistake in a file, with its line");
  check_command->add_option("FILE", o->first, "a rule pack")->required();
  check_command->callback([o, &exit_code] { exit_code = check(*o); });

  auto* diff_command = command->add_subcommand("diff", "Say what differs between two packs");
  diff_command->add_option("BEFORE", o->first, "a pack's id or file")->required();
  diff_command->add_option("AFTER", o->second, "a pack's id or file")->required();
  diff_command->callback([o, &exit_code] { exit_code = diff(*o); });

  auto* list_command = command->add_subcommand("list", "Name the packs of the binary");
  list_command->callback([&exit_code] { exit_code = list(); });

  auto* show_command = command->add_subcommand("show", "Print a pack, or what it says of a number");
  show_command->add_option("PACK", o->first, "a pack's id or file")->required();
  auto* number =
      show_command->add_option("--number", o->number, "ask for this number, such as +18505550123");
  show_command->add_option("--timezone", o->timezone, "the callee's own zone, if it is known")
      ->needs(number);
  show_command->add_option("--at", o->at, "the instant to judge, RFC 3339; default: now")
      ->needs(number);
  show_command->callback([o, &exit_code] { exit_code = show(*o); });
}

} // namespace ringmaster
