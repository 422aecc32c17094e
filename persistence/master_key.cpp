#include "persistence/master_key.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "domain/ports.hpp"
#include "wire/digest.hpp"

namespace ringmaster {
namespace {

// Closes the file at the end of its block.
struct descriptor {
  int value = -1;
  ~descriptor() {
    if (value >= 0)
      ::close(value);
  }
};

std::string raw(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

result<std::string> from_hex(const std::string& text) {
  auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    auto high = digit(text[i]);
    auto low = digit(text[i + 1]);
    if (high < 0 || low < 0)
      break;
    bytes += static_cast<char>(high * 16 + low);
  }
  if (bytes.size() != 32)
    return fail(errc::invalid, "the master key must be 64 hex digits");
  return bytes;
}

} // namespace

std::string context_key::sign(
  const user_id& user, std::string_view role, std::int64_t expires, int backend) const {
  auto text = to_string(user) + "." + std::string(role) + "." + std::to_string(expires);
  return text + "." + wire::to_hex(wire::hmac_sha256(key_, text + "." + std::to_string(backend)));
}

std::string context_key::block_hex(std::uint8_t pad) const {
  std::array<std::uint8_t, 64> block{};
  for (std::size_t i = 0; i < block.size(); ++i)
    block[i] = static_cast<std::uint8_t>((i < key_.size() ? static_cast<std::uint8_t>(key_[i]) : 0) ^ pad);
  return wire::to_hex(block);
}

result<master_key> master_key::load_or_make(
  const std::filesystem::path& directory, random_source& random) {
  auto path = (directory / "master.key").string();
  descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.value < 0 && errno == ENOENT) {
    std::array<std::uint8_t, 32> bytes{};
    random.fill(bytes);
    auto text = wire::to_hex(bytes) + "\n";
    // Written beside and then linked: two processes that start together keep one key.
    auto draft = path + "." + std::to_string(::getpid());
    descriptor made{::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (made.value < 0 || ::write(made.value, text.data(), text.size()) != static_cast<ssize_t>(text.size())
        || ::fsync(made.value) != 0)
      return fail(errc::unavailable, "cannot write " + path + ": " + std::strerror(errno));
    auto linked = ::link(draft.c_str(), path.c_str());
    auto why = errno;
    ::unlink(draft.c_str());
    if (linked != 0 && why != EEXIST)
      return fail(errc::unavailable, "cannot write " + path + ": " + std::strerror(why));
    file.value = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  }
  struct stat facts{};
  if (file.value < 0 || ::fstat(file.value, &facts) != 0)
    return fail(errc::unavailable, "cannot read " + path + ": " + std::strerror(errno));
  if ((facts.st_mode & 077) != 0)
    return fail(errc::invalid, path + " can be read by others; run: chmod 600 " + path);
  char buffer[65] = {};
  auto n = ::read(file.value, buffer, 64);
  auto bytes = from_hex(std::string(buffer, n > 0 ? static_cast<std::size_t>(n) : 0));
  if (!bytes)
    return fail(errc::invalid, path + ": " + bytes.error().detail);
  return master_key(std::move(*bytes));
}

std::shared_ptr<const context_key> master_key::context() const {
  return std::make_shared<const context_key>(raw(wire::hmac_sha256(bytes_, "context")));
}

std::string master_key::derive(std::string_view purpose) const {
  return wire::to_base64url(wire::hmac_sha256(bytes_, purpose));
}

} // namespace ringmaster
