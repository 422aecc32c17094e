#include "gateways/assistant/event_stream.hpp"

namespace ringmaster::assistant {

bool event_stream::feed(
    std::string_view bytes, const std::function<bool(std::string_view)>& on_data) {
  for (auto c : bytes) {
    if (c == '\n' && after_return_) {
      after_return_ = false;
      continue;
    }
    after_return_ = c == '\r';
    if (c != '\n' && c != '\r') {
      if (line_.size() + data_.size() >= event_max_) {
        too_long_ = true;
        return false;
      }
      line_ += c;
      continue;
    }
    if (at_start_ && line_.starts_with("\xEF\xBB\xBF"))
      line_.erase(0, 3);
    at_start_ = false;
    if (line_.empty()) {
      if (!end_event(on_data))
        return false;
    } else {
      end_line();
    }
  }
  return true;
}

bool event_stream::finish(const std::function<bool(std::string_view)>& on_data) {
  if (!line_.empty())
    end_line();
  return end_event(on_data);
}

void event_stream::end_line() {
  std::string_view line = line_;
  auto colon = line.find(':');
  auto name = line.substr(0, colon);
  if (name == "data") {
    auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' '))
      value.remove_prefix(1);
    if (has_data_)
      data_ += '\n';
    data_ += value;
    has_data_ = true;
  }
  line_.clear();
}

bool event_stream::end_event(const std::function<bool(std::string_view)>& on_data) {
  if (!has_data_)
    return true;
  has_data_ = false;
  auto data = std::move(data_);
  data_.clear();
  return on_data(data);
}

} // namespace ringmaster::assistant
