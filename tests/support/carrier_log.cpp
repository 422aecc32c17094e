#include "tests/support/carrier_log.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <unordered_set>

namespace ringmaster::support {

void carrier_log::take(std::string_view text) {
  const auto line = nlohmann::json::parse(text, nullptr, false);
  if (!line.is_object())
    throw std::runtime_error("the carrier's log has a line that is no object: " + std::string(text));
  const auto kind = line.value("kind", "");
  const auto at = line.value("at_us", std::int64_t{0});
  if (kind == "request" && line.contains("create")) {
    creates_.push_back(
      {at, line.value("request", std::uint64_t{0}), line.value("to", ""), line.value("from", ""),
       line.value("token", ""), line.value("sid", ""), line.value("fault", ""),
       line.value("call_made", false), line.value("status", 0)});
  } else if (kind == "request") {
    others_.push_back(
      {at, line.value("method", ""), line.value("target", ""), line.value("sid", ""),
       line.value("status", 0)});
  } else if (kind == "heard" && line.value("told", false)) {
    heard_.push_back({at, line.value("sid", ""), line.value("text", "")});
  } else if (kind == "life") {
    lives_[line.value("sid", "")] = line.value("status", "");
  } else if (kind == "callback" || kind == "document" || kind == "amd") {
    deliveries_.push_back(
      {at, kind, line.value("sid", ""), line.value("event", ""), line.value("url", ""),
       line.value("result", ""), line.value("status", 0), line.value("lost", false)});
  }
}

void carrier_log::refresh() {
  std::ifstream in(path_, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(read_));
  std::string rest{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::size_t at = 0;
  for (auto end = rest.find('\n', at); end != std::string::npos; end = rest.find('\n', at)) {
    take(std::string_view(rest).substr(at, end - at));
    at = end + 1;
  }
  read_ += at;
}

std::vector<std::int64_t> carrier_log::arrivals(const std::vector<std::string>& to) const {
  const std::unordered_set<std::string> wanted(to.begin(), to.end());
  std::vector<std::int64_t> out;
  for (const auto& c : creates_)
    if (wanted.contains(c.to))
      out.push_back(c.at_us);
  std::sort(out.begin(), out.end());
  return out;
}

std::size_t most_within(std::vector<std::int64_t> arrivals, std::int64_t span_us) {
  std::sort(arrivals.begin(), arrivals.end());
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < arrivals.size(); ++last) {
    while (arrivals[last] - arrivals[first] >= span_us)
      ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

} // namespace ringmaster::support
