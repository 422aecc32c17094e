#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace ringmaster::assistant {

/// Reads server-sent events from bytes that are cut anywhere: `\n`, `\r\n` and `\r` end a line,
/// several `data` lines are joined, comments and other fields are passed over.
class event_stream {
public:
  /// No line and no event may be longer.
  explicit event_stream(std::size_t event_max) : event_max_(event_max) {}

  /// Calls `on_data` for each event that has data; it answers false to stop. False if it did, or if
  /// a cap was passed, which `too_long` tells.
  bool feed(std::string_view bytes, const std::function<bool(std::string_view)>& on_data);
  /// The stream has ended: an event without its blank line counts if its line was complete.
  bool finish(const std::function<bool(std::string_view)>& on_data);

  bool too_long() const { return too_long_; }

private:
  void end_line();
  bool end_event(const std::function<bool(std::string_view)>& on_data);

  const std::size_t event_max_;
  std::string line_, data_;
  bool has_data_ = false;
  bool after_return_ = false; ///< the last byte was `\r`: a `\n` belongs to it
  bool at_start_ = true;      ///< a byte order mark may stand here
  bool too_long_ = false;
};

} // namespace ringmaster::assistant
