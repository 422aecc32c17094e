#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/mistakes.hpp"
#include "domain/task.hpp"

// What the sources of a task share among themselves; others include task.hpp.

namespace ringmaster::task {

inline constexpr std::size_t most_lines = 50;            ///< constraints, preferences, answers
inline constexpr std::size_t most_line_characters = 500; ///< of one of them
inline constexpr std::size_t most_title_characters = 200;
inline constexpr std::size_t most_questions = 20;
inline constexpr std::int64_t most_micros = 999'999'999'999'999;

void check_price(mistakes& wrong, std::string_view pointer, const money& m);
void check_lines(mistakes& wrong, std::string_view pointer, const std::vector<std::string>& lines);
std::vector<std::string> trimmed_lines(const std::vector<std::string>& lines);
/// Texts trimmed; the calls of tasks are conversations.
talk::settings trimmed_talk(talk::settings s);

/// Reasons, one after the other, as parts of one sentence.
void add_reason(std::string& to, std::string_view why);

/// `wrong_state`: what was tried, where the task stands and what may follow.
tl::unexpected<error> no_step(status now, const std::string& what);

/// The task's contact, if it is the one that is known.
const contact::view* contact_of(const record& r, const circumstances& around);
/// A person must say yes, and nobody has.
bool lacks_approval(const record& r, const circumstances& around);

// -- questions ------------------------------------------------------------------------------------

/// Closes the questions that need no answer any more, and keeps one open for the number as long as
/// there is none.
void refresh_questions(record& r, const circumstances& around);
bool has_required_question(const record& r);

// -- edits ----------------------------------------------------------------------------------------

/// The record after the patch, without any step; all mistakes together. What the patch changed is
/// named in `changed`, for the audit trail.
result<record>
apply(const record& now, const patch& p, const circumstances& around, std::string& changed);

// -- notices --------------------------------------------------------------------------------------

notification::draft clarification_needed(const record& r);
notification::draft approval_needed(const record& r, const circumstances& around);
notification::draft call_completed(const record& r);
/// Of a conversation: with the appointment, the price and the confirmation number that it brought.
notification::draft call_completed(const record& r, const talk::findings& found);
notification::draft call_failed(const record& r);
/// A task that ends before any call: refused, or without a plan.
notification::draft planning_ended(const record& r);

} // namespace ringmaster::task
