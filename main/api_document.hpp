#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <string>

#include "main/api_client.hpp"

// The API's documents, as the demo reads them.

namespace ringmaster {

/// The document of a success; a refusal and anything unreadable are errors.
result<nlohmann::json> read_document(result<api_answer> answer);

/// Members that may be missing, or be something else: then empty, 0, and an empty object or list.
std::string text_of(const nlohmann::json& object, const char* name);
std::int64_t number_of(const nlohmann::json& object, const char* name);
const nlohmann::json& member_of(const nlohmann::json& object, const char* name);
const nlohmann::json& list_of(const nlohmann::json& object, const char* name);

/// Shows every item of a list that pages by cursor, under the name it has in the answer.
result<void> each_item(
  api_client& api, const std::string& target, const char* name,
  const std::function<void(const nlohmann::json&)>& item);

} // namespace ringmaster
