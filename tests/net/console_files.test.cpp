#define CAF_SUITE net_console_files

#include <caf/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/net/console_rig.hpp"
#include "tests/support/temp_folder.hpp"

using namespace ringmaster;
using namespace ringmaster::net;
using namespace ringmaster::net_tests;
using http::method;

namespace {

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

struct filled_rig : console_rig {
  filled_rig() {
    write(
        folder / "index.html",
        "<!doctype html><meta name=\"csp-nonce\" content=\"__CSP_NONCE__\">");
    write(folder / "favicon.svg", "<svg/>");
    write(folder / "assets/index-Bx3_9aQ2.js", "plain();");
    write(folder / "assets/index-Bx3_9aQ2.js.gz", "zipped");
    write(folder / ".secret.json", "{}");
    write(folder / "notes.pem", "no such type");
    auto read = console_files::read(folder.path());
    CAF_REQUIRE(read.has_value());
    door.files = std::move(*read);
  }
  http::response look(
      const std::string& path, headers extra = {
                                   {"Accept", "text/html,*/*;q=0.8"}
  }) {
    return send(method::get, path, "", std::move(extra), false);
  }
  support::temp_folder folder;
};

} // namespace

CAF_TEST(a page of the console is its one page with a nonce of its own) {
  filled_rig r;
  std::string last;
  for (std::string path : {"/", "/campaigns", "/campaigns/0000", "/welcome", "/index.html"}) {
    auto page = r.look(path);
    CAF_CHECK_EQUAL(page.status, 200);
    CAF_CHECK_EQUAL(page.content_type, "text/html; charset=utf-8");
    CAF_CHECK_EQUAL(header_of(page, "Cache-Control"), "no-store");
    auto at = page.body.find("content=\"") + 9;
    auto nonce = page.body.substr(at, page.body.find('"', at) - at);
    CAF_CHECK_EQUAL(nonce.size(), 43u);
    CAF_CHECK(nonce != last);
    last = nonce;
    auto policy = header_of(page, "Content-Security-Policy");
    CAF_CHECK(policy.find("style-src 'self' 'nonce-" + nonce + "'") != std::string::npos);
    CAF_CHECK(policy.find("script-src 'self';") != std::string::npos);
    CAF_CHECK(policy.find("frame-ancestors 'none'") != std::string::npos);
    CAF_CHECK_EQUAL(header_of(page, "X-Content-Type-Options"), "nosniff");
  }
}

CAF_TEST(assets are kept for good and others are asked for again) {
  filled_rig r;
  auto asset = r.look("/assets/index-Bx3_9aQ2.js", {});
  CAF_CHECK_EQUAL(asset.status, 200);
  CAF_CHECK_EQUAL(asset.body, "plain();");
  CAF_CHECK_EQUAL(header_of(asset, "Cache-Control"), "public, max-age=31536000, immutable");
  auto zipped = r.look(
      "/assets/index-Bx3_9aQ2.js", {
                                       {"Accept-Encoding", "br;q=0, gzip"}
  });
  CAF_CHECK_EQUAL(zipped.body, "zipped");
  CAF_CHECK_EQUAL(header_of(zipped, "Content-Encoding"), "gzip");
  CAF_CHECK_EQUAL(header_of(zipped, "Vary"), "Accept-Encoding");
  auto icon = r.look("/favicon.svg", {});
  CAF_CHECK_EQUAL(icon.content_type, "image/svg+xml");
  CAF_CHECK_EQUAL(header_of(icon, "Cache-Control"), "no-cache");
  auto same = r.look(
      "/favicon.svg", {
                          {"If-None-Match", header_of(icon, "ETag")}
  });
  CAF_CHECK_EQUAL(same.status, 304);
  CAF_CHECK(same.body.empty());
}

CAF_TEST(nothing else is served) {
  filled_rig r;
  CAF_CHECK_EQUAL(r.look("/api/nothing").status, 404);
  CAF_CHECK_EQUAL(r.look("/api").status, 404);
  CAF_CHECK_EQUAL(r.look("/healthz/x").status, 404);
  CAF_CHECK_EQUAL(
      r.look(
           "/campaigns",
           {
               {"Accept", "application/json"}
  })
          .status,
      404);
  CAF_CHECK_EQUAL(r.look("/assets/other.js").status, 404);
  CAF_CHECK_EQUAL(r.look("/assets/other").status, 404);
  CAF_CHECK_EQUAL(r.look("/.secret.json").status, 404);
  CAF_CHECK_EQUAL(r.look("/notes.pem").status, 404);
  CAF_CHECK_EQUAL(r.look("/favicon.svg.gz").status, 404);
  CAF_CHECK(r.look("/../../etc/passwd").body.find("root:") == std::string::npos);
  CAF_CHECK_EQUAL(
      r.send(
           method::post, "/campaigns", "",
           {
               {"Accept", "text/html"}
  },
           false)
          .status,
      404);
}

CAF_TEST(without files the home page says where the console went) {
  console_rig r;
  auto page = r.send(
      method::get, "/", "",
      {
          {"Accept", "text/html"}
  },
      false);
  CAF_CHECK_EQUAL(page.status, 200);
  CAF_CHECK(page.body.find("console was not built into this installation") != std::string::npos);
  CAF_CHECK_EQUAL(
      r.send(
           method::get, "/campaigns", "",
           {
               {"Accept", "text/html"}
  },
           false)
          .status,
      404);
}

CAF_TEST(a folder without the page is refused and an absent one is none) {
  support::temp_folder folder;
  CAF_CHECK(console_files::read(folder / "nowhere")->empty());
  CAF_CHECK(console_files::read("")->empty());
  CAF_CHECK(!console_files::read(folder.path()).has_value());
}
