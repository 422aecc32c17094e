#include "main/place.hpp"

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <string_view>

#include <unistd.h>

namespace ringmaster {

namespace asio = boost::asio;

namespace {

struct address_parts {
  std::string host, port;
};

address_parts split(const std::string& listen) {
  auto colon = listen.rfind(':');
  auto host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[')
    host = host.substr(1, host.size() - 2);
  return {host, colon == std::string::npos ? "" : listen.substr(colon + 1)};
}

std::string join(const std::string& host, const std::string& port) {
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
}

bool is_given(
  const std::string& option, const config::settings& s, const std::string& file,
  const std::map<std::string, std::string>& environment) {
  for (const auto& o : config::describe(s, file, environment))
    if (o.name == option)
      return o.origin != "default";
  return false;
}

} // namespace

result<std::string> find_free(const std::string& listen) {
  auto parts = split(listen);
  asio::io_context io{1};
  boost::system::error_code ec;
  asio::ip::tcp::resolver resolver(io);
  auto found = resolver.resolve(parts.host, parts.port, asio::ip::tcp::resolver::passive, ec);
  if (ec || found.empty())
    return fail(errc::unavailable, "the address " + listen + " is not known: " + ec.message());
  auto at = found.begin()->endpoint();
  asio::ip::tcp::acceptor probe(io);
  probe.open(at.protocol(), ec);
  if (!ec)
    probe.set_option(asio::ip::tcp::acceptor::reuse_address(true), ec);
  if (!ec)
    probe.bind(at, ec);
  if (!ec)
    at = probe.local_endpoint(ec);
  if (ec)
    return fail(errc::unavailable, "cannot listen on " + listen + ": " + ec.message());
  return join(parts.host, std::to_string(at.port()));
}

std::string url_of(const std::string& listen) {
  auto parts = split(listen);
  if (parts.host == "0.0.0.0")
    parts.host = "127.0.0.1";
  if (parts.host == "::")
    parts.host = "::1";
  return "http://" + join(parts.host, parts.port);
}

result<config::settings> load_settings(const std::string& file) {
  const auto environment = config::environment();
  auto loaded = config::load(file, environment);
  if (!loaded)
    return loaded;
  auto& s = *loaded;
  if (::geteuid() == 0 && !is_given("data.directory", s, file, environment))
    s.data.directory = "/var/lib/ringmaster";
  // A port of the kernel's choice must be known before the callback URLs are made from it.
  for (auto* listen : {&s.http.listen, &s.http.webhooks_listen, &s.http.admin_listen}) {
    if (listen->empty() || split(*listen).port != "0")
      continue;
    auto free = find_free(*listen);
    if (!free)
      return fail(free.error());
    *listen = *free;
  }
  if (!is_given("http.public_url", s, file, environment))
    s.http.public_url = url_of(s.http.webhooks_listen.empty() ? s.http.listen : s.http.webhooks_listen);
  return loaded;
}

} // namespace ringmaster
