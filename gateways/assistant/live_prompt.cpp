#include <utility>

#include "gateways/assistant/prompt_data.hpp"
#include "gateways/assistant/prompts.hpp"

// The words of a live turn.

namespace ringmaster::assistant {

namespace {

class history {
public:
  explicit history(std::vector<message>& into) : into_(into) {}

  /// Words of one side in a row are one message: providers want the roles to alternate.
  void add(message::role from, const std::string& text) {
    if (text.empty())
      return;
    if (!into_.empty() && into_.back().from == from && from != message::role::system && open_) {
      into_.back().text += "\n" + text;
      return;
    }
    message one;
    one.from = from;
    one.text = text;
    into_.push_back(std::move(one));
    open_ = true;
  }

private:
  std::vector<message>& into_;
  bool open_ = false; ///< the last message is part of what was said
};

} // namespace

std::vector<message> messages_for(const turn& what) {
  if (!what.about)
    return what.messages;
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
  std::string added;
  for (const auto& one : what.said.news)
    added += one + "\n";
  if (!what.said.whisper.empty())
    added += "Your principal whispers to you, unheard by the callee: " + what.said.whisper + "\n";
  said.add(role::system, added);
  return made;
}

} // namespace ringmaster::assistant
