#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/phone_number.hpp"
#include "domain/zone.hpp"

namespace ringmaster {

/// The zones in which a number may ring. Immutable and shared.
struct zone_set {
  std::vector<std::string> names; ///< as the list has them, sorted; for people
  /// The clocks among them that differ from 2020 on: what has to be asked. Empty: nobody knows.
  std::vector<std::shared_ptr<const zone>> clocks;
};

/// What the place of a number rests on.
enum class place_basis : std::uint8_t {
  unknown,      ///< nothing: no zone, so no call
  target,       ///< the zone that came with the target
  area_code,    ///< the area code of a number of +1
  country,      ///< the country that the numbering plan tells
  calling_code, ///< every country of the calling code: the plan cannot place the number
};
std::string_view to_string(place_basis b);

/// Where a callee may be, as far as the number and its target tell.
struct callee_place {
  std::shared_ptr<const zone_set> zones; ///< never null; without clocks where nothing is known
  std::string country;                   ///< ISO 3166, as the numbering plan says; may be empty
  std::string area_code;                 ///< of a number of +1, else empty
  std::vector<std::string> states;       ///< states or provinces of the area code; empty: unknown
  place_basis by = place_basis::unknown;

  bool known() const { return zones && !zones->clocks.empty(); }
};

/// The lists of config/zones, read once. In doubt a number has more zones rather than fewer, and a
/// row with a zone that this installation does not know has none at all.
class zone_book {
public:
  /// From the two texts (area codes of +1; countries). Refuses with `invalid`, every mistake with
  /// its line.
  static result<zone_book> parse(std::string_view nanp, std::string_view countries);
  /// The lists that are part of the binary. The first asker pays for reading their zones, about
  /// 40 ms: ask at the start, not within a transaction.
  static const zone_book& built_in();

  /// Where a number may ring. `own_timezone` is the target's: it alone counts if it is given, and
  /// if it is no known zone, nothing is known. `country` and `kind` are as `read_number` told.
  callee_place locate(
      const phone_number& number, std::string_view country, std::string_view own_timezone = {},
      number_class kind = number_class::geographic) const;

  struct area {
    std::string country;
    std::vector<std::string> states;
    std::shared_ptr<const zone_set> zones;
  };
  /// An area code of +1; null if the list does not have it.
  const area* find_area(std::string_view code) const;
  std::size_t area_count() const { return areas_.size(); }
  std::size_t country_count() const { return countries_.size(); }

private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  template <class T>
  using by_text = std::unordered_map<std::string, T, text_hash, std::equal_to<>>;

  by_text<area> areas_;
  by_text<std::shared_ptr<const zone_set>> countries_;
  by_text<std::shared_ptr<const zone_set>> calling_codes_; ///< all countries of one together
};

/// `zone_book::built_in().locate(...)`.
callee_place locate_callee(
    const phone_number& number, std::string_view country, std::string_view own_timezone = {},
    number_class kind = number_class::geographic);

/// The area code of a number of +1, "415"; empty for any other number.
std::string_view area_code_of(const phone_number& number);

/// A zone set from names; without clocks if there are none or one of them is unknown.
std::shared_ptr<const zone_set> make_zone_set(std::vector<std::string> names);

} // namespace ringmaster
