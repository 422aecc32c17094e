#include "main/demo_knowledge.hpp"

#include <sstream>
#include <utility>

#include "main/api_document.hpp"

namespace ringmaster {

namespace {

using json = nlohmann::json;

constexpr const char* question = "Do you have parking?";
constexpr const char* lesson = "Yes, there is free parking behind the house.";

result<json> ask(api_client& api) {
  return read_document(api.post(
      "/api/brain",
      json{
          {"message", question}
  }
          .dump()));
}

} // namespace

result<std::string> tell_knowledge(api_client& api) {
  std::ostringstream out;
  auto before = ask(api);
  if (!before)
    return fail(before.error());
  const auto& gap = member_of(*before, "knowledge_gap");
  out << "  you:    " << question << "\n  Aloha:  " << text_of(*before, "reply") << '\n';
  if (!text_of(gap, "id").empty()) {
    out << "  noted as a knowledge gap (" << text_of(gap, "suggested_category")
        << "); you resolve it: \"" << lesson << "\"\n";
    const json answer{
        {"resolution_notes",      lesson},
        {"add_to_knowledge_base", true  }
    };
    auto done = read_document(
        api.post("/api/knowledge-gaps/" + text_of(gap, "id") + "/resolve", answer.dump()));
    if (!done)
      return fail(done.error());
    auto after = ask(api);
    if (!after)
      return fail(after.error());
    out << "  you:    " << question << "\n  Aloha:  " << text_of(*after, "reply");
    for (const auto& source : list_of(*after, "sources"))
      out << "  (" << text_of(source, "title") << ")";
    out << '\n';
  }
  bool first = true;
  auto listed = each_item(
      api, "/api/calendar/proposals?status=pending", "calendar_proposals", [&](const json& p) {
        if (std::exchange(first, false))
          out << "\n  proposed for your calendar, not entered before you approve:\n";
        const auto& entry = member_of(p, "entry");
        out << "  " << text_of(entry, "title") << ", " << text_of(entry, "when") << '\n';
      });
  if (!listed)
    return fail(listed.error());
  return out.str();
}

} // namespace ringmaster
