#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/assistant.hpp"
#include "gateways/assistant/refusal.hpp"
#include "http/client.hpp"

// What a model is asked and what it says, free of how a provider writes it.

namespace ringmaster::assistant {

struct wire_prompt {
  std::vector<message> messages;
  std::vector<tool> tools;
  std::int64_t max_tokens = 0;
  std::string schema_name, schema; ///< of the answer; empty: free text
  bool stream = false;
};

/// What a model has said so far.
struct heard {
  enum class finish {
    none, ///< not told: the answer is not complete
    stop,
    length,
    filtered,
    other,
  };
  /// A tool call while its pieces come.
  struct draft {
    std::optional<std::int64_t> index;
    std::string id, name, arguments;
    std::map<std::string, std::string> extra; ///< unknown members, as JSON
  };

  std::string text;
  std::string refused; ///< the model's own words why it will not
  finish why = finish::none;
  std::string why_word;
  std::vector<draft> calls;
  std::optional<std::int64_t> prompt_tokens, completion_tokens;
  bool alive = false; ///< something of meaning came, reasoning counts

  std::vector<tool_call> finished_calls() const;
};

/// How one family of providers writes questions and answers. Used by one thread.
class dialect {
public:
  virtual ~dialect() = default;
  virtual http::outgoing write(const wire_prompt& what, std::string_view key) const = 0;
  /// Adds a whole answer, or an event of a stream, to what was heard. Nothing if it was understood.
  virtual std::optional<refusal> take(std::string_view json, std::string_view key, heard& into) = 0;
  /// True if the event says that the stream is over.
  virtual bool is_last(std::string_view data) const = 0;
};

/// What a server does not like, learned from its refusals; the settings are where it begins.
struct abilities {
  std::string max_tokens_field = "max_tokens";
  bool json_schema = true;
  bool tools = true;
  bool stream_usage = true;
  std::string reasoning_effort;
};

/// `prefix` is the path of the base URL, `can` outlives the dialect.
std::unique_ptr<dialect> make_openai(std::string prefix, std::string model, const abilities& can);
std::unique_ptr<dialect> make_gemini(std::string prefix, std::string model, const abilities& can);

/// The messages so that every tool call has exactly one answer, right after it: providers refuse
/// anything else.
std::vector<message> paired(const std::vector<message>& messages);

/// The system's words with a schema that the server does not take as such.
std::string with_schema_in_words(const std::string& system, const std::string& schema);

} // namespace ringmaster::assistant
