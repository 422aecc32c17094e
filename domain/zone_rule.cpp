#include "domain/zone_rule.hpp"

#include <algorithm>

namespace ringmaster {

namespace {

using namespace std::chrono;

/// Reads a rule from left to right; the first thing that does not fit ends it.
class reader {
 public:
  explicit reader(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

  bool take(char c) {
    if (!ok_ || rest_.empty() || rest_.front() != c)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) { ok_ = take(c); }

  /// The name of a half of the year, which nobody here needs.
  void skip_name() {
    std::size_t length = 0;
    if (take('<')) {
      length = std::min(rest_.find('>'), rest_.size());
      rest_.remove_prefix(length);
      expect('>');
    } else {
      auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
      while (length < rest_.size() && is_letter(rest_[length]))
        ++length;
      rest_.remove_prefix(length);
    }
    ok_ = ok_ && length >= 3;
  }

  int number(int least, int most) {
    int value = 0;
    std::size_t digits = 0;
    for (; ok_ && digits < 4 && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++digits) {
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    ok_ = ok_ && digits > 0 && value >= least && value <= most;
    return ok_ ? value : least;
  }

  /// `[+-]hh[:mm[:ss]]`
  seconds time() {
    auto negative = take('-');
    if (!negative)
      take('+');
    seconds value = hours{number(0, 167)};
    if (take(':')) {
      value += minutes{number(0, 59)};
      if (take(':'))
        value += seconds{number(0, 59)};
    }
    return negative ? -value : value;
  }

  bool name_follows() const {
    return !rest_.empty() && rest_.front() != ',';
  }

  bool time_follows() const {
    return !rest_.empty() && (rest_.front() == '+' || rest_.front() == '-' || (rest_.front() >= '0' && rest_.front() <= '9'));
  }

  zone_rule::change change() {
    using how = zone_rule::change::how;
    zone_rule::change c;
    if (take('M')) {
      c.month = number(1, 12);
      expect('.');
      c.week = number(1, 5);
      expect('.');
      c.weekday = number(0, 6);
    } else if (take('J')) {
      c.kind = how::day_without_leap;
      c.day = number(1, 365);
    } else {
      c.kind = how::day_with_leap;
      c.day = number(0, 365);
    }
    if (take('/'))
      c.time = time();
    return c;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

sys_days day_of(const zone_rule::change& c, int y) {
  using how = zone_rule::change::how;
  auto new_year = sys_days{year{y} / January / 1};
  switch (c.kind) {
    case how::day_with_leap: return new_year + days{c.day};
    case how::day_without_leap: {
      auto after_february = c.day > 31 + 28;
      return new_year + days{c.day - 1 + (after_february && year{y}.is_leap() ? 1 : 0)};
    }
    case how::weekday_of_month: break;
  }
  auto m = year{y} / month{static_cast<unsigned>(c.month)};
  weekday wanted{static_cast<unsigned>(c.weekday)};
  if (c.week == 5)
    return sys_days{m / wanted[last]};
  return sys_days{m / wanted[static_cast<unsigned>(c.week)]};
}

} // namespace

std::optional<zone_rule> zone_rule::parse(std::string_view text) {
  reader in(text);
  zone_rule rule;
  in.skip_name();
  rule.standard = -in.time(); // the text counts westward
  rule.summer = rule.standard;
  if (in.ok() && in.name_follows()) {
    in.skip_name();
    rule.summer = in.time_follows() ? -in.time() : rule.standard + hours{1};
    in.expect(',');
    rule.to_summer = in.change();
    in.expect(',');
    rule.to_standard = in.change();
  }
  if (!in.ok() || !in.at_end())
    return std::nullopt;
  return rule;
}

std::vector<zone_rule::step> zone_rule::steps(int first, int last) const {
  std::vector<step> out;
  if (!to_summer || !to_standard)
    return out;
  for (int y = first; y <= last; ++y) {
    out.push_back({day_of(*to_summer, y) + to_summer->time - standard, summer});
    out.push_back({day_of(*to_standard, y) + to_standard->time - summer, standard});
  }
  std::sort(out.begin(), out.end(), [](const step& a, const step& b) { return a.at < b.at; });
  return out;
}

} // namespace ringmaster
