#include "domain/gap.hpp"

#include <algorithm>
#include <set>

#include "domain/mistakes.hpp"
#include "domain/text.hpp"
#include "domain/words.hpp"

namespace ringmaster::gap {

namespace {

constexpr auto statuses = vocabulary_of<status>("open", "resolved", "ignored");
static_assert(statuses.words.size() == static_cast<std::size_t>(status::ignored) + 1);
constexpr auto sources = vocabulary_of<source>("chat", "call", "task", "api");
static_assert(sources.words.size() == static_cast<std::size_t>(source::api) + 1);

constexpr std::size_t metadata_most = 20;

std::string requested_by(const knowledge::reading& r) {
  std::string_view what = "What answers: ";
  if (r.about == knowledge::category::hours)
    what = "The hours, for: ";
  else if (r.about == knowledge::category::prices)
    what = "The price, for: ";
  else if (r.about == knowledge::category::location)
    what = "The place or the way, for: ";
  else if (r.about == knowledge::category::contact)
    what = "How to get in touch, for: ";
  auto out = std::string{what} + r.text;
  while (count_characters(out).value_or(0) > 500)
    out.pop_back();
  while (!count_characters(out))
    out.pop_back();
  return out;
}

} // namespace

std::string_view to_string(status s) { return statuses[s]; }
std::optional<status> parse_status(std::string_view text) { return statuses.find(text); }
std::string_view to_string(source s) { return sources[s]; }
std::optional<source> parse_source(std::string_view text) { return sources.find(text); }

result<checked> check(const draft& d) {
  mistakes wrong;
  checked out;
  wrong.check_text("/question", d.question, 1, 500, true);
  wrong.check_text("/requested_info", d.requested_info, 0, 500, true);
  wrong.check_text("/answered", d.answered, 0, 2'000, true);
  if (d.metadata.size() > metadata_most)
    wrong.add("/metadata", "too_many", "must be at most " + std::to_string(metadata_most));
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < std::min(d.metadata.size(), metadata_most); ++i) {
    const auto& [name, value] = d.metadata[i];
    auto pointer = "/metadata/" + std::to_string(i);
    wrong.check_text(pointer + "/name", name, 1, 100);
    wrong.check_text(pointer + "/value", value, 0, 1'000, true);
    if (!names.insert(trimmed(name)).second)
      wrong.add(pointer + "/name", "duplicate", "is named twice");
  }
  out.read = knowledge::read(d.question);
  if (wrong.none() && out.read.asks.empty())
    wrong.add("/question", "no_words", "has no word that tells what is asked");
  if (!wrong.none())
    return fail(wrong.take());
  out.said = d;
  out.said.question = trimmed(d.question);
  out.said.requested_info = trimmed(d.requested_info);
  if (out.said.requested_info.empty())
    out.said.requested_info = requested_by(out.read);
  out.said.answered = trimmed(d.answered);
  for (auto& [name, value] : out.said.metadata) {
    name = trimmed(name);
    value = trimmed(value);
  }
  auto named = knowledge::parse_category(trimmed(d.category));
  out.about = named ? *named : out.read.about;
  out.said.category = knowledge::to_string(out.about);
  return out;
}

std::string_view name_of(const act& a) {
  constexpr std::string_view names[] = {"resolve", "ignore", "reopen", "ask_again"};
  static_assert(std::size(names) == std::variant_size_v<act>);
  return names[a.index()];
}

const std::vector<step>& steps() {
  static const std::vector<step> all{
      {status::open,     "resolve",   status::resolved},
      {status::open,     "ignore",    status::ignored },
      {status::open,     "ask_again", status::open    },
      {status::resolved, "reopen",    status::open    },
      {status::resolved, "ask_again", status::open    },
      {status::ignored,  "reopen",    status::open    },
      {status::ignored,  "ask_again", status::ignored },
  };
  return all;
}

result<status> decide(status now, const act& what) {
  auto name = name_of(what);
  error why{.code = errc::wrong_state, .detail = {}};
  for (const auto& s : steps())
    if (s.from == now) {
      if (s.on == name)
        return s.to;
      if (s.on != "ask_again") // happens, and is nobody's wish
        why.allowed_transitions.emplace_back(s.on);
    }
  why.detail =
      "a gap that is " + std::string{to_string(now)} + " has no step \"" + std::string{name} + "\"";
  why.current_status = to_string(now);
  return fail(std::move(why));
}

} // namespace ringmaster::gap
