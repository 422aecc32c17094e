#include "domain/zone.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include <date/tz.h>

#include "domain/zone_aliases.hpp"
#include "domain/zone_rule.hpp"

namespace ringmaster {

// -- look-up ------------------------------------------------------------------------------------

namespace {

/// The index has one entry for every 2^43 microseconds (101 days) since 1970, so that few spans
/// lie between an entry and the one that is looked for.
constexpr int bucket_bits = 43;
constexpr std::int64_t bucket_count = (std::int64_t{4'102'444'800} * 1'000'000 >> bucket_bits) + 1;

} // namespace

zone::zone(std::string name, std::vector<span> spans)
  : name_(std::move(name)), spans_(std::move(spans)) {
  assert(!spans_.empty());
  index_.reserve(static_cast<std::size_t>(bucket_count));
  std::size_t at = 0;
  for (std::int64_t bucket = 0; bucket < bucket_count; ++bucket) {
    instant begin{std::chrono::microseconds{bucket << bucket_bits}};
    while (at + 1 < spans_.size() && spans_[at].end <= begin)
      ++at;
    index_.push_back(static_cast<std::uint16_t>(at));
  }
}

zone::span zone::at(instant t) const {
  auto bucket = std::clamp<std::int64_t>(
    t.time_since_epoch().count() >> bucket_bits, 0, bucket_count - 1);
  std::size_t at = index_[static_cast<std::size_t>(bucket)];
  while (at > 0 && t < spans_[at].begin)
    --at;
  while (at + 1 < spans_.size() && t >= spans_[at].end)
    ++at;
  return spans_[at];
}

// -- reading the system's data --------------------------------------------------------------------

namespace {

constexpr int last_year = 2100;
constexpr std::size_t longest_name = 64;

/// Names of places and of the few historical zones; no path tricks, and none of the files that
/// lie beside the zones (a copy of this machine's own zone, the same data with leap seconds).
bool is_acceptable(std::string_view name) {
  if (name.empty() || name.size() > longest_name)
    return false;
  auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'
           || c == '+' || c == '-' || c == '/';
  };
  if (!std::all_of(name.begin(), name.end(), fits) || name.front() == '/' || name.back() == '/')
    return false;
  auto folder = name.substr(0, name.find('/'));
  return name.find("//") == std::string_view::npos && folder != "right" && folder != "posix"
         && name != "posixrules" && name != "localtime" && name != "Factory"
         && name != "leapseconds";
}

const date::time_zone* locate(std::string_view name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

/// The rule that continues a zone beyond its listed changes: the last line of its file. date reads
/// the listed changes only, which end in 2037 at the latest.
std::optional<zone_rule> rule_of(const std::string& name) {
  std::ifstream file("/usr/share/zoneinfo/" + name, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  // The first version of the format ends without such a line.
  if (!content.starts_with("TZif") || content.size() < 44 || content[4] < '2'
      || content.back() != '\n')
    return std::nullopt;
  content.pop_back();
  auto line = content.rfind('\n');
  return line == std::string::npos ? std::nullopt
                                   : zone_rule::parse(std::string_view{content}.substr(line + 1));
}

void append(std::vector<zone::span>& spans, instant from, std::chrono::seconds offset) {
  if (!spans.empty()) {
    if (spans.back().offset == offset)
      return; // only the name of the time changed
    spans.back().end = from;
  }
  spans.push_back({offset, spans.empty() ? instant::min() : from, instant::max()});
}

std::vector<zone::span> read_spans(const date::time_zone& source) {
  std::vector<zone::span> spans;
  date::sys_seconds t{};
  const date::sys_seconds end = date::sys_days{date::year{last_year + 1} / 1 / 1};
  date::sys_seconds last{};
  while (t < end) {
    auto info = source.get_info(t);
    append(spans, t, info.offset);
    last = t;
    if (info.end <= t)
      break;
    t = info.end;
  }
  auto last_listed = static_cast<int>(date::year_month_day{date::floor<date::days>(last)}.year());
  if (auto rule = rule_of(source.name()))
    for (const auto& step : rule->steps(last_listed, last_year))
      if (step.at > last)
        append(spans, step.at, step.offset);
  return spans;
}

/// Reads a zone under today's name, or under one of its old names where the data is older than the
/// new one. UTC needs no data at all.
std::shared_ptr<const zone> load(std::string_view canonical) {
  const auto* source = locate(canonical);
  for (const auto& entry : zone_aliases()) {
    if (source)
      break;
    if (entry.canonical == canonical)
      source = locate(entry.alias);
  }
  try {
    if (source)
      return std::make_shared<const zone>(std::string{canonical}, read_spans(*source));
  } catch (const std::exception&) {
    // A file that cannot be read is no zone.
  }
  if (canonical == "UTC" || canonical == "GMT")
    return std::make_shared<const zone>(
      std::string{canonical}, std::vector<zone::span>{{{}, instant::min(), instant::max()}});
  return nullptr;
}

/// Zones by every name under which they were asked for. Only names that exist are kept, so that
/// nobody can fill it.
struct zone_cache {
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::shared_mutex lock;
  std::unordered_map<std::string, std::shared_ptr<const zone>, text_hash, std::equal_to<>> zones;
};

zone_cache& cache() {
  static auto& instance = *new zone_cache; // outlives every thread that may still ask
  return instance;
}

} // namespace

result<std::shared_ptr<const zone>> zone::find(std::string_view name) {
  auto& known = cache();
  {
    std::shared_lock guard(known.lock);
    if (auto found = known.zones.find(name); found != known.zones.end())
      return found->second;
  }
  std::shared_ptr<const zone> loaded;
  if (is_acceptable(name)) {
    auto canonical = canonical_zone(name);
    if (canonical != name) {
      // The aliases of a zone share one object.
      if (auto target = find(canonical))
        loaded = *target;
    } else {
      loaded = load(name);
    }
  }
  if (!loaded)
    return fail_field(
      "/timezone", "unknown_timezone",
      "not a time zone that this installation knows; names are like America/New_York");
  std::unique_lock guard(known.lock);
  return known.zones.try_emplace(std::string{name}, std::move(loaded)).first->second;
}

const std::vector<zone::known_name>& zone::names() {
  static const auto& all = *new std::vector<known_name>([] {
    std::vector<known_name> found;
    auto add = [&](std::string_view name) {
      if (is_acceptable(name) && find(name))
        found.push_back({std::string{name}, std::string{canonical_zone(name)}});
    };
    try {
      for (const auto& each : date::get_tzdb().zones)
        add(each.name());
    } catch (const std::exception&) {
      // Without the system's data only what needs none is left.
    }
    for (const auto& entry : zone_aliases()) {
      add(entry.alias);
      add(entry.canonical);
    }
    std::sort(found.begin(), found.end(), [](const known_name& a, const known_name& b) {
      return a.name < b.name;
    });
    found.erase(
      std::unique(
        found.begin(), found.end(),
        [](const known_name& a, const known_name& b) { return a.name == b.name; }),
      found.end());
    return found;
  }());
  return all;
}

} // namespace ringmaster
