#include "net/console_files.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "wire/digest.hpp"

namespace ringmaster::net {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t bytes_most = 64ull * 1024 * 1024;
constexpr std::string_view page_name = "/index.html";
constexpr std::string_view nonce_mark = "__CSP_NONCE__";

constexpr auto types = std::to_array<std::pair<std::string_view, std::string_view>>({
  {".html",        "text/html; charset=utf-8"             },
  {".js",          "text/javascript; charset=utf-8"       },
  {".mjs",         "text/javascript; charset=utf-8"       },
  {".css",         "text/css; charset=utf-8"              },
  {".json",        "application/json"                     },
  {".svg",         "image/svg+xml"                        },
  {".png",         "image/png"                            },
  {".ico",         "image/x-icon"                         },
  {".woff2",       "font/woff2"                           },
  {".txt",         "text/plain; charset=utf-8"            },
  {".webmanifest", "application/manifest+json"            },
});

std::optional<std::string_view> type_of(const std::string& name) {
  for (const auto& [ending, type] : types)
    if (name.ends_with(ending))
      return type;
  return std::nullopt;
}

/// index-Bx3_9aQ2.js: eight or more characters of a digest before the ending.
bool is_hashed(const std::string& name) {
  if (!name.starts_with("/assets/"))
    return false;
  auto dot = name.rfind('.');
  auto stem = name.substr(0, dot);
  // Digests may have dashes of their own, so the mark is looked for eight characters from the end.
  return stem.size() > 17 && stem[stem.size() - 9] == '-';
}

std::string replaced(std::string text, std::string_view mark, std::string_view by) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + by.size()))
    text.replace(at, mark.size(), by);
  return text;
}

/// Does the list in a header name this word?
bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    auto end = std::min(list.find(','), list.size());
    auto one = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    auto semicolon = one.find(';');
    bool never = semicolon != std::string_view::npos && one.find("q=0") != std::string_view::npos &&
                 one.find("q=0.") == std::string_view::npos;
    one = one.substr(0, semicolon);
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    one = one.substr(0, one.find_last_not_of(' ') + 1);
    if (one == word && !never)
      return true;
  }
  return false;
}

bool is_page(const http::request& head) {
  auto accept = head.header_or("Accept");
  for (std::string_view own : {"/api", "/healthz", "/readyz", "/metrics", "/openapi.json"})
    if (head.path == own || (head.path.starts_with(own) && head.path[own.size()] == '/'))
      return false;
  // What looks like a file is one, or nothing.
  auto name = std::string_view(head.path).substr(head.path.rfind('/'));
  return lists(accept, "text/html") && name.find('.') == std::string_view::npos &&
         !head.path.starts_with("/assets/");
}

} // namespace

std::string content_policy(std::string_view nonce) {
  std::string style = "style-src 'self'";
  if (!nonce.empty())
    style += " 'nonce-" + std::string(nonce) + "'; style-src-attr 'unsafe-inline'";
  return "default-src 'none'; script-src 'self'; " + style +
         "; img-src 'self' data:; connect-src 'self'; font-src 'self'; frame-ancestors 'none'; "
         "base-uri " + (nonce.empty() ? "'none'" : "'self'") + "; form-action 'self'";
}

result<console_files>
console_files::read(const std::string& directory, const std::string& base_path) {
  console_files all;
  std::error_code trouble;
  if (directory.empty() || !fs::is_directory(directory, trouble))
    return all;
  auto cannot = [&](const std::string& why) {
    return fail(errc::unavailable, "the web console in " + directory + " cannot be used: " + why);
  };
  std::size_t bytes = 0;
  fs::recursive_directory_iterator at(directory, trouble), end;
  for (; !trouble && at != end; at.increment(trouble)) {
    if (!at->is_regular_file())
      continue;
    auto name = "/" + fs::relative(at->path(), directory).generic_string();
    auto plain = name;
    bool gzip = name.ends_with(".gz");
    bool brotli = name.ends_with(".br");
    if (gzip || brotli)
      plain.resize(plain.size() - 3);
    auto type = type_of(plain);
    if (!type || name.find("/.") != std::string::npos)
      continue;
    std::ifstream in(at->path(), std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (in.bad() || (bytes += text.size()) > bytes_most)
      return cannot("it is larger than 64 MiB, or " + name + " cannot be read");
    auto& f = all.files_[plain];
    f.type = *type;
    f.hashed = is_hashed(plain);
    (gzip ? f.gzip : brotli ? f.brotli : f.plain) = std::move(text);
  }
  if (trouble)
    return cannot(trouble.message());
  std::erase_if(all.files_, [](const auto& f) { return f.second.plain.empty(); });
  for (auto& [name, f] : all.files_)
    f.etag = "\"" + wire::to_hex(wire::sha256(f.plain)).substr(0, 32) + "\"";
  if (!all.files_.contains(std::string(page_name)))
    return cannot("there is no index.html");
  if (!base_path.empty()) {
    auto& page = all.files_[std::string(page_name)].plain;
    for (std::string_view mark : {R"(<base href="/" />)", R"(<meta name="base-path" content="/" />)"}) {
      auto there = replaced(std::string(mark), "\"/\"", "\"" + base_path + "/\"");
      if (page.find(mark) == std::string::npos)
        return cannot("its page cannot be put behind a path; build it anew");
      page = replaced(std::move(page), mark, there);
    }
  }
  return all;
}

const console_files::file* console_files::find(std::string_view path) const {
  auto found = files_.find(std::string(path));
  return found == files_.end() ? nullptr : &found->second;
}

bool console_files::knows(const http::request& head) const {
  if (empty() || (head.verb != http::method::get && head.verb != http::method::head))
    return false;
  return find(head.path) != nullptr || is_page(head);
}

http::response console_files::serve(const http::request& head, std::string_view nonce) const {
  const auto* f = find(head.path);
  if (!f || head.path == page_name)
    return serve_page(nonce);
  http::response out;
  out.content_type = f->type;
  out.headers.push_back({"ETag", f->etag});
  out.headers.push_back(
    {"Cache-Control", f->hashed ? "public, max-age=31536000, immutable" : "no-cache"});
  out.headers.push_back({"Vary", "Accept-Encoding"});
  auto known = head.header_or("If-None-Match");
  if (known == f->etag || known == "W/" + f->etag) {
    out.status = 304;
    out.content_type.clear();
    return out;
  }
  auto takes = head.header_or("Accept-Encoding");
  if (!f->brotli.empty() && lists(takes, "br")) {
    out.body = f->brotli;
    out.headers.push_back({"Content-Encoding", "br"});
  } else if (!f->gzip.empty() && lists(takes, "gzip")) {
    out.body = f->gzip;
    out.headers.push_back({"Content-Encoding", "gzip"});
  } else {
    out.body = f->plain;
  }
  return out;
}

http::response console_files::serve_page(std::string_view nonce) const {
  http::response out;
  const auto* f = find(page_name);
  if (!f) {
    out.status = 404;
    return out;
  }
  out.content_type = f->type;
  out.body = replaced(f->plain, nonce_mark, nonce);
  out.headers.push_back({"Content-Security-Policy", content_policy(nonce)});
  return out;
}

} // namespace ringmaster::net
