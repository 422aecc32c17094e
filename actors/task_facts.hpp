#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/world.hpp"
#include "domain/assistant.hpp"
#include "domain/desk.hpp"
#include "domain/task.hpp"

namespace ringmaster {

/// What a model is asked with, read in one transaction.
struct task_facts {
  task::record task;
  task::circumstances around;
  std::string business;
  std::vector<assistant::own_key> keys;
  std::optional<std::int64_t> budget_micros;
};

/// With whose keys models are asked, and what they may still cost today.
struct model_means {
  std::vector<assistant::own_key> keys;
  std::optional<std::int64_t> budget_micros;
};
result<model_means> read_means(desk_work& books, const assistant_settings& settings);

/// Reads all of it around a task as it stands in this transaction.
result<task_facts> read_facts(desk_work& books, const task::record& r);

/// What the model is told about the task.
assistant::briefing brief(const task_facts& facts);
/// A question with the user's keys and what is left of today's budget.
assistant::order order_about(
    const task_facts& facts, const user_id& user, assistant::request what,
    std::chrono::milliseconds patience);

/// Writes down what an answer cost, behind the asker's back: it does not wait, and a planning does
/// not fail because its cost could not be written. Takes it off the budget, too.
void note_usage(
    const world& all, task_facts& facts, const user_id& user, assistant::function what,
    std::vector<assistant::usage> tries);

/// The same for what belongs to no task and no call: a chat.
void note_chat_usage(const world& all, const user_id& user, std::vector<assistant::usage> tries);

/// The same for what belongs to a call: its live turns, and its processing.
void note_call_usage(
    const world& all, const user_id& user, assistant::function what, std::optional<task_id> about,
    const attempt_id& call, std::vector<assistant::usage> tries);

/// The name under which an answer is stored: "rules", "openai gpt-4o-mini".
std::string provider_of(const std::vector<assistant::usage>& tries);
std::string provider_of(const assistant::completion& c);
std::string prompt_of(const assistant::completion& c);

/// Who acts when the engine does.
identity engine_for(const user_id& user);

} // namespace ringmaster
