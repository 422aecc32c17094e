#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "domain/error.hpp"

namespace ringmaster {

/// What kind of line a number belongs to, as far as the numbering plan tells.
enum class number_class {
  geographic,   ///< fixed line, or a plan that does not tell fixed from mobile
  mobile,
  toll_free,
  voip,
  personal,
  premium,      ///< never called
  shared_cost,  ///< never called
  satellite,    ///< never called
  short_code,   ///< never called; includes emergency numbers
  unknown,      ///< possible by length, not known to the plan: callable
};

std::string_view to_string(number_class kind);

/// True for the classes that the gate never lets through, whatever the settings say.
bool never_called(number_class kind);

/// A telephone number in canonical E.164. Prints masked; `reveal()` is spelled out where the
/// digits really leave the house (database, carrier, the owner's own API answers).
class phone_number {
 public:
  phone_number() = default;

  /// Takes a number that is canonical already (from our own database). Not checked.
  static phone_number from_canonical(std::string e164) { return phone_number(std::move(e164)); }

  const std::string& reveal() const { return e164_; }
  /// `+1•••••0100`: country code and the last four digits.
  std::string masked() const;
  bool empty() const { return e164_.empty(); }

  friend auto operator<=>(const phone_number&, const phone_number&) = default;

 private:
  explicit phone_number(std::string e164) : e164_(std::move(e164)) {}
  std::string e164_;
};

/// A number with what the numbering plan says of it.
struct number_reading {
  phone_number number;
  number_class kind = number_class::unknown;
  /// ISO 3166 region, upper case ("US"). Where the plan cannot place the number, the main region
  /// of its calling code; empty for codes that belong to no country (+870, +979).
  std::string country;
};

/// Reads a number as people write it. With a leading `+` it stands alone; without, it is read as
/// a national number of `default_region` (empty: refused with code "no_country_code"). Refuses
/// with `invalid`: "empty", "not_a_number", "too_short", "too_long", "short_code" (emergency and
/// service numbers), "no_country_code". A number that is possible by length but unknown to the
/// plan is accepted with class `unknown`: the plan's data ages with the distribution.
result<number_reading> read_number(std::string_view text, std::string_view default_region = {});

/// The same for a number that is to be called: one of a class that never is called is refused as
/// "not_callable".
result<number_reading> read_callable(std::string_view text, std::string_view default_region = {});

} // namespace ringmaster
