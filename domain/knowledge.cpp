// Agents, categories, chunks and the passages of a profile.

#include "domain/knowledge.hpp"

#include <algorithm>
#include <array>

#include "domain/mistakes.hpp"
#include "domain/text.hpp"
#include "domain/words.hpp"

namespace ringmaster::knowledge {

namespace {

constexpr auto agents = vocabulary_of<agent>("aloha", "sync", "studio", "insight");
static_assert(agents.words.size() == static_cast<std::size_t>(agent::insight) + 1);

constexpr auto categories = vocabulary_of<category>(
    "hours", "location", "prices", "payment", "services", "booking", "policies", "contact",
    "people", "other");
static_assert(categories.words.size() == static_cast<std::size_t>(category::other) + 1);

constexpr std::size_t title_most = 200;

/// The first words of a text, on one line.
std::string title_from(std::string_view text) {
  constexpr std::size_t wanted_most = 60;
  std::string line;
  for (char c : trimmed(text)) {
    bool white = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (white && line.size() >= wanted_most)
      break;
    if (!white)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  // One long word: cut at a character.
  while (count_characters(line).value_or(title_most + 1) > title_most)
    line.pop_back();
  auto end = line.find_last_not_of(" .,;:");
  line.resize(end == std::string::npos ? line.size() : end + 1);
  return line;
}

struct right {
  agent who;
  power what;
};
constexpr std::array<right, 3> rights{
    {
     {agent::aloha, power::hold_calls},
     {agent::aloha, power::propose_calendar},
     {agent::sync, power::propose_calendar},
     }
};

} // namespace

std::string_view to_string(agent a) { return agents[a]; }
std::optional<agent> parse_agent(std::string_view text) { return agents.find(text); }

bool may(agent who, power what) {
  return std::any_of(
      rights.begin(), rights.end(), [&](const right& r) { return r.who == who && r.what == what; });
}

std::string_view to_string(category c) { return categories[c]; }
std::optional<category> parse_category(std::string_view text) { return categories.find(text); }

result<checked_chunk> check(const chunk_draft& d) {
  mistakes wrong;
  checked_chunk out;
  wrong.check_text("/title", d.title, 0, title_most);
  wrong.check_text("/text", d.text, 1, 4'000, true);
  wrong.check_text("/source", d.source, 0, 200);
  auto named = trimmed(d.category);
  auto about = parse_category(named);
  if (!named.empty() && !about)
    wrong.add(
        "/category", "unknown",
        "must be hours, location, prices, payment, services, booking, policies, contact, people or "
        "other");
  if (!wrong.none())
    return fail(wrong.take());
  out.text = trimmed(d.text);
  out.title = trimmed(d.title);
  if (out.title.empty())
    out.title = title_from(out.text);
  if (out.title.empty()) // signs only
    out.title = "Untitled";
  out.source = trimmed(d.source);
  if (out.source.empty())
    out.source = "user";
  out.about = about ? *about : categorise(out.title + ". " + out.text);
  return out;
}

std::vector<passage> passages_of(const business_profile& p) {
  std::vector<passage> out;
  auto add = [&](const std::string& reference, std::string_view name, std::string_view text,
                 category about) {
    if (auto plain = trimmed(text); !plain.empty())
      out.push_back(
          {"profile:" + reference,
           "Business profile: " + std::string{trimmed(name)},
           std::string{plain},
           about,
           0,
           {}});
  };
  add("name", "name", p.name, category::other);
  add("description", "description", p.description, category::services);
  add("hours", "hours", p.hours, category::hours);
  add("address", "address", p.address, category::location);
  add("website", "website", p.website, category::contact);
  add("email", "email", p.email, category::contact);
  if (p.number)
    add("phone", "phone", p.number->reveal(), category::contact);
  for (const auto& [name, value] : p.facts)
    add("facts/" + std::string{trimmed(name)}, name, value, categorise(name + ". " + value));
  return out;
}

std::string_view does_not_know(agent who) {
  switch (who) {
  case agent::aloha:
    return "I do not know that, and I will not guess. I have noted the question for you to answer.";
  case agent::sync:
    return "I do not know that. I have noted the question, so that it can be answered.";
  case agent::studio:
    return "I have nothing on that in the knowledge base. I have noted the question as a gap.";
  case agent::insight:
    return "Nothing in the profile or the knowledge base answers that. I have noted the gap.";
  }
  return "I do not know that.";
}

} // namespace ringmaster::knowledge
