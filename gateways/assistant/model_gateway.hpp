#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "domain/assistant.hpp"
#include "domain/inspection.hpp"
#include "domain/ports.hpp"
#include "gateways/assistant/gateway_settings.hpp"

namespace ringmaster::assistant {

/// The MODELS over HTTP: one io thread, on which every callback comes, and kept connections to each
/// provider. A request goes to the providers in their order until one has answered it with what
/// fits; what the others said is told where none has.
///
/// `ask` always calls back, also when the gateway goes: its destructor calls off what is under way.
/// Destroying a `speech` waits for a callback that is running on the gateway's thread, and may be
/// done within one.
class model_gateway final : public models, public inspection::minds {
public:
  /// `invalid` for a base URL or a CA file that cannot be used, and for a name that no section
  /// explains. `time` and `random` must outlive the gateway.
  static result<std::unique_ptr<model_gateway>>
  make(gateway_settings settings, const clock& time, random_source& random);
  ~model_gateway() override;

  void ask(order what, std::function<void(completion)> done) override;
  std::unique_ptr<speech> speak(
      turn what, std::function<void(std::string_view)> on_text,
      std::function<void(result<turn_end>)> done) override;

  void look(std::function<void(std::vector<inspection::model_view>)> done) override;
  void try_out(
      std::string name, std::vector<own_key> keys,
      std::function<void(result<usage>)> done) override;

private:
  struct core;
  explicit model_gateway(std::shared_ptr<core> made);
  std::shared_ptr<core> core_;
};

} // namespace ringmaster::assistant
