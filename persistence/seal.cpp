#include "persistence/seal.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

#include <sodium.h>

#include "domain/ports.hpp"
#include "wire/digest.hpp"

namespace ringmaster {
namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// The user's id has a fixed length, so no other user and name make the same text.
std::string row_of(const user_id& user, std::string_view name) {
  return to_string(user) + std::string(name);
}

} // namespace

sealer::sealer(const std::string& key) {
  auto raw = wire::from_base64url(key);
  if (sodium_init() < 0 || !raw || raw->size() != key_.size())
    throw std::invalid_argument("the key that seals secrets has not 32 bytes");
  std::copy(raw->begin(), raw->end(), key_.begin());
}

sealer::~sealer() { sodium_memzero(key_.data(), key_.size()); }

std::string sealer::seal(
    const user_id& user, std::string_view name, std::string_view secret,
    random_source& random) const {
  std::array<std::uint8_t, nonce_size> nonce{};
  random.fill(nonce);
  std::string sealed(reinterpret_cast<const char*>(nonce.data()), nonce.size());
  sealed.resize(nonce_size + secret.size() + tag_size);
  auto row = row_of(user, name);
  unsigned long long written = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      reinterpret_cast<unsigned char*>(sealed.data()) + nonce_size, &written, bytes(secret),
      secret.size(), bytes(row), row.size(), nullptr, nonce.data(), key_.data());
  return sealed;
}

std::optional<std::string>
sealer::open(const user_id& user, std::string_view name, std::string_view sealed) const {
  if (sealed.size() < nonce_size + tag_size)
    return std::nullopt;
  auto body = sealed.substr(nonce_size);
  std::string secret(body.size() - tag_size, '\0');
  auto row = row_of(user, name);
  unsigned long long written = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          reinterpret_cast<unsigned char*>(secret.data()), &written, nullptr, bytes(body),
          body.size(), bytes(row), row.size(), bytes(sealed), key_.data()) != 0)
    return std::nullopt;
  return secret;
}

} // namespace ringmaster
