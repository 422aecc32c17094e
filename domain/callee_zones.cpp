#include "domain/callee_zones.hpp"

#include <algorithm>
#include <utility>

#include "domain/embedded.hpp"
#include "domain/words.hpp"

namespace ringmaster {

namespace {

constexpr auto bases =
    vocabulary_of<place_basis>("unknown", "target", "area_code", "country", "calling_code");

/// Two clocks are one if they have shown the same since 2020 and always will.
constexpr instant same_since{std::chrono::seconds{1'577'836'800}};

bool show_the_same(const zone& a, const zone& b) {
  auto t = same_since;
  for (;;) {
    auto x = a.at(t);
    auto y = b.at(t);
    if (x.offset != y.offset)
      return false;
    auto next = std::min(x.end, y.end);
    if (next == instant::max())
      return true;
    t = next;
  }
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    auto space = text.find(' ');
    if (space != 0)
      out.emplace_back(text.substr(0, space));
    if (space == std::string_view::npos)
      break;
    text.remove_prefix(space + 1);
  }
  return out;
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_country(std::string_view text) {
  auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  return text.size() == 2 && std::all_of(text.begin(), text.end(), upper);
}

/// The rows of a list, without its comments and its head.
template <class F>
void each_row(std::string_view text, std::size_t columns, std::vector<field_error>& wrong, F&& f) {
  std::size_t number = 0;
  bool head = true;
  while (!text.empty()) {
    auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (line.empty() || line.front() == '#' || std::exchange(head, false))
      continue;
    std::vector<std::string_view> cells;
    for (auto rest = line;;) {
      auto comma = rest.find(',');
      cells.push_back(rest.substr(0, comma));
      if (comma == std::string_view::npos)
        break;
      rest.remove_prefix(comma + 1);
    }
    auto complain = [&](std::string what) {
      wrong.push_back(
          {"/" + std::to_string(number), "bad_row",
           "line " + std::to_string(number) + ": " + what});
    };
    if (cells.size() != columns)
      complain("a row has " + std::to_string(columns) + " cells");
    else
      f(cells, complain);
  }
}

const std::shared_ptr<const zone_set>& nowhere() {
  static const auto none = std::make_shared<const zone_set>();
  return none;
}

} // namespace

std::string_view to_string(place_basis b) { return bases[b]; }

std::shared_ptr<const zone_set> make_zone_set(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  auto set = std::make_shared<zone_set>();
  set->names = std::move(names);
  for (const auto& name : set->names) {
    auto found = zone::find(name);
    if (!found) {
      set->clocks.clear();
      break;
    }
    auto known = [&](const auto& clock) { return show_the_same(*clock, **found); };
    if (std::none_of(set->clocks.begin(), set->clocks.end(), known))
      set->clocks.push_back(std::move(*found));
  }
  return set;
}

std::string_view area_code_of(const phone_number& number) {
  std::string_view digits = number.reveal();
  return digits.size() == 12 && digits.starts_with("+1") ? digits.substr(2, 3) : std::string_view{};
}

// -- the lists -----------------------------------------------------------------------------------

result<zone_book> zone_book::parse(std::string_view nanp, std::string_view countries) {
  zone_book book;
  std::vector<field_error> wrong;
  each_row(nanp, 4, wrong, [&](const auto& cells, const auto& complain) {
    auto zones = words_of(cells[3]);
    if (cells[0].size() != 3 || !all_digits(cells[0]) || cells[0].front() < '2')
      return complain("'" + std::string{cells[0]} + "' is no area code");
    if (!is_country(cells[1]))
      return complain("'" + std::string{cells[1]} + "' is no country");
    if (zones.empty())
      return complain("an area code needs a zone; leave it out if nobody knows");
    area a{std::string{cells[1]}, words_of(cells[2]), make_zone_set(std::move(zones))};
    if (!book.areas_.emplace(std::string{cells[0]}, std::move(a)).second)
      complain("the area code " + std::string{cells[0]} + " stands twice");
  });
  by_text<std::vector<std::string>> together;
  each_row(countries, 3, wrong, [&](const auto& cells, const auto& complain) {
    auto zones = words_of(cells[2]);
    if (!is_country(cells[0]))
      return complain("'" + std::string{cells[0]} + "' is no country");
    if (cells[1].empty() || cells[1].size() > 3 || !all_digits(cells[1]))
      return complain("'" + std::string{cells[1]} + "' is no calling code");
    if (zones.empty())
      return complain("a country needs a zone");
    auto& all = together[std::string{cells[1]}];
    all.insert(all.end(), zones.begin(), zones.end());
    if (!book.countries_.emplace(std::string{cells[0]}, make_zone_set(std::move(zones))).second)
      complain("the country " + std::string{cells[0]} + " stands twice");
  });
  for (auto& [code, zones] : together)
    book.calling_codes_.emplace(code, make_zone_set(std::move(zones)));
  if (!wrong.empty()) {
    error why{.code = errc::invalid, .detail = wrong.front().message};
    why.fields = std::move(wrong);
    return fail(std::move(why));
  }
  return book;
}

const zone_book& zone_book::built_in() {
  static const zone_book& book = *new zone_book([] {
    std::string nanp, countries;
    for (auto& file : embedded::zones())
      (file.name == "nanp.csv" ? nanp : countries) = std::move(file.text);
    auto read = parse(nanp, countries);
    // Without its lists the engine knows no zone, and calls nobody without one.
    return read ? std::move(*read) : zone_book{};
  }());
  return book;
}

const zone_book::area* zone_book::find_area(std::string_view code) const {
  auto found = areas_.find(code);
  return found == areas_.end() ? nullptr : &found->second;
}

// -- a number ------------------------------------------------------------------------------------

callee_place zone_book::locate(
    const phone_number& number, std::string_view country, std::string_view own_timezone,
    number_class kind) const {
  callee_place place;
  place.zones = nowhere();
  place.country = country;
  std::string_view digits = number.reveal();
  const bool plan_of_one = digits.starts_with("+1");
  const area* found = nullptr;
  if (plan_of_one) {
    place.area_code = area_code_of(number);
    found = find_area(place.area_code);
    if (found)
      place.states = found->states;
  }
  if (!own_timezone.empty()) {
    auto own = make_zone_set({std::string{own_timezone}});
    if (!own->clocks.empty()) {
      place.zones = std::move(own);
      place.by = place_basis::target;
    }
    return place;
  }
  if (plan_of_one) {
    if (found && !found->zones->clocks.empty()) {
      place.zones = found->zones;
      place.by = place_basis::area_code;
    }
    return place;
  }
  // A number that the plan does not know carries the main country of its calling code only.
  if (kind == number_class::unknown) {
    for (std::size_t length = 3; length >= 1; --length) {
      auto known = digits.size() > length ? calling_codes_.find(digits.substr(1, length))
                                          : calling_codes_.end();
      if (known == calling_codes_.end())
        continue;
      if (!known->second->clocks.empty()) {
        place.zones = known->second;
        place.by = place_basis::calling_code;
      }
      break;
    }
    return place;
  }
  auto known = countries_.find(country);
  if (known != countries_.end() && !known->second->clocks.empty()) {
    place.zones = known->second;
    place.by = place_basis::country;
  }
  return place;
}

callee_place locate_callee(
    const phone_number& number, std::string_view country, std::string_view own_timezone,
    number_class kind) {
  return zone_book::built_in().locate(number, country, own_timezone, kind);
}

} // namespace ringmaster
