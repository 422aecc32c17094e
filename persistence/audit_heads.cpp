#include "persistence/audit_heads.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "domain/time.hpp"

namespace ringmaster {
namespace {

using json = nlohmann::ordered_json;

std::string line_of(const audit_head& head) {
  json j;
  j["at"] = to_rfc3339(head.at);
  j["user_id"] = to_string(head.user);
  j["seq"] = head.seq;
  j["hash"] = head.hash;
  return j.dump() + '\n';
}

std::optional<audit_head> read_line(const std::string& line) {
  auto j = json::parse(line, nullptr, false);
  if (!j.is_object())
    return std::nullopt;
  auto text = [&](const char* name) {
    auto found = j.find(name);
    return found != j.end() && found->is_string() ? found->get<std::string>() : std::string{};
  };
  audit_head head;
  auto user = user_id::parse(text("user_id"));
  auto at = parse_rfc3339(text("at"));
  auto seq = j.find("seq");
  head.hash = text("hash");
  if (!user || !at || seq == j.end() || !seq->is_number_integer() || head.hash.size() != 64)
    return std::nullopt;
  head.user = *user;
  head.at = *at;
  head.seq = seq->get<std::int64_t>();
  return head;
}

tl::unexpected<error> trouble(const std::filesystem::path& where, const char* what) {
  return fail(
    errc::unavailable, std::string(what) + " " + where.string() + ": " + std::strerror(errno));
}

} // namespace

result<void> audit_head_file::append(std::span<const audit_head> heads) const {
  std::string text;
  for (const auto& head : heads)
    text += line_of(head);
  if (text.empty())
    return {};
  int file = ::open(where_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return trouble(where_, "cannot open");
  bool good = true;
  for (std::size_t at = 0; good && at < text.size();) {
    auto n = ::write(file, text.data() + at, text.size() - at);
    good = n > 0;
    at += good ? static_cast<std::size_t>(n) : 0;
  }
  good = good && ::fsync(file) == 0;
  auto kept = errno;
  ::close(file);
  errno = kept;
  if (!good)
    return trouble(where_, "cannot write");
  return {};
}

result<std::vector<audit_head>> audit_head_file::read() const {
  std::vector<audit_head> list;
  if (!std::filesystem::exists(where_))
    return list;
  std::ifstream file(where_);
  if (!file)
    return trouble(where_, "cannot read");
  std::string line;
  while (std::getline(file, line)) {
    auto head = read_line(line);
    if (head)
      list.push_back(std::move(*head));
    else if (!file.eof() && !line.empty())
      return fail(errc::malformed, where_.string() + " has a line that nobody wrote: it was tampered with");
  }
  return list;
}

} // namespace ringmaster
