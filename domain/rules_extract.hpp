#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/assistant.hpp"
#include "domain/findings.hpp"
#include "domain/findings_borne.hpp"
#include "domain/rules_parts.hpp"

// What a call came to, by rules. The sources of rules_extract*.cpp share what stands here; others
// ask rules::answer.

namespace ringmaster::rules {

/// What is known of a call while its transcript is read.
struct call_reading {
  const assistant::extract_request& request;
  talk::hearing heard;
  calendar dates;
  intent goal = intent::ask;
  bool wants_slot = false;  ///< the call is about a date and time
  bool wants_price = false; ///< the call asks for a price
  std::string region;

  explicit call_reading(const assistant::extract_request& r);
  const std::vector<talk::heard>& all() const { return heard.all(); }
  bool is_assistant(std::size_t at) const { return all()[at].said.who == talk::speaker::assistant; }
  /// The assistant's words that the piece at `at` answers; empty: none.
  std::string_view question_before(std::size_t at) const;
  bool asks_price(std::size_t at) const; ///< of question_before
};

/// Each finds the values of its kind; talk::verify sees to what they are worth.
void find_slots(const call_reading& c, std::vector<talk::value>& out);
void find_called_prices(const call_reading& c, std::vector<talk::value>& out);
void find_codes(const call_reading& c, std::vector<talk::value>& out);
void find_people(const call_reading& c, std::vector<talk::value>& out);
void find_called_numbers(const call_reading& c, std::vector<talk::value>& out);
void find_orders(const call_reading& c, std::vector<talk::value>& out);
void find_callbacks(const call_reading& c, std::vector<talk::value>& out);
void find_results(const call_reading& c, std::vector<talk::value>& out);

/// True if a moment in the words of `at` says when to call again.
bool is_about_calling(const talk::utterance& u, std::size_t token);
/// The date and time of a moment that was found; empty where not said or not one.
std::string date_of(const time_found& t);
std::string time_of(const reader& r, const time_found& t);

/// The outcome, its follow-ups and its summary, from the values that hold.
talk::verdict judge_goal(const call_reading& c, const talk::findings& f);
void find_follow_ups(const call_reading& c, talk::findings& f);
std::string summarize(const call_reading& c, const talk::findings& f);

talk::findings extract(const assistant::extract_request& r);

} // namespace ringmaster::rules
