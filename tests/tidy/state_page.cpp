#include "tests/tidy/state_page.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "domain/attempt.hpp"
#include "domain/calendar.hpp"
#include "domain/call.hpp"
#include "domain/campaign.hpp"
#include "domain/gap.hpp"
#include "domain/target.hpp"
#include "domain/task.hpp"
#include "domain/webhook.hpp"

namespace ringmaster::tidy {

namespace {

std::string text(std::string_view s) { return std::string{s}; }

/// Some tables have the words themselves.
std::string_view to_string(std::string_view word) { return word; }

/// Mermaid's names of states take no dashes.
std::string mermaid_name(std::string_view status) {
  std::string name{status};
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// A diagram of a table of rules: states that none leads to are beginnings, states that lead
/// nowhere but to themselves are ends.
template <class Rules>
std::string diagram(const Rules& rules) {
  std::vector<std::string> entered, left, all;
  auto add = [](std::vector<std::string>& to, const std::string& name) {
    if (std::find(to.begin(), to.end(), name) == to.end())
      to.push_back(name);
  };
  for (const auto& r : rules) {
    auto from = mermaid_name(to_string(r.from));
    auto to = mermaid_name(to_string(r.to));
    add(all, from);
    add(all, to);
    if (from != to) {
      add(left, from);
      add(entered, to);
    }
  }
  auto has = [](const std::vector<std::string>& in, const std::string& name) {
    return std::find(in.begin(), in.end(), name) != in.end();
  };
  std::string out = "```mermaid\nstateDiagram-v2\n";
  // A life begins at the first row of its table.
  out += "  [*] --> " + mermaid_name(to_string(rules.front().from)) + "\n";
  for (const auto& r : rules)
    out += "  " + mermaid_name(to_string(r.from)) + " --> " + mermaid_name(to_string(r.to)) + ": " +
           text(to_string(r.on)) + "\n";
  for (const auto& name : all)
    if (!has(left, name))
      out += "  " + name + " --> [*]\n";
  return out + "```\n";
}

std::string cell(std::string_view s) { return " " + std::string{s} + " |"; }

std::string effect_name(campaign::effect e) {
  return e == campaign::effect::none ? "" : text(to_string(e));
}

std::string campaign_part() {
  std::string out = "## Campaign\n\n"
                    "Table: `domain/campaign.hpp`. `start`, `schedule`, `pause`, `resume`, `cancel` and\n"
                    "`update` are acts of a user; `begin`, `finish` and `trip` are the engine's. `start` and\n"
                    "`resume` need an open window. Every pair that is not listed is refused with\n"
                    "`wrong_state`.\n\n" +
                    diagram(campaign::rules) + "\n| from | on | to | then |\n|---|---|---|---|\n";
  for (const auto& r : campaign::rules)
    out += "|" + cell(to_string(r.from)) + cell(to_string(r.on)) + cell(to_string(r.to)) +
           cell(effect_name(r.then)) + "\n";
  return out;
}

template <class Rules>
std::string plain_part(std::string_view title, std::string_view words, const Rules& rules) {
  std::string out = "## " + text(title) + "\n\n" + text(words) + "\n\n" + diagram(rules) +
                    "\n| from | on | to |\n|---|---|---|\n";
  for (const auto& r : rules)
    out += "|" + cell(to_string(r.from)) + cell(to_string(r.on)) + cell(to_string(r.to)) + "\n";
  return out;
}

/// A life whose steps have no names of their own: from one state to the next.
std::string task_part() {
  std::string out = "## Task\n\n"
                    "Table: `domain/task.hpp`. What takes a task along a step is decided in\n"
                    "`domain/task_steps.cpp`: a plan that came, an edit, an approval, a call that began or\n"
                    "ended. A user may set `waiting_for_user`, `ready_to_call` and `cancelled` by hand;\n"
                    "`ready_to_call` needs a phone number, answers to all required questions and every\n"
                    "approval. Every other step is refused with `wrong_state` and the allowed ones.\n\n"
                    "```mermaid\nstateDiagram-v2\n"
                    "  [*] --> " + text(to_string(task::steps.front().from)) + "\n";
  for (const auto& s : task::steps)
    out += "  " + text(to_string(s.from)) + " --> " + text(to_string(s.to)) + "\n";
  for (auto s = task::status::pending; s <= task::status::canceled;
       s = static_cast<task::status>(static_cast<int>(s) + 1))
    if (task::next_of(s).empty())
      out += "  " + text(to_string(s)) + " --> [*]\n";
  out += "```\n\n| from | to |\n|---|---|\n";
  for (auto s = task::status::pending; s <= task::status::canceled;
       s = static_cast<task::status>(static_cast<int>(s) + 1)) {
    std::string next;
    for (const auto& name : task::next_of(s))
      next += (next.empty() ? "" : ", ") + name;
    out += "|" + cell(to_string(s)) + cell(next) + "\n";
  }
  return out;
}

std::string call_part() {
  using enum call::status;
  constexpr std::array all{
    queued, initiated, ringing, in_progress, completed, busy, no_answer, failed, canceled};
  std::string out = "## Call\n\n"
                    "A call's life is the carrier's, and its news come late, twice and in any order. So it\n"
                    "is no table of steps but a rank (`domain/call.hpp`): news are taken if their rank is\n"
                    "higher, the first final status stands, and a different final status is recorded as a\n"
                    "conflict and checked with the carrier.\n\n"
                    "| status | rank | final |\n|---|---|---|\n";
  for (auto s : all)
    out += "|" + cell(to_string(s)) + cell(std::to_string(call::rank(s))) +
           cell(call::ended(s) ? "yes" : "") + "\n";
  out += "\nWhat becomes of a call in the row's status when the column's arrives:\n\n|  |";
  for (auto s : all)
    out += cell(to_string(s));
  out += "\n|---|";
  for (std::size_t i = 0; i < all.size(); ++i)
    out += "---|";
  for (auto known : all) {
    out += "\n|" + cell("**" + text(to_string(known)) + "**");
    for (auto news : all) {
      auto verdict = call::judge(known, news);
      out += cell(verdict == call::change::advance    ? "advance"
                  : verdict == call::change::conflict ? "conflict"
                                                      : "·");
    }
  }
  return out + "\n";
}

} // namespace

std::string state_page() {
  return "# Lives\n\n"
         "Drawn from the tables of `domain/`; `tests/tidy` fails when this page and the tables differ.\n"
         "To draw it anew: `RINGMASTER_TEST_UPDATE=1 build/dev/tidy_tests`.\n\n" +
         campaign_part() + "\n" +
         plain_part(
           "Target",
           "Table: `domain/target.hpp`. One number of a campaign's list. Only a person leads out of an ended state.",
           target::rules) +
         "\n" +
         plain_part(
           "Attempt",
           "Table: `domain/attempt.hpp`. One attempt makes at most one create request at the carrier.\n"
           "What the answer to that request means is judged in one place; an attempt in doubt is\n"
           "resolved by evidence, never by a second request. A callback that names an attempt proves\n"
           "its call, whatever was concluded before.",
           attempt::rules) +
         "\n" + task_part() + "\n" + call_part() + "\n" +
         plain_part(
           "Knowledge gap",
           "Table: `domain/gap.hpp`. `resolve`, `ignore` and `reopen` are acts of a user; `ask_again` is the\n"
           "same question, asked once more and not answered. Every pair that is not listed is refused\n"
           "with `wrong_state`.",
           gap::steps()) +
         "\n" +
         plain_part(
           "Calendar proposal",
           "Table: `domain/calendar.hpp`. All are acts of a user; a cancellation cannot be edited. Only\n"
           "`approve` changes an event. What is decided stays so.",
           calendar::steps()) +
         "\n" +
         plain_part(
           "Webhook message",
           "Table: `domain/webhook.hpp`. `replay` is an act of a user; the rest is the engine's. A message\n"
           "that is being sent is claimed again when its lease has run out.",
           webhook::steps());
}

} // namespace ringmaster::tidy
