#include "carrier/mind.hpp"

#include <algorithm>

#include "carrier/chance.hpp"

namespace ringmaster::telco {

namespace {

/// Expressions look at the end of a long speech only.
constexpr std::size_t heard_max = 4000;

bool fits(
  const persona_rule& rule, const std::string& plain, std::string_view keys,
  const std::map<std::string, std::string>& values) {
  auto found = [&](const phrase& p) { return p.found_in(plain, values); };
  if (!rule.keys.empty() && keys.find(rule.keys) == std::string_view::npos)
    return false;
  if (!rule.when.empty() && std::none_of(rule.when.begin(), rule.when.end(), found))
    return false;
  return std::none_of(rule.unless.begin(), rule.unless.end(), found);
}

} // namespace

persona_mind::persona_mind(std::shared_ptr<const persona> who, std::uint64_t seed)
  : who_(std::move(who)), seed_(seed) {
  for (const auto& [name, choice] : who_->values) {
    dice d(sub_seed(seed_, "value", name, 0));
    values_[name] = choice[static_cast<std::size_t>(d.between(0, std::ssize(choice) - 1))];
  }
}

std::string persona_mind::filled(std::string text) const {
  for (const auto& [name, value] : values_) {
    const auto mark = "{" + name + "}";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
      text.replace(at, mark.size(), value);
  }
  return text;
}

reaction persona_mind::answered() {
  reaction out;
  out.lines = who_->greeting;
  for (auto& line : out.lines)
    line.say = filled(std::move(line.say));
  return out;
}

reaction persona_mind::hears(std::string_view text, std::string_view keys) {
  if (text.size() > heard_max)
    text.remove_prefix(text.size() - heard_max);
  const auto plain = plain_words(text);
  const auto& state = who_->states[state_];
  for (const auto* rules : {&state.rules, &who_->always})
    for (const auto& rule : *rules)
      if (fits(rule, plain, keys, values_))
        return follow(rule);
  return state.otherwise ? follow(*state.otherwise) : reaction{};
}

reaction persona_mind::silence() {
  const auto& state = who_->states[state_];
  return state.silence ? follow(*state.silence) : reaction{};
}

std::size_t persona_mind::barge_in() const { return who_->states[state_].barge_in; }

reaction persona_mind::follow(const persona_rule& rule) {
  reaction out;
  const auto ordinal = said_++;
  if (!rule.say.empty() || !rule.press.empty()) {
    persona_line first;
    first.pause = rule.pause;
    first.press = rule.press;
    if (!rule.say.empty()) {
      dice d(sub_seed(seed_, "say", {}, ordinal));
      first.say = filled(rule.say[static_cast<std::size_t>(d.between(0, std::ssize(rule.say) - 1))]);
    }
    out.lines.push_back(std::move(first));
  }
  for (auto line : rule.then) {
    line.say = filled(std::move(line.say));
    out.lines.push_back(std::move(line));
  }
  out.hang_up = rule.hang_up || static_cast<std::int64_t>(said_) >= who_->timing.turns_most;
  if (!rule.go.empty())
    state_ = static_cast<std::size_t>(who_->find(rule.go) - who_->states.data());
  return out;
}

reaction phrase_mind::hears(std::string_view, std::string_view) {
  reaction out;
  const auto said = reply_at(rules_, to_, fate_, replies_++);
  if (said.what == reply::kind::speech)
    out.lines.push_back({{}, said.text, {}});
  else if (said.what == reply::kind::digits)
    out.lines.push_back({{}, {}, said.text});
  return out;
}

} // namespace ringmaster::telco
