#include "domain/phone_number.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

#include "domain/text.hpp"
#include "domain/words.hpp"

namespace ringmaster {

namespace {

namespace lib = i18n::phonenumbers;
using util = lib::PhoneNumberUtil;

constexpr auto classes = vocabulary_of<number_class>(
  "geographic", "mobile", "toll_free", "voip", "personal", "premium", "shared_cost", "satellite",
  "short_code", "unknown");
static_assert(classes.words.size() == static_cast<std::size_t>(number_class::unknown) + 1);

/// The length of the calling code at the start of `digits`, by the assignment of the ITU: one digit
/// for 1 and 7, two for the codes listed, three for all others.
std::size_t calling_code_length(std::string_view digits) {
  constexpr std::string_view two[] = {
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46",
    "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63",
    "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98"};
  if (digits.starts_with('1') || digits.starts_with('7'))
    return 1;
  auto listed = std::find(std::begin(two), std::end(two), digits.substr(0, 2)) != std::end(two);
  return listed ? 2 : 3;
}

tl::unexpected<error> refuse(const char* code, const char* message) {
  return fail_field("/phone_number", code, message);
}

const lib::ShortNumberInfo& short_numbers() {
  static const auto& info = *new lib::ShortNumberInfo; // costs some ms; immutable
  return info;
}

/// Emergency and service numbers, dialed as they stand or pasted behind the calling code.
bool is_short(const util& plan, const lib::PhoneNumber& number, const std::string& text,
              const std::string& region) {
  const auto& info = short_numbers();
  std::string national;
  plan.GetNationalSignificantNumber(number, &national);
  std::string home;
  plan.GetRegionCodeForCountryCode(number.country_code(), &home);
  if (info.IsEmergencyNumber(national, home))
    return true;
  // Behind a + a few digits are a number that was cut; the same digits alone would be a service.
  if (text.starts_with('+') || region.empty())
    return plan.IsPossibleNumber(number) && info.IsValidShortNumber(number);
  return info.ConnectsToEmergencyNumber(text, region)
         || info.IsValidShortNumberForRegion(number, region);
}

number_class class_of(const lib::PhoneNumber& number, const std::string& national, util::PhoneNumberType type) {
  switch (number.country_code()) {
    case 870: case 881: case 882: case 883: return number_class::satellite;
    case 979: return number_class::premium;
    case 808: return number_class::shared_cost;
    default: break;
  }
  // In North America the premium codes stay premium where the plan's data does not know the number.
  if (number.country_code() == 1 && national.size() == 10) {
    auto area = national.substr(0, 3);
    if (area == "900" || area == "976" || national.substr(3, 3) == "976")
      return number_class::premium;
  }
  switch (type) {
    case util::FIXED_LINE:
    case util::FIXED_LINE_OR_MOBILE:
    case util::UAN: return number_class::geographic;
    case util::MOBILE: return number_class::mobile;
    case util::TOLL_FREE: return number_class::toll_free;
    case util::PREMIUM_RATE: return number_class::premium;
    case util::SHARED_COST: return number_class::shared_cost;
    case util::VOIP: return number_class::voip;
    case util::PERSONAL_NUMBER: return number_class::personal;
    default: return number_class::unknown;
  }
}

/// What the canonical form reads as. A trunk prefix of zeros can be taken off more than once; what
/// reads differently the next time is nobody's number.
std::string reread(const util& plan, const std::string& e164) {
  lib::PhoneNumber number;
  std::string out;
  if (plan.Parse(e164, "ZZ", &number) == util::NO_PARSING_ERROR)
    plan.Format(number, util::E164, &out);
  return out;
}

std::string country_of(const util& plan, const lib::PhoneNumber& number) {
  std::string region;
  plan.GetRegionCodeForNumber(number, &region);
  if (region.empty() || region == "ZZ")
    plan.GetRegionCodeForCountryCode(number.country_code(), &region);
  return region == "001" || region == "ZZ" ? std::string{} : region;
}

} // namespace

std::string_view to_string(number_class kind) { return classes[kind]; }

bool never_called(number_class kind) {
  return kind == number_class::premium || kind == number_class::shared_cost
         || kind == number_class::satellite || kind == number_class::short_code;
}

std::string phone_number::masked() const {
  constexpr std::string_view dots = "•••••";
  if (e164_.empty())
    return {};
  std::string_view digits = e164_;
  if (!digits.starts_with('+'))
    return std::string{dots};
  digits.remove_prefix(1);
  auto code = std::min(calling_code_length(digits), digits.size());
  // Of a short number fewer digits show: never more than half of what follows the country.
  auto shown = std::min<std::size_t>(4, (digits.size() - code) / 2);
  std::string out = "+";
  out += digits.substr(0, code);
  out += dots;
  out += digits.substr(digits.size() - shown);
  return out;
}

result<number_reading> read_number(std::string_view raw, std::string_view default_region) {
  const std::string text{trimmed(raw)};
  const std::string region{default_region};
  if (text.empty())
    return refuse("empty", "a phone number is missing");
  if (text.size() > 100)
    return refuse("too_long", "too long for a phone number");

  const auto& plan = *util::GetInstance();
  lib::PhoneNumber number;
  switch (plan.Parse(text, region.empty() ? "ZZ" : region, &number)) {
    case util::NO_PARSING_ERROR: break;
    case util::INVALID_COUNTRY_CODE_ERROR:
      if (text.starts_with('+'))
        return refuse("not_a_number", "no country has this calling code");
      return refuse("no_country_code", "a number without + needs its country: write +1 415 555 0100");
    case util::TOO_SHORT_AFTER_IDD:
    case util::TOO_SHORT_NSN: return refuse("too_short", "too short for a phone number");
    case util::TOO_LONG_NSN: return refuse("too_long", "too long for a phone number");
    default: return refuse("not_a_number", "not a phone number");
  }
  if (number.has_extension())
    return refuse("not_a_number", "numbers with an extension cannot be dialed");

  // Valid is what has a type: asked once, for it is most of what a row of a long list costs.
  const auto type = plan.GetNumberType(number);
  const auto valid = type != util::UNKNOWN;
  if (!valid && is_short(plan, number, text, region))
    return refuse("short_code", "emergency and service numbers are never called");
  switch (plan.IsPossibleNumberWithReason(number)) {
    case util::IS_POSSIBLE: break;
    case util::IS_POSSIBLE_LOCAL_ONLY:
    case util::TOO_SHORT: return refuse("too_short", "too short for a phone number of its country");
    case util::TOO_LONG: return refuse("too_long", "too long for a phone number of its country");
    case util::INVALID_COUNTRY_CODE: return refuse("not_a_number", "no country has this calling code");
    default: return refuse("not_a_number", "no number of its country has so many digits");
  }

  std::string e164;
  plan.Format(number, util::E164, &e164);
  if (e164.size() > 16)
    return refuse("too_long", "too long for a phone number");
  if (!valid && reread(plan, e164) != e164)
    return refuse("not_a_number", "no number of its country looks like this");
  std::string national;
  plan.GetNationalSignificantNumber(number, &national);
  number_reading out;
  out.kind = class_of(number, national, type);
  out.country = country_of(plan, number);
  out.number = phone_number::from_canonical(std::move(e164));
  return out;
}

result<number_reading> read_callable(std::string_view text, std::string_view default_region) {
  auto reading = read_number(text, default_region);
  if (!reading || !never_called(reading->kind))
    return reading;
  std::string kind{to_string(reading->kind)};
  std::replace(kind.begin(), kind.end(), '_', ' ');
  return fail_field("/phone_number", "not_callable", kind + " numbers are never called");
}

} // namespace ringmaster
