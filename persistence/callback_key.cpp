#include "persistence/callback_key.hpp"

#include <charconv>
#include <iterator>

namespace ringmaster {
namespace {

constexpr std::string_view kinds[] = {"status", "voice", "poll", "gather", "amd", "recording", "relay"};

} // namespace

std::int64_t event_key(
  std::string_view kind, const std::optional<call::status>& news,
  const std::optional<std::int32_t>& sequence, const call_sid& sid) {
  std::uint64_t at = 0;
  while (at < std::size(kinds) && kinds[at] != kind)
    ++at;
  std::uint64_t status = news ? static_cast<std::uint64_t>(*news) + 1 : 0;
  std::uint64_t number = sequence ? (static_cast<std::uint64_t>(*sequence) + 1) & 0xffffffu : 0;
  std::uint32_t tail = 0;
  const auto& text = sid.value;
  if (text.size() >= 8)
    std::from_chars(text.data() + text.size() - 8, text.data() + text.size(), tail, 16);
  return static_cast<std::int64_t>((at << 61) | (status << 56) | (number << 32) | tail);
}

std::string_view kind_of_event(std::int64_t key) {
  auto at = static_cast<std::uint64_t>(key) >> 61;
  return at < std::size(kinds) ? kinds[at] : std::string_view("other");
}

std::optional<call::status> status_of_event(std::int64_t key) {
  auto status = (static_cast<std::uint64_t>(key) >> 56) & 31;
  if (status == 0 || status > static_cast<std::uint64_t>(call::status::canceled) + 1)
    return std::nullopt;
  return static_cast<call::status>(status - 1);
}

} // namespace ringmaster
