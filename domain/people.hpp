#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/error.hpp"
#include "domain/ids.hpp"
#include "domain/money.hpp"
#include "domain/phone_number.hpp"
#include "domain/window.hpp"

// Whom tasks call, and what their owner has settled once for all of them.

namespace ringmaster {

using contact_id = id<struct contact_tag>;

/// How the assistant speaks.
enum class tone : std::uint8_t { friendly, neutral, firm, assertive };
std::string_view to_string(tone t);
std::optional<tone> parse_tone(std::string_view text);

namespace contact {

struct draft {
  std::string name;         ///< 1..200 characters
  std::string company_name; ///< up to 200
  std::string phone_number; ///< as typed; empty: none
  std::string email;        ///< empty: none
  std::string timezone;     ///< the contact's own; empty: not known
  std::string notes;        ///< up to 4,000
};

struct checked {
  std::string name, company_name;
  std::optional<phone_number> number;
  std::string email, timezone, notes;
};

/// All mistakes together, pointers like "/phone_number". `region` reads national numbers.
result<checked> check(const draft& d, std::string_view region);

struct view {
  contact_id id;
  std::string name, company_name;
  std::optional<phone_number> number;
  std::string email, timezone, notes;
  std::int64_t version = 1;
  instant created_at{}, updated_at{};
};

} // namespace contact

/// What a user has settled for their assistant. A user who never did has these.
struct assistant_settings {
  money max_auto_approve_amount{}; ///< zero: every price needs a yes
  tone default_call_tone = tone::friendly;
  /// The only facts about the user that may be spoken to prove who calls.
  std::vector<std::string> allowed_auth_fields;
  bool auto_retry_failed_calls = false;
  std::int32_t max_retry_attempts = 2; ///< calls after the first, 0..10
  /// When tasks may call, in the user's own zone; judged like a campaign's window.
  std::string timezone = "UTC";
  std::string allowed_call_start_time = "09:00:00";
  std::string allowed_call_end_time = "18:00:00";
  std::vector<std::string> allowed_days_of_week{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  /// What the models may cost this user in a day (UTC); none: no cap.
  std::optional<money> daily_model_budget;
  /// Numbers that a live call may be handed to, E.164, up to 20.
  std::vector<std::string> transfer_numbers;
  std::int64_t version = 0; ///< 0: never stored
};

/// The fields that may be allowed: "name", "date_of_birth", "address", "phone_number", "email",
/// "account_number", "member_id", "last_four_of_card", "zip_code".
const std::vector<std::string>& auth_fields();

/// Checks all and parses the window; mistakes together, pointers like "/max_retry_attempts".
result<calling_window> check(const assistant_settings& s);

/// The BusinessContext: users write it, agents only read it.
struct business_profile {
  std::string name;                           ///< up to 200
  std::string description;                    ///< up to 8,000
  std::string hours, address, website, email; ///< up to 500 each
  std::optional<phone_number> number;
  /// Facts by name, up to 100 of 100 and 2,000 characters: "parking", "cancellation policy".
  std::vector<std::pair<std::string, std::string>> facts;
  std::int64_t version = 0; ///< 0: never stored
  instant updated_at{};
};

result<void> check(const business_profile& p);
/// The profile as plain text, one fact a line: what agents are given. Empty where nothing is known.
std::string describe(const business_profile& p);

} // namespace ringmaster
