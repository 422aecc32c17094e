// What must not be done by phone, and what needs a second look.

#include "domain/rules_risks.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "domain/rules.hpp"

namespace ringmaster::rules {

/// "don't threaten", "never pretend", "without insulting": said to be left out.
bool is_forbidden(const reader& r, std::size_t i) {
  for (auto k = i; k-- > 0 && k + 4 > i;) {
    if (r.ends_sentence(k))
      return false;
    if (r.is_one_of(k, {"don't", "not", "never", "without", "no", "won't", "nobody"}))
      return true;
  }
  return false;
}

/// Somebody else does it: "they threaten to cut my power", "he was scammed".
bool is_done_to_us(const reader& r, std::size_t i) {
  for (auto k = i; k-- > 0 && k + 4 > i;)
    if (r.is_one_of(k, {"they",     "he",       "she",     "who",    "was",      "been",  "got",
                        "were",     "keeps",    "keep",    "report", "reported", "about", "someone",
                        "somebody", "received", "company", "is",     "are",      "being"}))
      return true;
  return false;
}

/// A phrase that is meant, at `i`.
bool is_meant(const reader& r, std::size_t i, phrases all) {
  return r.says_any(i, all) > 0 && !is_forbidden(r, i);
}

bool has_near(const reader& r, std::size_t i, std::size_t reach, phrases all) {
  auto first = i > reach ? i - reach : 0;
  for (auto k = first; k < std::min(r.size(), i + reach); ++k)
    if (r.says_any(k, all) > 0)
      return true;
  return false;
}

namespace {

void judge(const std::string& text, verdict& v) {
  reader r{text};
  for (std::size_t i = 0; i < r.size(); ++i)
    for (auto* find :
         {find_harassment, find_stalking, find_fraud, find_impersonation, find_goods, find_spam,
          find_emergency, find_card})
      find(r, i, v);
}

} // namespace

assistant::risks judge_risks(const assistant::briefing& about) {
  verdict v;
  judge(about.instruction, v);
  judge(about.title, v);
  for (const auto* lines : {&about.hard_constraints, &about.soft_preferences})
    for (const auto& line : *lines)
      judge(line, v);
  for (const auto& [field, text] : about.answers) {
    judge(text, v);
    if (field == "phone_number" && is_emergency_number(text))
      v.add(risks::level::refuse, "emergency_number", emergency_why);
  }
  if (is_emergency_number(about.phone_number))
    v.add(risks::level::refuse, "emergency_number", emergency_why);
  return std::move(v.out);
}

} // namespace ringmaster::rules
