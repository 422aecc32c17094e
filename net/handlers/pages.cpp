#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "domain/embedded.hpp"
#include "net/console.hpp"
#include "net/handlers/handlers.hpp"
#include "net/problem.hpp"
#include "net/proxy.hpp"

namespace ringmaster::net::handlers {

using json = nlohmann::ordered_json;

namespace {

const std::string& openapi_text() {
  static const std::string text = embedded::openapi().front().text;
  return text;
}

std::string escape(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string page(std::string_view title, std::string_view inside) {
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         escape(title) + "</title>\n<link rel=\"stylesheet\" href=\"{base}/style.css\">\n</head>\n<body>\n" +
         std::string(inside) + "</body>\n</html>\n";
}

/// A page of ours, with its links behind the base path.
http::response html(const exchange& x, std::string text) {
  constexpr std::string_view mark = "{base}";
  const auto& base = x.svc.settings.http.base_path;
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + base.size()))
    text.replace(at, mark.size(), base);
  http::response out;
  out.content_type = "text/html; charset=utf-8";
  out.body = std::move(text);
  return out;
}

bool has_console(const exchange& x) { return x.svc.console && !x.svc.console->files.empty(); }

std::string upper(std::string text) {
  for (auto& c : text)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
  return text;
}

/// The list of operations, made from the document itself.
std::string write_docs() {
  auto doc = json::parse(openapi_text());
  std::string inside = "<h1>" + escape(doc["info"]["title"].get<std::string>()) + " " +
                       escape(doc["info"]["version"].get<std::string>()) + "</h1>\n<p>" +
                       escape(doc["info"]["description"].get<std::string>()) +
                       "</p>\n<p>The whole contract, for tools: <a href=\"{base}/openapi.json\">"
                       "/openapi.json</a> (OpenAPI 3.1).</p>\n<table>\n<thead><tr><th>Request</th>"
                       "<th>What it does</th></tr></thead>\n<tbody>\n";
  for (const auto& [path, verbs] : doc["paths"].items())
    for (const auto& [verb, operation] : verbs.items()) {
      if (!operation.is_object() || !operation.contains("operationId"))
        continue;
      inside += "<tr id=\"" + escape(operation["operationId"].get<std::string>()) + "\"><td><code>" +
                upper(verb) + " " + escape(path) + "</code></td><td><strong>" +
                escape(operation.value("summary", "")) + "</strong> " +
                escape(operation.value("description", "")) + "</td></tr>\n";
    }
  inside += "</tbody>\n</table>\n<h2 id=\"errors\">Errors</h2>\n<p>Every refusal is an "
            "<code>application/problem+json</code> document with a stable <code>code</code>.</p>\n"
            "<table>\n<thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead>\n<tbody>\n";
  for (const auto& kind : all_kinds())
    inside += "<tr id=\"" + escape(kind.code) + "\"><td><code>" + escape(kind.code) + "</code></td><td>" +
              std::to_string(kind.status) + "</td><td>" + escape(kind.title) + "</td></tr>\n";
  return page("Ringmaster API", inside + "</tbody>\n</table>\n");
}

constexpr std::string_view home =
  "<h1>Ringmaster</h1>\n"
  "<p>This engine makes phone calls for campaigns. It is running.</p>\n"
  "<p>The web console was not built into this installation, so what follows is for programs. A "
  "release has the console in <code>share/ringmaster/console</code>; from the sources, "
  "<code>script/console</code> with the folder of the program puts it there, or "
  "<code>console.directory</code> names where it is.</p>\n"
  "<ul>\n<li><a href=\"{base}/docs\">The API, operation by operation</a></li>\n"
  "<li><a href=\"{base}/openapi.json\">The API for tools (OpenAPI 3.1)</a></li>\n"
  "<li><a href=\"{base}/healthz\">Alive?</a> <a href=\"{base}/readyz?verbose\">Ready?</a></li>\n</ul>\n"
  "<p>Requests need an API key: <code>Authorization: Bearer rm_…</code>. Make one with "
  "<code>ringmaster key create --user EMAIL</code>.</p>\n";

constexpr std::string_view style =
  ":root { color-scheme: light dark; }\n"
  "body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }\n"
  "table { border-collapse: collapse; width: 100%; }\n"
  "th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #8886; }\n"
  "code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }\n";

} // namespace

// GET /openapi.json
answer_of_handler show_openapi(exchange& x) {
  http::response out;
  out.body = openapi_text();
  constexpr std::string_view root = R"("servers": [{"url": "/"}])";
  if (auto at = out.body.find(root); at != std::string::npos && !x.svc.settings.http.base_path.empty())
    out.body.replace(
      at, root.size(), R"("servers": [{"url": ")" + x.svc.settings.http.base_path + R"("}])");
  co_return out;
}

// GET /docs
answer_of_handler show_docs(exchange& x) {
  // The console has a page of its own there, which tries things out.
  if (has_console(x))
    co_return x.svc.console->files.serve_page(make_secret(x.svc.random).text);
  static const std::string text = write_docs();
  co_return html(x, text);
}

// GET /
answer_of_handler show_home(exchange& x) {
  if (has_console(x))
    co_return x.svc.console->files.serve_page(make_secret(x.svc.random).text);
  co_return html(x, page("Ringmaster", home));
}

// GET /style.css
answer_of_handler show_style(exchange&) {
  http::response out;
  out.content_type = "text/css; charset=utf-8";
  out.body = style;
  co_return out;
}

} // namespace ringmaster::net::handlers
