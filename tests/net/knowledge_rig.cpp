#include "tests/net/knowledge_rig.hpp"

#include <utility>

namespace ringmaster::net_tests {

std::string word(const http::response& r, const std::string& pointer) {
  auto found = field(r, pointer);
  return found.is_string() ? found.get<std::string>() : found.dump();
}

std::string mistakes_of(const http::response& r) {
  std::string out;
  const auto doc = nlohmann::ordered_json::parse(r.body);
  for (const auto& e : doc.at("errors"))
    out += (out.empty() ? "" : ", ") + e["pointer"].get<std::string>() + ' ' +
           e["code"].get<std::string>();
  return out;
}

knowledge_rig::knowledge_rig() {
  engine.answer_ = [this](const ask_brain& m) { return think(m); };
}

void knowledge_rig::open_shop() {
  auto& p = desk.data.profiles[ann];
  p.name = "Hair by Ann";
  p.hours = "We are open Monday to Friday from 9 am to 6 pm.";
  p.address = "12 Main Street, Springfield";
}

result<brain::answered> knowledge_rig::think(const ask_brain& m) {
  asked.push_back(m.what);
  brain::answered out;
  out.by = "rules";
  auto done = desk.transact(m.who, [&](desk_work& w) -> result<void> {
    auto question = knowledge::read(m.what.text);
    auto found = w.knowledge().consult(question);
    if (!found)
      return fail(found.error());
    auto composed = knowledge::compose(question, *found);
    out.covered = composed.covered;
    out.reply = composed.covered ? composed.text : std::string(knowledge::does_not_know(m.what.to));
    out.sources = composed.sources;
    if (m.what.rehearsal)
      return {};
    if (!out.covered) {
      gap::draft d;
      d.who = m.what.to;
      d.from = gap::source::chat;
      d.question = m.what.text;
      d.answered = out.reply;
      auto checked = gap::check(d);
      if (!checked)
        return fail(checked.error());
      auto logged = w.knowledge().log_gap(gap_id{desk.make_id()}, *checked);
      if (!logged)
        return fail(logged.error());
      out.gap = logged->gap;
    }
    out.chat = m.what.chat.value_or(chat_id{desk.make_id()});
    brain::message question_said, reply;
    question_said.text = m.what.text;
    reply.from_user = false;
    reply.text = out.reply;
    reply.sources = out.sources;
    reply.by = out.by;
    if (out.gap)
      reply.gap = out.gap->id;
    auto kept = w.chats().add(*out.chat, !m.what.chat, m.what.to, question_said, reply);
    if (!kept)
      return fail(kept.error());
    return {};
  });
  if (!done)
    return fail(done.error());
  return out;
}

std::string knowledge_rig::log(const std::string& question) {
  auto body = nlohmann::ordered_json::object();
  body["question"] = question;
  return word(post("/api/knowledge-gaps", body.dump()), "/knowledge_gap/id");
}

std::string knowledge_rig::propose(const std::string& title, const std::string& starts_at) {
  auto body = nlohmann::ordered_json::object();
  body["title"] = title;
  body["starts_at"] = starts_at;
  return word(post("/api/calendar/proposals", body.dump()), "/calendar_proposal/id");
}

} // namespace ringmaster::net_tests
