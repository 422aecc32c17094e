#define CAF_SUITE net_proxy

#include <caf/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <string>

#include "net/proxy.hpp"
#include "tests/net/console_rig.hpp"
#include "tests/support/temp_folder.hpp"

using namespace ringmaster;
using namespace ringmaster::net;
using namespace ringmaster::net_tests;
using http::method;

namespace {

http::request
request_from(const std::string& peer, headers extra = {}, const std::string& target = "/api/me") {
  http::request req;
  req.target = target;
  req.path = target.substr(0, target.find('?'));
  req.remote_address = peer;
  req.headers = std::move(extra);
  return req;
}

std::string client_of(const config::settings& s, http::request req) {
  undo_proxies(s, req);
  return req.remote_address;
}

} // namespace

CAF_TEST(a path is taken with and without the prefix and nothing else is cut) {
  config::settings s;
  s.http.base_path = "/ringmaster";
  auto cut = [&](const std::string& target) {
    auto req = request_from("127.0.0.1", {}, target);
    undo_proxies(s, req);
    return req.path + " " + req.target;
  };
  CAF_CHECK_EQUAL(cut("/ringmaster/api/me?x=1"), "/api/me /api/me?x=1");
  CAF_CHECK_EQUAL(cut("/api/me"), "/api/me /api/me");
  CAF_CHECK_EQUAL(cut("/ringmaster"), "/ /");
  CAF_CHECK_EQUAL(cut("/ringmaster?a"), "/ /?a");
  CAF_CHECK_EQUAL(cut("/ringmaster/"), "/ /");
  CAF_CHECK_EQUAL(cut("/ringmasters/api/me"), "/ringmasters/api/me /ringmasters/api/me");
  CAF_CHECK_EQUAL(cut("/ringmaster/ringmaster/a"), "/ringmaster/a /ringmaster/a"); // once
  s.http.base_path.clear();
  CAF_CHECK_EQUAL(cut("/ringmaster/api/me"), "/ringmaster/api/me /ringmaster/api/me");
  // A prefix in other letters is none: the raw target is what signatures cover.
  s.http.base_path = "/ringmaster";
  auto req = request_from("127.0.0.1", {}, "/ring%6Daster/api/me");
  req.path = "/ringmaster/api/me";
  undo_proxies(s, req);
  CAF_CHECK_EQUAL(req.path, "/ringmaster/api/me");
}

CAF_TEST(what a stranger says of where he comes from is taken away) {
  config::settings s;
  const headers spoofed{
      {"X-Forwarded-For",   "203.0.113.9"},
      {"x-forwarded-proto", "https"      },
      {"Accept",            "*/*"        }
  };
  auto req = request_from("198.51.100.7", spoofed);
  undo_proxies(s, req);
  CAF_CHECK_EQUAL(req.remote_address, "198.51.100.7");
  CAF_REQUIRE_EQUAL(req.headers.size(), 1u);
  CAF_CHECK_EQUAL(req.headers[0].name, "Accept");
  s.http.trusted_proxies = {"10.0.0.0/8"};
  CAF_CHECK_EQUAL(client_of(s, request_from("198.51.100.7", spoofed)), "198.51.100.7");
  CAF_CHECK_EQUAL(client_of(s, request_from("10.1.2.3", spoofed)), "203.0.113.9");
  // What cannot be read as an address is nobody who is trusted.
  CAF_CHECK_EQUAL(client_of(s, request_from("", spoofed)), "");
}

CAF_TEST(the client is the last address in the chain that is no proxy of ours) {
  config::settings s;
  s.http.trusted_proxies = {"10.0.0.0/8", "127.0.0.1", "fd00::/8"};
  auto told = [&](const std::string& chain, const std::string& more = "") {
    headers h{
        {"X-Forwarded-For", chain}
    };
    if (!more.empty())
      h.push_back({"X-Forwarded-For", more});
    return client_of(s, request_from("127.0.0.1", h));
  };
  CAF_CHECK_EQUAL(told("203.0.113.9"), "203.0.113.9");
  CAF_CHECK_EQUAL(told("203.0.113.9, 10.0.0.1"), "203.0.113.9");
  // A client wrote the first one itself; the proxy saw the second.
  CAF_CHECK_EQUAL(told("1.2.3.4, 203.0.113.9, 10.0.0.1"), "203.0.113.9");
  CAF_CHECK_EQUAL(told("1.2.3.4", "203.0.113.9"), "203.0.113.9");
  CAF_CHECK_EQUAL(told("10.0.0.2, 10.0.0.1"), "10.0.0.2");
  CAF_CHECK_EQUAL(told("203.0.113.9:4711"), "203.0.113.9");
  CAF_CHECK_EQUAL(told("[2001:db8::1]:4711, fd00::1"), "2001:db8::1");
  CAF_CHECK_EQUAL(told("2001:db8::1"), "2001:db8::1");
  CAF_CHECK_EQUAL(told("unknown, 10.0.0.1"), "10.0.0.1");
  CAF_CHECK_EQUAL(told("garbage"), "127.0.0.1");
  CAF_CHECK_EQUAL(told(""), "127.0.0.1");
}

CAF_TEST(a cookie is secure where a trusted proxy speaks https and not on a strangers word) {
  console_rig r;
  r.settings.http.public_url = "http://127.0.0.1:8080";
  const headers by_https{
      {"X-Forwarded-Proto", "https"}
  };
  r.peer = "10.1.2.3";
  auto spoofed = header_of(r.sign_in("ann@example.com", r.ann_password, by_https), "Set-Cookie");
  CAF_CHECK(spoofed.starts_with("rm_session="));
  CAF_CHECK(spoofed.find("Secure") == std::string::npos);
  r.settings.http.trusted_proxies = {"10.0.0.0/8"};
  auto in = r.sign_in("ann@example.com", r.ann_password, by_https);
  auto believed = header_of(in, "Set-Cookie");
  CAF_CHECK(believed.starts_with("__Host-rm_session="));
  CAF_CHECK(believed.ends_with("; Secure"));
  CAF_CHECK_EQUAL(r.as(r.cookie_of(in), method::get, "/api/session", "", by_https).status, 200);
  CAF_CHECK_EQUAL(r.as(r.cookie_of(in), method::get, "/api/session").status, 401);
  auto plain = header_of(
      r.sign_in(
          "ann@example.com", r.ann_password,
          {
              {"X-Forwarded-Proto", "https, http"}
  }),
      "Set-Cookie");
  CAF_CHECK(plain.starts_with("rm_session="));
}

CAF_TEST(tries at a password are counted by the client behind the proxy) {
  console_rig r;
  r.settings.http.trusted_proxies = {"10.0.0.1"};
  r.peer = "10.0.0.1";
  auto try_from = [&](const std::string& client) {
    return r
        .sign_in(
            "ann@example.com", "a wrong password",
            {
                {"X-Forwarded-For", client}
    })
        .status;
  };
  for (std::size_t i = 0; i < account::tries_a_minute; ++i)
    CAF_CHECK_EQUAL(try_from("203.0.113.9"), 401);
  CAF_CHECK_EQUAL(try_from("203.0.113.9"), 429);
  CAF_CHECK_EQUAL(try_from("1.2.3.4, 203.0.113.9"), 429); // a lie in front changes nothing
  CAF_CHECK_EQUAL(try_from("203.0.113.10"), 401);
  CAF_CHECK(r.accounts.trail.back().find("203.0.113") != std::string::npos);
}

CAF_TEST(behind a path the console its cookies and the engines links are found there) {
  console_rig r;
  support::temp_folder folder;
  auto write = [&](const std::string& name, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(folder / name).parent_path());
    std::ofstream(folder / name) << text;
  };
  write(
      "index.html", "<!doctype html><base href=\"/\" /><meta name=\"base-path\" content=\"/\" "
                    "/><meta content=\"__CSP_NONCE__\">");
  write("assets/index-Bx3_9aQ2.js", "x");
  r.settings.http.base_path = "/ringmaster";
  auto files = console_files::read(folder.path(), "/ringmaster");
  CAF_REQUIRE(files.has_value());
  r.door.files = *files;
  const headers page{
      {"Accept", "text/html"}
  };
  for (std::string target :
       {"/ringmaster/", "/ringmaster", "/", "/ringmaster/campaigns/1", "/ringmaster/docs",
        "/docs"}) {
    auto shown = r.send(method::get, target, "", page, false);
    CAF_MESSAGE(target);
    CAF_REQUIRE_EQUAL(shown.status, 200);
    CAF_CHECK(shown.body.find(R"(<base href="/ringmaster/" />)") != std::string::npos);
    CAF_CHECK(
        shown.body.find(R"(<meta name="base-path" content="/ringmaster/" />)") !=
        std::string::npos);
    CAF_CHECK(shown.body.find("__CSP_NONCE__") == std::string::npos);
  }
  CAF_CHECK_EQUAL(
      r.send(method::get, "/ringmaster/assets/index-Bx3_9aQ2.js", "", {}, false).body, "x");
  CAF_CHECK_EQUAL(r.send(method::get, "/elsewhere/api/me", "").status, 404);

  auto in = r.send(
      method::post, "/ringmaster/api/session",
      R"({"email":"ann@example.com","password":")" + std::string(r.ann_password) + "\"}", {},
      false);
  CAF_REQUIRE_EQUAL(in.status, 200);
  auto set = header_of(in, "Set-Cookie");
  CAF_CHECK(set.starts_with("__Secure-rm_session="));
  CAF_CHECK(set.find("; Path=/ringmaster/;") != std::string::npos);
  auto cookie = r.cookie_of(in);
  CAF_CHECK_EQUAL(r.as(cookie, method::get, "/ringmaster/api/session").status, 200);
  auto out = r.as(cookie, method::delete_, "/ringmaster/api/session");
  CAF_CHECK(header_of(out, "Set-Cookie").find("; Path=/ringmaster/;") != std::string::npos);

  auto made = r.send(method::post, "/ringmaster/api/campaigns", R"({"name":"A"})");
  CAF_REQUIRE_EQUAL(made.status, 201);
  CAF_CHECK(header_of(made, "Location").starts_with("/ringmaster/api/campaigns/"));
  r.add_campaign(r.ann);
  auto list = r.get("/ringmaster/api/campaigns?limit=1");
  CAF_CHECK(header_of(list, "Link").starts_with("</ringmaster/api/campaigns?"));
  auto invited = r.post("/ringmaster/api/users", R"({"email":"eve@example.com"})");
  CAF_CHECK(field(invited, "/welcome_url")
                .get<std::string>()
                .starts_with("https://engine.example.com/ringmaster/welcome#token="));
  CAF_CHECK_EQUAL(field(r.get("/ringmaster/openapi.json"), "/servers/0/url"), "/ringmaster");
}

CAF_TEST(without a console the engines own pages lead to each other behind the path) {
  rig r;
  r.settings.http.base_path = "/ringmaster";
  for (std::string target : {"/ringmaster/", "/ringmaster/docs"}) {
    auto shown = r.send(method::get, target, "", {}, false);
    CAF_CHECK_EQUAL(shown.status, 200);
    CAF_CHECK(shown.body.find("href=\"/ringmaster/style.css\"") != std::string::npos);
    CAF_CHECK(shown.body.find("{base}") == std::string::npos);
    CAF_CHECK(shown.body.find("href=\"/openapi.json\"") == std::string::npos);
  }
  r.settings.http.base_path.clear();
  CAF_CHECK(
      r.send(method::get, "/docs", "", {}, false).body.find("href=\"/style.css\"") !=
      std::string::npos);
}

CAF_TEST(an old console that cannot be put behind a path is refused) {
  support::temp_folder folder;
  std::ofstream(folder / "index.html") << "<!doctype html><base href='/'>";
  CAF_CHECK(console_files::read(folder.path()).has_value());
  CAF_CHECK(!console_files::read(folder.path(), "/ringmaster"));
}

CAF_TEST(page urls end with the base path once) {
  config::settings s;
  s.http.public_url = "https://calls.example.com/";
  CAF_CHECK_EQUAL(config::page_url(s), "https://calls.example.com");
  s.http.base_path = "/ringmaster";
  CAF_CHECK_EQUAL(config::page_url(s), "https://calls.example.com/ringmaster");
  s.http.public_url = "https://calls.example.com/ringmaster";
  CAF_CHECK_EQUAL(config::page_url(s), "https://calls.example.com/ringmaster");
}
