#include "main/demo_talks.hpp"

#include <sstream>
#include <utility>

#include "main/api_document.hpp"

namespace ringmaster {

namespace {

using json = nlohmann::json;

std::string speaker_of(const json& segment) {
  auto who = text_of(segment, "speaker");
  if (who == "assistant")
    return "we:    ";
  return who == "human" ? "callee: " : "note:  ";
}

void tell_values(std::ostream& out, const json& session, const std::string& indent) {
  for (const auto& v : list_of(session, "extracted_data")) {
    if (v.value("value", json()).is_null())
      continue;
    out << indent << text_of(v, "key") << ": " << text_of(v, "text") << "  (said in";
    for (const auto& n : list_of(v, "segments"))
      out << ' ' << n;
    out << ")";
    if (auto doubt = text_of(v, "contradiction"); !doubt.empty())
      out << "  doubtful: " << doubt;
    out << '\n';
  }
}

} // namespace

result<bool> is_processed(api_client& api, const std::string& call) {
  auto seen = read_document(api.get("/api/call-sessions/" + call));
  if (!seen)
    return fail(seen.error());
  const auto& talk = member_of(*seen, "conversation");
  return talk.empty() || !text_of(talk, "processed_at").empty();
}

result<std::string> talk_in_a_word(api_client& api, const std::string& call) {
  auto seen = read_document(api.get("/api/call-sessions/" + call));
  if (!seen)
    return fail(seen.error());
  const auto& talk = member_of(*seen, "conversation");
  if (talk.empty())
    return std::string("nothing said");
  for (const auto& [name, words] : {
           std::pair{"opted_out",    "opted out"   },
           {"wrong_number", "wrong number"}
  })
    if (auto found = talk.find(name); found != talk.end() && *found == true)
      return std::string(words);
  auto who = text_of(talk, "listener");
  if (who != "human" && who != "unknown")
    return who;
  auto goal = text_of(*seen, "goal_achieved");
  return goal == "yes"  ? std::string("goal reached")
         : goal == "no" ? std::string("goal missed")
                        : std::string("undecided");
}

result<std::string> tell_talk(api_client& api, const std::string& call, const std::string& indent) {
  auto seen = read_document(api.get("/api/call-sessions/" + call));
  if (!seen)
    return fail(seen.error());
  std::ostringstream out;
  for (const auto& s : list_of(*seen, "segments"))
    out << indent << number_of(s, "n") << ' ' << speaker_of(s) << text_of(s, "text") << '\n';
  if (auto summary = text_of(*seen, "summary"); !summary.empty())
    out << indent << "came to: " << summary
        << " (goal achieved: " << text_of(*seen, "goal_achieved") << ")\n";
  tell_values(out, *seen, indent);
  for (const auto& f : list_of(*seen, "follow_up_tasks"))
    out << indent << "follow-up, waits for you: "
        << (f.is_object() ? text_of(f, "raw_instruction") : f.dump()) << '\n';
  return out.str();
}

} // namespace ringmaster
