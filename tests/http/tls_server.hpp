#pragma once

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <sys/time.h>

#include "tests/support/raw_socket.hpp"

namespace ringmaster::test {

/// A key and a certificate signed with itself, made on the spot.
struct self_made_certificate {
  /// `names` as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1".
  explicit self_made_certificate(const std::string& names) : key(EVP_EC_gen("P-256")), certificate(X509_new()) {
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    auto* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(
      name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("made for a test"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    for (auto [kind, value] : {std::pair{NID_subject_alt_name, names.c_str()}, {NID_basic_constraints, "CA:TRUE"}}) {
      auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
      X509_add_ext(certificate, extension, -1);
      X509_EXTENSION_free(extension);
    }
    X509_sign(certificate, key, EVP_sha256());
    char path[] = "/tmp/ringmaster-test-ca-XXXXXX";
    int fd = ::mkstemp(path);
    if (fd < 0)
      throw std::runtime_error("no temporary file");
    file = path;
    auto* out = ::fdopen(fd, "w");
    PEM_write_X509(out, certificate);
    ::fclose(out);
  }
  ~self_made_certificate() {
    ::unlink(file.c_str());
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  self_made_certificate(const self_made_certificate&) = delete;
  self_made_certificate& operator=(const self_made_certificate&) = delete;

  EVP_PKEY* key;
  X509* certificate;
  std::string file; ///< the certificate as PEM
};

/// The server's side of one TLS connection.
class tls_peer {
 public:
  tls_peer(SSL_CTX* context, raw_socket socket) : socket_(std::move(socket)), ssl_(SSL_new(context)) {
    timeval patience{5, 0};
    ::setsockopt(socket_.fd(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    SSL_set_fd(ssl_, socket_.fd());
  }
  ~tls_peer() { SSL_free(ssl_); }

  bool handshake() { return SSL_accept(ssl_) == 1; }
  std::string server_name() const {
    const auto* name = SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
    return name != nullptr ? name : "";
  }
  std::string read_head() {
    std::string got;
    char byte;
    while (got.find("\r\n\r\n") == std::string::npos && SSL_read(ssl_, &byte, 1) == 1)
      got += byte;
    return got;
  }
  bool write(const std::string& bytes) { return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0; }
  void close_notify() { SSL_shutdown(ssl_); }

 private:
  raw_socket socket_;
  SSL* ssl_;
};

/// Accepts connections one after the other and plays `script` with each, on a thread of its own.
class tls_server {
 public:
  tls_server(const self_made_certificate& who, int connections, std::function<void(tls_peer&)> script,
             int max_version = 0)
    : context_(SSL_CTX_new(TLS_server_method())), listener_(raw_socket::listen()) {
    SSL_CTX_use_certificate(context_, who.certificate);
    SSL_CTX_use_PrivateKey(context_, who.key);
    if (max_version != 0) {
      // Old versions are off by default in this OpenSSL's policy.
      SSL_CTX_set_security_level(context_, 0);
      SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
      SSL_CTX_set_max_proto_version(context_, max_version);
    }
    thread_ = std::thread([this, connections, script = std::move(script)] {
      for (int i = 0; i < connections; ++i) {
        auto socket = listener_.accept();
        if (!socket)
          return;
        tls_peer peer(context_, std::move(*socket));
        if (peer.handshake())
          script(peer);
      }
    });
  }
  ~tls_server() {
    ::shutdown(listener_.fd(), SHUT_RDWR);
    thread_.join();
    SSL_CTX_free(context_);
  }
  std::string port() const { return std::to_string(listener_.port()); }

 private:
  SSL_CTX* context_;
  raw_socket listener_;
  std::thread thread_;
};

} // namespace ringmaster::test
