// Prices in a conversation: which one stands, and whether it may be agreed to.

#include <algorithm>
#include <utility>

#include "domain/rules_talk.hpp"

namespace ringmaster::rules {

namespace {

bool is_at_most(const money& a, const money& b) {
  auto order = compare(a, b);
  return order && *order != std::strong_ordering::greater;
}

/// "it is not 40 dollars, it is 45": denied just before it.
bool is_denied(const reader& r, std::size_t i) {
  for (std::size_t k = i; k-- > 0 && k + 4 > i && !r.is_one_of(k, {",", ".", "but"});)
    if (r.is_one_of(k, {"not", "isn't", "never"}))
      return !r.is_one_of(k + 1, {"less", "under", "below", "only"});
  return false;
}

std::vector<money> prices_of(std::string_view text, const std::string& region) {
  reader r{std::string{text}};
  std::vector<money> out;
  for (const auto& p : find_prices(r, region, {}))
    if (!is_denied(r, p.where.first))
      out.push_back(p.amount);
  return out;
}

/// The price in what the engine tells of the owner's answer.
std::optional<money>
price_behind(std::string_view line, std::string_view start, const dialogue& d) {
  if (!line.starts_with(start))
    return std::nullopt;
  auto rest = line.substr(start.size());
  // What the owner adds in words is not the price that was asked for.
  return last_price(rest.substr(0, rest.find(" They add: ")), d);
}

} // namespace

std::optional<money> last_price(std::string_view text, const dialogue& d) {
  auto all = prices_of(text, d.about.about.region);
  return all.empty() ? std::nullopt : std::optional{all.back()};
}

std::optional<money> price_on_table(const dialogue& d) {
  for (auto words = d.theirs.rbegin(); words != d.theirs.rend(); ++words)
    if (auto p = last_price(*words, d))
      return p;
  return std::nullopt;
}

bool is_covered(const dialogue& d, const money& price) {
  if (price.micros == 0 || (d.about.may_accept && is_at_most(price, *d.about.may_accept)))
    return true;
  return std::any_of(d.turn.said.news.begin(), d.turn.said.news.end(), [&](const auto& line) {
    auto amount = price_behind(line, "The owner says yes to ", d);
    return amount && is_at_most(price, *amount);
  });
}

maybe hindered_by_price(const dialogue& d) {
  auto price = price_on_table(d);
  if (!price || is_covered(d, *price))
    return std::nullopt;
  const auto& news = d.turn.said.news;
  bool refused = std::any_of(news.begin(), news.end(), [&](const auto& line) {
    auto amount = price_behind(line, "The owner says no to ", d);
    if (!amount)
      amount = price_behind(line, "The owner did not answer about ", d);
    return amount && is_at_most(*amount, *price);
  });
  const auto& tools = d.turn.tools;
  bool may_ask = tools.empty() || std::any_of(tools.begin(), tools.end(), [](const auto& t) {
                   return t.name == "ask_owner";
                 });
  if (!refused && may_ask)
    return utterance{
        "I have to ask the person I am calling for. One moment, please.", {}, {}, price, false};
  // Somebody who insists on a price hears once more that it is too much, and then goodbye.
  if (d.said("cannot agree to that price"))
    return utterance{
        "I am sorry, then it does not work out; I will pass that on. " + goodbye_of(d),
        "no price could be agreed to",
        {},
        {},
        false};
  return utterance{
      "I am sorry, I cannot agree to that price. Is there anything else that you could offer?",
      {},
      {},
      {},
      false};
}

} // namespace ringmaster::rules
