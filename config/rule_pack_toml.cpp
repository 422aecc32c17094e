// Rule packs as people write them.
#include "config/rule_pack_toml.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "domain/embedded.hpp"

namespace ringmaster::config {

namespace {

constexpr std::array<std::string_view, 7> day_names{"mon", "tue", "wed", "thu",
                                                    "fri", "sat", "sun"};

/// `abc-1`: what ids of packs, entries and holidays look like.
bool is_id(std::string_view text) {
  auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 40 && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), fits);
}

bool is_upper(std::string_view text, std::size_t least, std::size_t most) {
  auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  return text.size() >= least && text.size() <= most &&
         std::all_of(text.begin(), text.end(), upper);
}

bool is_area_code(std::string_view text) {
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() == 3 && text.front() >= '2' && std::all_of(text.begin(), text.end(), digit);
}

/// Reads one pack and gathers what is wrong with it.
class reader {
public:
  rule_pack read(const toml::table& file) {
    rule_pack pack;
    expect(file, {"id", "version", "date", "title", "description", "holiday", "entry"});
    pack.id = id_of(file);
    pack.version = static_cast<std::int32_t>(number(file, "version", 1, 1'000'000).value_or(0));
    if (!file.contains("version"))
      complain(file, "'version' is missing");
    pack.date = date(file, "date");
    pack.title = needed_text(file, "title");
    pack.description = text(file, "description");
    for (const auto* table : tables(file, "holiday"))
      pack.holidays.push_back(read_holiday(*table));
    for (std::size_t i = 0; i < pack.holidays.size(); ++i)
      holidays_.emplace_back(pack.holidays[i].id);
    for (const auto* table : tables(file, "entry"))
      pack.entries.push_back(read_entry(*table));
    twice(file, "holiday", pack.holidays);
    twice(file, "entry", pack.entries);
    if (pack.entries.empty())
      complain(file, "a pack needs an [[entry]]: without a rule nobody may be called");
    return pack;
  }

  std::vector<field_error> wrong;

private:
  void complain(const toml::node& where, const std::string& what) {
    auto line = std::max<std::size_t>(1, where.source().begin.line);
    wrong.push_back(
        {"/" + std::to_string(line), "rule_pack", "line " + std::to_string(line) + ": " + what});
  }

  void expect(const toml::table& in, const std::set<std::string_view>& known) {
    for (const auto& [name, node] : in)
      if (!known.contains(name.str()))
        complain(node, "'" + std::string(name.str()) + "' is not known here");
  }

  std::string text(const toml::table& in, std::string_view name) {
    const auto* node = in.get(name);
    if (!node)
      return {};
    const auto* value = node->as_string();
    if (!value || value->get().size() > 2'000)
      complain(*node, "'" + std::string(name) + "' is a text of at most 2,000 letters");
    return value ? value->get() : std::string{};
  }

  std::string needed_text(const toml::table& in, std::string_view name) {
    auto out = text(in, name);
    if (!in.contains(name) || (out.empty() && in.get(name)->is_string()))
      complain(
          in.contains(name) ? *in.get(name) : static_cast<const toml::node&>(in),
          "'" + std::string(name) + "' is missing");
    return out;
  }

  std::string id_of(const toml::table& in) {
    auto id = needed_text(in, "id");
    if (!id.empty() && !is_id(id))
      complain(*in.get("id"), "an id is made of a-z, 0-9 and hyphens, at most 40");
    return id;
  }

  std::optional<std::int64_t>
  number(const toml::table& in, std::string_view name, std::int64_t low, std::int64_t high) {
    const auto* node = in.get(name);
    if (!node)
      return std::nullopt;
    const auto* value = node->as_integer();
    if (value && value->get() >= low && value->get() <= high)
      return value->get();
    complain(
        *node, "'" + std::string(name) + "' is a whole number from " + std::to_string(low) +
                   " to " + std::to_string(high));
    return std::nullopt;
  }

  /// A TOML date, as text.
  std::string date(const toml::table& in, std::string_view name) {
    const auto* node = in.get(name);
    const auto* value = node ? node->as_date() : nullptr;
    if (!value) {
      complain(
          node ? *node : static_cast<const toml::node&>(in),
          "'" + std::string(name) + "' is a date like 2026-11-21");
      return {};
    }
    auto d = value->get();
    auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return std::to_string(d.year) + "-" + two(d.month) + "-" + two(d.day);
  }

  std::vector<const toml::table*> tables(const toml::table& in, std::string_view name) {
    std::vector<const toml::table*> out;
    const auto* node = in.get(name);
    if (!node)
      return out;
    const auto* list = node->as_array();
    if (!list)
      complain(*node, "write [[" + std::string(name) + "]]");
    else
      for (const auto& member : *list) {
        if (const auto* table = member.as_table())
          out.push_back(table);
        else
          complain(member, "write [[" + std::string(name) + "]]");
      }
    return out;
  }

  template <class Check>
  std::vector<std::string>
  texts(const toml::table& in, std::string_view name, const char* like, Check fits) {
    std::vector<std::string> out;
    const auto* node = in.get(name);
    if (!node)
      return out;
    const auto* list = node->as_array();
    auto sentence = "'" + std::string(name) + "' is a list like " + like;
    if (!list || list->empty()) {
      complain(*node, sentence);
      return out;
    }
    for (const auto& member : *list) {
      const auto* value = member.as_string();
      if (!value || !fits(value->get()))
        complain(member, sentence);
      else if (std::find(out.begin(), out.end(), value->get()) != out.end())
        complain(member, "'" + value->get() + "' stands twice in '" + std::string(name) + "'");
      else
        out.push_back(value->get());
    }
    return out;
  }

  std::optional<day_hours> hours(const toml::table& in, std::string_view name) {
    const auto* node = in.get(name);
    if (!node)
      return std::nullopt;
    const auto* value = node->as_string();
    auto read = parse_day_hours(value ? std::string_view{value->get()} : std::string_view{});
    if (!read) {
      complain(*node, "'" + std::string(name) + "': " + read.error().detail);
      return day_hours{}; // told already: it is not missing
    }
    return *read;
  }

  holiday read_holiday(const toml::table& in) {
    holiday h;
    expect(in, {"id", "name", "date", "weekday", "nth", "month", "easter", "shift", "observed"});
    h.id = id_of(in);
    h.name = needed_text(in, "name");
    auto kinds =
        int{in.contains("date")} + int{in.contains("weekday")} + int{in.contains("easter")};
    if (kinds != 1)
      complain(in, "a holiday has one of 'date', 'weekday' and 'easter'");
    if (in.contains("date"))
      read_month_day(in, h);
    if (in.contains("weekday"))
      read_weekday(in, h);
    else if (in.contains("nth") || in.contains("month"))
      complain(in, "'nth' and 'month' belong to a holiday with 'weekday'");
    if (in.contains("easter")) {
      h.kind = holiday::rule::easter;
      h.shift = static_cast<int>(number(in, "easter", -60, 60).value_or(0));
      if (in.contains("shift"))
        complain(in, "'shift' does not go with 'easter', which is one");
    } else {
      h.shift = static_cast<int>(number(in, "shift", -14, 14).value_or(0));
    }
    auto kept = text(in, "observed");
    if (kept == "monday")
      h.kept = holiday::observance::monday;
    else if (kept == "nearest_weekday")
      h.kept = holiday::observance::nearest_weekday;
    else if (!kept.empty())
      complain(*in.get("observed"), "'observed' is \"monday\" or \"nearest_weekday\"");
    return h;
  }

  void read_month_day(const toml::table& in, holiday& h) {
    auto day = text(in, "date");
    auto digits = day.size() == 5 && day[2] == '-';
    for (std::size_t i = 0; digits && i < 5; ++i)
      digits = i == 2 || (day[i] >= '0' && day[i] <= '9');
    if (digits) {
      h.month = static_cast<unsigned>((day[0] - '0') * 10 + day[1] - '0');
      h.day = static_cast<unsigned>((day[3] - '0') * 10 + day[4] - '0');
      using namespace std::chrono;
      digits = year_month_day{year{2024}, month{h.month}, std::chrono::day{h.day}}.ok();
    }
    if (!digits)
      complain(*in.get("date"), "'date' is month and day, like \"07-04\"");
  }

  void read_weekday(const toml::table& in, holiday& h) {
    h.kind = holiday::rule::weekday;
    auto name = text(in, "weekday");
    auto found = std::find(day_names.begin(), day_names.end(), name);
    if (found == day_names.end())
      complain(*in.get("weekday"), "'weekday' is one of mon, tue, wed, thu, fri, sat, sun");
    else
      h.weekday = static_cast<unsigned>(found - day_names.begin());
    auto nth = number(in, "nth", -1, 4);
    if (!in.contains("nth") || nth == 0)
      complain(in, "'nth' is 1 to 4, or -1 for the last of the month");
    h.nth = static_cast<int>(nth.value_or(1));
    if (!in.contains("month"))
      complain(in, "'month' is missing");
    h.month = static_cast<unsigned>(number(in, "month", 1, 12).value_or(1));
  }

  rule_entry read_entry(const toml::table& in) {
    rule_entry e;
    e.line = in.source().begin.line;
    expect(
        in, {"id", "countries", "states", "area_codes", "hours", "days", "holidays",
             "holiday_hours", "calls_per_day", "source", "source_date", "note"});
    e.id = id_of(in);
    e.countries =
        texts(in, "countries", "[\"US\", \"CA\"]", [](const auto& t) { return is_upper(t, 2, 2); });
    e.states = texts(in, "states", "[\"FL\"]", [](const auto& t) { return is_upper(t, 2, 3); });
    e.area_codes =
        texts(in, "area_codes", "[\"850\"]", [](const auto& t) { return is_area_code(t); });
    if (e.countries.empty() && (in.contains("states") || in.contains("area_codes")))
      complain(in, "'states' and 'area_codes' need their 'countries'");
    read_days(in, e);
    for (const auto& id :
         texts(in, "holidays", "[\"new-year\"]", [](const auto& t) { return is_id(t); })) {
      auto found = std::find(holidays_.begin(), holidays_.end(), id);
      if (found == holidays_.end())
        complain(*in.get("holidays"), "the holiday '" + id + "' does not stand in this file");
      else
        e.holidays.push_back(static_cast<std::uint16_t>(found - holidays_.begin()));
    }
    if (auto read = hours(in, "holiday_hours")) {
      e.holiday_hours = *read;
      if (!in.contains("holidays"))
        complain(in, "'holiday_hours' needs 'holidays'");
    }
    if (auto calls = number(in, "calls_per_day", 1, 1'000))
      e.calls_per_day = static_cast<std::int32_t>(*calls);
    e.source = needed_text(in, "source");
    e.source_date = date(in, "source_date");
    e.note = text(in, "note");
    return e;
  }

  void read_days(const toml::table& in, rule_entry& e) {
    auto every = hours(in, "hours");
    const auto* node = in.get("days");
    const auto* days = node ? node->as_table() : nullptr;
    if (node && !days)
      complain(*node, "'days' is a table like { sun = \"closed\" }");
    if (days)
      for (const auto& [name, value] : *days)
        if (std::find(day_names.begin(), day_names.end(), name.str()) == day_names.end())
          complain(
              value,
              "'" + std::string(name.str()) + "' is no day: mon, tue, wed, thu, fri, sat, sun");
    for (std::size_t i = 0; i < 7; ++i) {
      auto own = days ? hours(*days, day_names[i]) : std::nullopt;
      if (own || every)
        e.days[i] = own ? *own : *every;
      else
        complain(
            in,
            "no hours for " + std::string(day_names[i]) + ": write 'hours', or each day in 'days'");
    }
  }

  template <class List>
  void twice(const toml::table& file, const char* what, const List& list) {
    std::set<std::string> seen;
    auto places = tables(file, what);
    for (std::size_t i = 0; i < list.size(); ++i)
      if (!list[i].id.empty() && !seen.insert(list[i].id).second)
        complain(*places[i], "the " + std::string(what) + " '" + list[i].id + "' stands twice");
  }

  std::vector<std::string> holidays_;
};

} // namespace

result<rule_pack> read_rule_pack(std::string_view text) {
  toml::table file;
  try {
    file = toml::parse(text);
  } catch (const toml::parse_error& why) {
    auto line = std::to_string(why.source().begin.line);
    return fail_field(
        "/" + line, "rule_pack", "line " + line + ": " + std::string{why.description()});
  }
  reader r;
  auto pack = r.read(file);
  if (r.wrong.empty())
    return pack;
  std::stable_sort(r.wrong.begin(), r.wrong.end(), [](const auto& a, const auto& b) {
    return std::stoul(a.pointer.substr(1)) < std::stoul(b.pointer.substr(1));
  });
  error why{
      .code = errc::invalid,
      .detail = std::to_string(r.wrong.size()) + (r.wrong.size() == 1 ? " mistake" : " mistakes")};
  for (const auto& field : r.wrong)
    why.detail += "\n  " + field.message;
  why.fields = std::move(r.wrong);
  return fail(std::move(why));
}

result<rule_pack> load_rule_pack(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return fail(errc::not_found, "cannot read the rule pack " + path);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  return read_rule_pack(text);
}

const std::vector<rule_pack>& built_in_rule_packs() {
  static const auto& packs = *new std::vector<rule_pack>([] {
    std::vector<rule_pack> out;
    for (const auto& file : embedded::rule_packs())
      if (auto pack = read_rule_pack(file.text))
        out.push_back(std::move(*pack));
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return out;
  }());
  return packs;
}

const rule_pack* find_rule_pack(std::string_view id) {
  const auto& packs = built_in_rule_packs();
  auto found = std::find_if(packs.begin(), packs.end(), [&](const auto& p) { return p.id == id; });
  return found == packs.end() ? nullptr : &*found;
}

} // namespace ringmaster::config
