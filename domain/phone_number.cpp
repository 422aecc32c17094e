#include "domain/phone_number.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
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

/// North America gives its numbers out by the first six digits, and what the plan says of a valid
/// number depends on no other (tests/domain holds that against the plan's own word). So each
/// exchange is asked about once: a plan that is asked costs twenty times as much, and lists of a
/// million numbers are mostly such.
class exchange_memory {
 public:
  /// `text` is ten digits, or these behind +1.
  std::optional<number_reading> find(std::string_view text) const {
    auto digits = text.starts_with("+1") ? text.substr(2) : text;
    auto at = place_of(digits);
    auto what = at ? known_[*at].load(std::memory_order_relaxed) : std::uint16_t{0};
    if (what == 0)
      return std::nullopt;
    number_reading out;
    out.kind = static_cast<number_class>((what - 1) / regions.size());
    out.country = regions[static_cast<std::size_t>(what - 1) % regions.size()];
    out.number = phone_number::from_canonical("+1" + std::string(digits));
    return out;
  }

  void note(const number_reading& valid) {
    std::string_view e164 = valid.number.reveal();
    auto region = std::find(regions.begin(), regions.end(), valid.country);
    auto at = e164.starts_with("+1") ? place_of(e164.substr(2)) : std::nullopt;
    if (at && region != regions.end())
      known_[*at].store(
        static_cast<std::uint16_t>(
          1 + static_cast<std::size_t>(valid.kind) * regions.size() +
          static_cast<std::size_t>(region - regions.begin())),
        std::memory_order_relaxed);
  }

 private:
  static constexpr std::array<std::string_view, 25> regions{
    "US", "CA", "AG", "AI", "AS", "BB", "BM", "BS", "DM", "DO", "GD", "GU", "JM",
    "KN", "KY", "LC", "MP", "MS", "PR", "SX", "TC", "TT", "VC", "VG", "VI"};

  static std::optional<std::size_t> place_of(std::string_view digits) {
    if (digits.size() != 10)
      return std::nullopt;
    std::size_t place = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
      if (digits[i] < '0' || digits[i] > '9')
        return std::nullopt;
      if (i < 6)
        place = place * 10 + static_cast<std::size_t>(digits[i] - '0');
    }
    return place;
  }

  std::array<std::atomic<std::uint16_t>, 1'000'000> known_{};
};

exchange_memory& exchanges() {
  static auto& all = *new exchange_memory; // two megabytes, written where numbers are
  return all;
}

/// Whether ten digits alone are read as they stand behind +1.
bool north_american(std::string_view region) { return region == "US" || region == "CA"; }

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

  if (text.starts_with("+1") || north_american(region))
    if (auto known = exchanges().find(text))
      return *known;

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
  if (valid)
    exchanges().note(out);
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
