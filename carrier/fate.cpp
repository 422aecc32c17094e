#include "carrier/fate.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "carrier/chance.hpp"

namespace ringmaster::telco {

namespace {

const scripted* script_line(const scenario& s, std::string_view to, std::uint32_t ordinal) {
  if (s.script.empty())
    return nullptr;
  auto found = s.script.find(to);
  if (found == s.script.end() || found->second.empty())
    return nullptr;
  return &found->second[std::min<std::size_t>(ordinal, found->second.size() - 1)];
}

outcome draw(const outcome_mix& weights, dice& d) {
  std::int64_t total = 0;
  for (auto w : weights)
    total += w;
  auto at = d.between(0, std::max<std::int64_t>(total - 1, 0));
  for (std::size_t i = 0; i < outcome_count; ++i) {
    if (at < weights[i])
      return static_cast<outcome>(i);
    at -= weights[i];
  }
  return outcome::answered;
}

fault draw(const fault_mix& chances, dice d) {
  auto at = d.unit();
  for (std::size_t i = 1; i < fault_count; ++i) {
    if (at < chances[i])
      return static_cast<fault>(i);
    at -= chances[i];
  }
  return fault::none;
}

/// The persona of a call, and whether it was chosen for this number.
struct chosen {
  std::shared_ptr<const persona> who;
  bool by_number = false;
};

chosen choose_persona(const scenario& s, const scripted* line, std::string_view to, const fate& f) {
  auto named = [&](std::string_view name) -> std::shared_ptr<const persona> {
    auto found = s.personas.find(name);
    return found == s.personas.end() ? nullptr : found->second;
  };
  // Without callbacks no document is played and nobody talks.
  if (s.callbacks == callback_order::off)
    return {};
  if (line && !line->persona.empty())
    return {named(line->persona), line->persona != "none"};
  if (auto found = s.callees.find(to); found != s.callees.end())
    return {named(found->second), true};
  if (s.persona_mix.empty() || f.outcome != outcome::answered || (line && line->gather))
    return {};
  std::int64_t total = 0;
  for (const auto& [name, weight] : s.persona_mix)
    total += weight;
  dice d(sub_seed(f.seed, "persona", {}, 0));
  auto at = d.between(0, std::max<std::int64_t>(total - 1, 0));
  for (const auto& [name, weight] : s.persona_mix) {
    if (at < weight)
      return {named(name), false};
    at -= weight;
  }
  return {};
}

milliseconds draw(const time_range& range, dice& d) {
  return milliseconds(d.between(range.min.count(), range.max.count()));
}

} // namespace

fate decide_fate(
  const scenario& s, std::string_view to, std::uint32_t request_ordinal,
  std::uint32_t call_ordinal) {
  fate f;
  f.seed = sub_seed(s.seed, "call", to, call_ordinal);
  f.request_ordinal = request_ordinal;
  // Every value is drawn, whether used or not: a scripted outcome leaves the times as they were.
  dice d(f.seed);
  f.outcome = draw(s.outcomes, d);
  f.setup = milliseconds(d.between(150, 900));
  f.ring = draw(s.ring, d);
  f.talk = draw(s.talk, d);
  f.detection = milliseconds(d.between(1200, 4000));
  const bool unsure = d.hits(0.03);
  const auto* line = script_line(s, to, request_ordinal);
  if (line) {
    f.outcome = line->outcome.value_or(f.outcome);
    f.ring = line->ring.value_or(f.ring);
    f.talk = line->talk.value_or(f.talk);
    f.answered_by = line->answered_by;
  }
  if (auto who = choose_persona(s, line, to, f); who.who) {
    // Who was chosen for a number is there, unless the script says otherwise.
    if (who.by_number && !(line && line->outcome))
      f.outcome = outcome::answered;
    if (!(line && line->talk))
      f.talk = who.who->timing.longest;
    if (f.answered_by.empty())
      f.answered_by = who.who->detected;
    f.persona = std::move(who.who);
  }
  if (f.answered_by.empty())
    f.answered_by = f.outcome == outcome::voicemail ? "machine_start" : unsure ? "unknown" : "human";
  return f;
}

fault decide_create_fault(const scenario& s, std::string_view to, std::uint32_t ordinal) {
  if (const auto* line = script_line(s, to, ordinal); line && line->fault)
    return *line->fault;
  return draw(s.create_faults, dice(sub_seed(s.seed, "create", to, ordinal)));
}

fault decide_other_fault(const scenario& s, std::string_view target, std::uint64_t ordinal) {
  return draw(s.other_faults, dice(sub_seed(s.seed, "other", target, ordinal)));
}

milliseconds decide_slowness(const scenario& s, std::string_view about, std::uint64_t ordinal) {
  dice d(sub_seed(s.seed, "slow", about, ordinal));
  return draw(s.slow_for, d);
}

reply reply_at(const scenario& s, std::string_view to, const fate& f, std::size_t index) {
  if (const auto* line = script_line(s, to, f.request_ordinal); line && line->gather)
    return index < line->gather->size() ? (*line->gather)[index] : reply{};
  if (f.outcome == outcome::voicemail)
    return {};
  static constexpr std::array<std::string_view, 8> phrases{
    "Yes, that is fine.",      "Yes please.",         "No, thank you.", "Could you say that again?",
    "I am busy at the moment.", "Tomorrow after three.", "Who is calling?", "That works for me."};
  dice d(sub_seed(f.seed, "gather", to, index));
  if (d.hits(0.15))
    return {};
  const auto which = static_cast<std::size_t>(d.between(0, std::ssize(phrases) - 1));
  const auto confidence = static_cast<double>(d.between(7000, 9900)) / 10000.0;
  return {reply::kind::speech, std::string(phrases[which]), confidence};
}

callback_fate decide_callback(const scenario& s, const fate& f, std::uint32_t sequence) {
  dice d(sub_seed(f.seed, "callback", {}, sequence));
  callback_fate out;
  out.lost = d.hits(s.callback_lost);
  out.duplicate = d.hits(s.callback_duplicate);
  out.reorder = d.hits(s.callback_reorder);
  out.delay = milliseconds(d.between(0, 3000));
  return out;
}

} // namespace ringmaster::telco
