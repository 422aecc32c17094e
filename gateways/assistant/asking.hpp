#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateways/assistant/provider.hpp"

namespace ringmaster::assistant {

/// What the providers are, and what judges them: the same for every question.
struct panel {
  const gateway_settings& numbers;
  const clock& time;
  random_source& random;
  const std::vector<std::unique_ptr<provider>>& providers;
};

/// Why nobody answered, provider by provider.
class excuses {
public:
  void add(const provider& of, std::string why);
  error all() const;

private:
  std::vector<std::pair<std::string, std::string>> said_;
};

/// Asks one provider after the other until a reply fits.
asio::awaitable<completion> answer(panel with, operation& who, const order& what);

/// Speaks a turn; `tell` gets what may be said. A provider is changed only before a word was told.
asio::awaitable<result<turn_end>> speak(
    panel with, operation& who, const turn& what,
    const std::function<void(std::string_view)>& tell);

/// Asks one provider a tiny question, whatever its door says: what it took, and in `failure` why it
/// did not answer.
asio::awaitable<usage> try_out(panel with, operation& who, provider& to, provider::key key);

/// How long to wait before try `again` (0: the first repetition): doubled each time, up to a
/// quarter less by chance.
std::chrono::milliseconds
back_off(const gateway_settings& numbers, int again, random_source& random);

} // namespace ringmaster::assistant
