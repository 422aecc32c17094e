#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringmaster::assistant {

/// The form of an answer: written once, as a strict JSON Schema for the providers and as the check
/// of what they send. Only what all providers take: objects whose members are all required,
/// nothing else allowed, lists, words; lengths are checked by us and told in descriptions.
struct shape {
  enum class kind { text, flag, number, list, object };

  kind what = kind::text;
  std::string description;
  bool nullable = false;
  std::size_t least = 0, most = 0; ///< characters of a text, members of a list; most 0: no bound
  std::vector<std::string> words;  ///< a text is one of these
  std::vector<shape> items;        ///< of a list: one
  std::vector<std::pair<std::string, shape>> members;

  static shape text(std::size_t least, std::size_t most, std::string description = {});
  static shape word(std::vector<std::string> words, std::string description = {});
  static shape flag(std::string description = {});
  static shape number(std::string description = {}); ///< whole, from 0
  static shape list(shape of, std::size_t most, std::string description = {});
  static shape
  object(std::vector<std::pair<std::string, shape>> members, std::string description = {});
  shape or_null() &&;
};

std::string write_schema(const shape& of);

/// What is wrong with a JSON text, as a sentence that a model can act on: "/steps/3 must be a
/// text". Members that the shape does not know are passed over. Nothing if it fits.
std::optional<std::string> misfit(const shape& of, std::string_view json);

/// The JSON within an answer: without Markdown fences, and without talk around them or around one
/// object.
std::string_view without_fences(std::string_view answer);

/// For arguments of tools, whose schema is anybody's: an object that has what is required, each
/// member of the type that the schema names. Nothing if it fits.
std::optional<std::string> misfit_arguments(std::string_view schema, std::string_view arguments);

} // namespace ringmaster::assistant
