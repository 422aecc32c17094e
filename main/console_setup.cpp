#include "main/console_setup.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "main/place.hpp"

namespace ringmaster {

namespace fs = std::filesystem;

namespace {

result<void> write_private(const fs::path& path, const std::string& text) {
  auto cannot = [&] {
    return fail(errc::unavailable, "cannot write " + path.string() + ": " + std::strerror(errno));
  };
  // Made anew, so that nobody who has the old one open reads the new one.
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return cannot();
  int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0)
    return cannot();
  auto written = ::write(file, text.data(), text.size());
  bool whole = written == static_cast<ssize_t>(text.size());
  if (::close(file) != 0 || !whole)
    return cannot();
  return {};
}

} // namespace

std::string find_console(const config::settings& settings) {
  if (!settings.console.directory.empty())
    return settings.console.directory;
  std::error_code trouble;
  auto program = fs::read_symlink("/proc/self/exe", trouble);
  if (trouble)
    return {};
  auto beside = program.parent_path();
  for (const auto& place : {beside / "../share/ringmaster/console", beside / "console"})
    if (fs::exists(place / "index.html", trouble))
      return fs::weakly_canonical(place, trouble).string();
  return {};
}

std::string host_zone() {
  std::error_code trouble;
  auto target = fs::read_symlink("/etc/localtime", trouble).string();
  constexpr std::string_view folder = "/zoneinfo/";
  auto at = target.find(folder);
  return trouble || at == std::string::npos ? "UTC" : target.substr(at + folder.size());
}

std::string console_url(const config::settings& settings, const std::string& address) {
  const auto& http = settings.http;
  bool is_public = http.webhooks_listen.empty() && http.public_url.starts_with("https://");
  return is_public ? config::page_url(settings) : url_of(address) + http.base_path;
}

std::string welcome_url(const std::string& base, const std::string& token) {
  return base + "/welcome#token=" + token;
}

result<std::string> open_welcome(
    account::book& accounts, net::first_link& door, const config::settings& settings,
    const std::string& address, const clock& time, random_source& random) {
  auto anyone = accounts.anyone_has_password();
  if (!anyone)
    return fail(anyone.error());
  auto file = fs::path(settings.data.directory) / "welcome";
  if (*anyone) {
    std::error_code gone;
    fs::remove(file, gone);
    return std::string();
  }
  auto token = net::make_secret(random);
  auto link = welcome_url(console_url(settings, address), token.text);
  if (auto written = write_private(file, link + "\n"); !written)
    return fail(written.error());
  door.open(token.sha256, time.now() + account::link_life, file.string());
  return link;
}

} // namespace ringmaster
