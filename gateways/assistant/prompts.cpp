#include "gateways/assistant/prompts.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "domain/embedded.hpp"
#include "gateways/assistant/prompt_data.hpp"

namespace ringmaster::assistant {

namespace {

/// The newest text of each name: "plan-2.txt" is newer than "plan-1.txt".
std::map<std::string, prompt_text> read_all() {
  std::map<std::string, prompt_text> all;
  std::map<std::string, int> newest;
  for (auto& file : embedded::prompts()) {
    auto version = file.name.substr(0, file.name.rfind('.'));
    auto dash = version.rfind('-');
    if (dash == std::string::npos)
      continue;
    int number = 0;
    std::from_chars(version.data() + dash + 1, version.data() + version.size(), number);
    auto name = version.substr(0, dash);
    if (number > newest[name]) {
      newest[name] = number;
      all[name] = {version, file.text};
    }
  }
  return all;
}

const prompt_text& find(const std::string& name) {
  static const auto all = read_all();
  static const prompt_text none;
  auto found = all.find(name);
  return found == all.end() ? none : found->second;
}

std::string data_for(const request& what) {
  if (const auto* ask = std::get_if<plan_request>(&what))
    return data_of(ask->about).str();
  if (const auto* ask = std::get_if<questions_request>(&what))
    return data_of(ask->about).raw("plan", plan_of(ask->so_far)).str();
  if (const auto* ask = std::get_if<script_request>(&what))
    return data_of(ask->about)
        .raw("plan", plan_of(ask->so_far))
        .text("disclosure", ask->disclosure)
        .str();
  if (const auto* ask = std::get_if<approval_request>(&what))
    return data_of(ask->about).raw("max_auto_approve", price_of(ask->max_auto_approve)).str();
  if (const auto* ask = std::get_if<extract_request>(&what))
    return data_of(*ask).str();
  return data_of(std::get<risks_request>(what).about).str();
}

} // namespace

const prompt_text& prompt_of(function f) { return find(std::string(to_string(f))); }

const prompt_text& agent_prompt(knowledge::agent who) {
  return find("agent-" + std::string(knowledge::to_string(who)));
}

std::string version_of(const turn& what) {
  if (what.about)
    return prompt_of(function::turn).version;
  if (what.chat)
    return prompt_of(function::chat).version + "+" + agent_prompt(what.chat->who).version;
  return {};
}

const prompt_text& repair_prompt() { return find("repair"); }

std::vector<message> messages_for(const request& what) {
  std::vector<message> made(2);
  made[0].from = message::role::system;
  made[0].text = find("preamble").text + prompt_of(function_of(what)).text;
  made[1].from = message::role::user;
  made[1].text = fenced(data_for(what));
  return made;
}

} // namespace ringmaster::assistant
