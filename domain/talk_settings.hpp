#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"

// How the calls of a campaign or a task are held: settled by the user, beside the calling window.

namespace ringmaster::talk {

enum class style : std::uint8_t {
  conversation, ///< speaks and listens
  announcement, ///< reads its script and hangs up
};
std::string_view to_string(style s);
std::optional<style> parse_style(std::string_view text);

enum class machine_action : std::uint8_t { hang_up, leave_message };
std::string_view to_string(machine_action a);
std::optional<machine_action> parse_machine_action(std::string_view text);

enum class menu_action : std::uint8_t { hang_up, navigate };
std::string_view to_string(menu_action a);
std::optional<menu_action> parse_menu_action(std::string_view text);

struct settings {
  talk::style style = style::conversation;
  machine_action on_voicemail = machine_action::hang_up; ///< also for a fax: always hung up
  std::string message;      ///< left on a voicemail; empty: the script's own; up to 2,000
  menu_action on_menu = menu_action::navigate;
  std::string menu_keys;    ///< keys for each menu in turn, "1,3,0"; empty: chosen by what is offered
  bool record = false;      ///< only where the installation allows it
  std::string result_schema; ///< JSON Schema of an object, as text; empty: none
  friend bool operator==(const settings&, const settings&) = default;
};

/// All mistakes together; pointers "/call_style", "/voicemail_action", "/voicemail_message",
/// "/menu_action", "/menu_keys", "/record_calls", "/result_schema".
/// menu_keys: up to 10 groups of 1..32 of 0-9 * # w, separated by commas.
result<void> check(const settings& s);

/// A result schema, read: the part of JSON Schema that is supported.
struct schema_field {
  std::string name, description;
  enum class kind : std::uint8_t { text, number, integer, boolean, date, datetime, choice, list } what = kind::text;
  std::vector<std::string> choices; ///< of `choice`
  bool required = false;
};

} // namespace ringmaster::talk
