// Answers from the knowledge base by rules: in a chat, and to what the other end of a call asks.

#include <algorithm>
#include <string>

#include "domain/brain.hpp"
#include "domain/knowledge.hpp"
#include "domain/rules_parts.hpp"
#include "domain/rules_talk.hpp"
#include "domain/spoken.hpp"

namespace ringmaster::rules {

namespace {

/// Of a task's owner these are given only as the brief allows it.
bool is_owners_own(const knowledge::passage& p) {
  return p.reference == "profile:name" || p.reference == "profile:phone" ||
         p.reference == "profile:email" || p.reference == "profile:address";
}

/// "Hello", "thank you": nothing is asked. Empty: something may be.
std::string small_talk(const knowledge::reading& question, std::string_view words) {
  talk::spoken s{words};
  if (s.has({"thank you", "thanks", "bye", "goodbye"}) && s.count() <= 6 &&
      !knowledge::is_question(words))
    return "You are welcome.";
  if (s.count() <= 6 && s.has(
                            {"who are you", "what are you", "what can you do",
                             "are you a .. robot|bot|human|machine|ai"}))
    return "I am an automated assistant that answers from your profile and your knowledge base, by "
           "rules.";
  if (!question.asks.empty())
    return {};
  return "Hello. Ask me what you want to know; I answer from your profile and your knowledge base.";
}

} // namespace

knowledge::answer known_to_business(const dialogue& d) {
  auto question = knowledge::read(d.heard);
  std::vector<knowledge::passage> found;
  for (const auto& p : d.turn.said.passages)
    if (!d.about.of_task || !is_owners_own(p))
      found.push_back(p);
  auto out = knowledge::compose(question, found);
  if (!out.covered)
    out.text.clear();
  return out;
}

assistant::turn_end chat(const assistant::chat_brief& about) {
  assistant::turn_end out;
  auto question = knowledge::read(about.question);
  if (auto words = small_talk(question, about.question); !words.empty()) {
    out.text = words;
    return out;
  }
  auto answer = knowledge::compose(question, about.found);
  if (answer.covered) {
    out.text = answer.text;
    // The marks of the passages, as models set them: which of them it was is then known for sure.
    for (const auto& c : answer.sources)
      for (std::size_t i = 0; i < about.found.size(); ++i)
        if (about.found[i].reference == c.reference) {
          out.text.insert(out.text.size() - 1, " [" + std::to_string(i + 1) + "]");
          break;
        }
    return out;
  }
  out.text = knowledge::does_not_know(about.who);
  out.calls.push_back(
      {"call-1",
       brain::gap_tool().name,
       "{\"question\":" + json_string(question.text) +
           ",\"requested_info\":" + json_string(answer.requested_info) +
           ",\"category\":" + json_string(knowledge::to_string(answer.suggested)) + "}",
       {}});
  return out;
}

} // namespace ringmaster::rules
