#include <utility>

#include "gateways/assistant/prompt_data.hpp"
#include "gateways/assistant/prompts.hpp"

// The words of a turn, live or in a chat.

namespace ringmaster::assistant {

namespace {

/// Nobody's words can look like the lines around data.
std::string without_fence(const std::string& text) {
  std::string out;
  std::size_t dashes = 0;
  for (const auto c : text) {
    dashes = c == '-' ? dashes + 1 : 0;
    if (dashes < 4)
      out += c;
  }
  return out;
}

class history {
public:
  explicit history(std::vector<message>& into) : into_(into) {}

  /// Words of one side in a row are one message: providers want the roles to alternate.
  void add(message::role from, const std::string& text) {
    if (text.empty())
      return;
    if (!into_.empty() && into_.back().from == from && from != message::role::system && open_) {
      into_.back().text += "\n" + without_fence(text);
      return;
    }
    message one;
    one.from = from;
    one.text = without_fence(text);
    into_.push_back(std::move(one));
    open_ = true;
  }

private:
  std::vector<message>& into_;
  bool open_ = false; ///< the last message is part of what was said
};

std::vector<message> messages_for(const chat_brief& what) {
  using role = message::role;
  std::vector<message> made(2);
  made[0].from = role::system;
  made[0].text = prompt_of(function::chat).text + agent_prompt(what.who).text;
  made[1].from = role::user;
  made[1].text = fenced(data_of(what).str());
  history said(made);
  for (const auto& [by_user, text] : what.before)
    said.add(by_user ? role::user : role::assistant, text);
  said.add(role::user, what.question);
  return made;
}

/// Before the callee's last words: they are asked about what stands there.
void add_knowledge(std::vector<message>& to, const exchanged& said) {
  if (!said.consulted)
    return;
  message data;
  data.from = message::role::user;
  data.text = fenced(object_text().raw("knowledge", passages_of(said.passages)).str());
  auto at = to.end() - (to.back().from == message::role::user ? 1 : 0);
  to.insert(at, std::move(data));
}

} // namespace

std::vector<message> messages_for(const turn& what) {
  if (!what.about)
    return what.chat ? messages_for(*what.chat) : what.messages;
  using role = message::role;
  std::vector<message> made(2);
  made[0].from = role::system;
  made[0].text = prompt_of(function::turn).text;
  made[1].from = role::user;
  auto data = data_of(*what.about);
  data.text("answered_by", to_string(what.said.who));
  made[1].text = fenced(data.str());
  history said(made);
  for (const auto& one : what.said.so_far)
    switch (one.who) {
    case talk::speaker::assistant:
      said.add(role::assistant, one.text);
      break;
    case talk::speaker::human:
      said.add(role::user, one.text);
      break;
    case talk::speaker::system:
      said.add(role::user, "[" + one.text + "]");
      break;
    }
  // A turn is an answer to something, be it silence.
  if (made.back().from == role::assistant || made.size() == 2)
    said.add(role::user, "[nothing was said]");
  add_knowledge(made, what.said);
  std::string added;
  for (const auto& one : what.said.news)
    added += one + "\n";
  if (!what.said.whisper.empty())
    added += "Your principal whispers to you, unheard by the callee: " + what.said.whisper + "\n";
  said.add(role::system, added);
  return made;
}

} // namespace ringmaster::assistant
