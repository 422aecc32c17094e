#include "domain/talk_settings.hpp"

#include <algorithm>
#include <cstddef>

#include "domain/mistakes.hpp"
#include "domain/text.hpp"
#include "domain/words.hpp"

namespace ringmaster::talk {

namespace {

constexpr auto styles = vocabulary_of<style>("conversation", "announcement");
static_assert(styles.words.size() == static_cast<std::size_t>(style::announcement) + 1);
constexpr auto machine_actions = vocabulary_of<machine_action>("hang_up", "leave_message");
static_assert(
    machine_actions.words.size() == static_cast<std::size_t>(machine_action::leave_message) + 1);
constexpr auto menu_actions = vocabulary_of<menu_action>("hang_up", "navigate");
static_assert(menu_actions.words.size() == static_cast<std::size_t>(menu_action::navigate) + 1);

constexpr std::size_t most_message = 2'000;
constexpr std::size_t most_schema = 16'000;
constexpr std::size_t most_groups = 10, most_keys = 32;

bool is_key(char c) { return (c >= '0' && c <= '9') || c == '*' || c == '#' || c == 'w'; }

bool are_keys(std::string_view text) {
  for (std::size_t groups = 1;; ++groups) {
    auto comma = std::min(text.find(','), text.size());
    auto group = text.substr(0, comma);
    if (groups > most_groups || group.empty() || group.size() > most_keys ||
        !std::all_of(group.begin(), group.end(), is_key))
      return false;
    if (comma == text.size())
      return true;
    text.remove_prefix(comma + 1);
  }
}

} // namespace

std::string_view to_string(style s) { return styles[s]; }
std::optional<style> parse_style(std::string_view text) { return styles.find(text); }
std::string_view to_string(machine_action a) { return machine_actions[a]; }
std::optional<machine_action> parse_machine_action(std::string_view text) {
  return machine_actions.find(text);
}
std::string_view to_string(menu_action a) { return menu_actions[a]; }
std::optional<menu_action> parse_menu_action(std::string_view text) {
  return menu_actions.find(text);
}

result<void> check(const settings& s) {
  mistakes wrong;
  auto is_known = [](const auto& words, auto value) {
    return static_cast<std::size_t>(value) < words.words.size();
  };
  if (!is_known(styles, s.style))
    wrong.add("/call_style", "unknown", "must be conversation or announcement");
  if (!is_known(machine_actions, s.on_voicemail))
    wrong.add("/voicemail_action", "unknown", "must be hang_up or leave_message");
  wrong.check_text("/voicemail_message", s.message, 0, most_message, true);
  if (!is_known(menu_actions, s.on_menu))
    wrong.add("/menu_action", "unknown", "must be hang_up or navigate");
  if (auto keys = trimmed(s.menu_keys); !keys.empty() && !are_keys(keys))
    wrong.add(
        "/menu_keys", "bad_keys",
        "must be up to 10 groups of 1 to 32 of 0-9, *, # and w, separated by commas");
  // What it says is read by wire::read_result_schema: here is no JSON.
  if (s.result_schema.size() > most_schema)
    wrong.add("/result_schema", "too_long", "must have at most 16000 bytes");
  if (!wrong.none())
    return fail(wrong.take());
  return {};
}

} // namespace ringmaster::talk
