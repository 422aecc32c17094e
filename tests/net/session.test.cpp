#define CAF_SUITE net_session

#include <caf/test/unit_test.hpp>

#include <string>

#include <nlohmann/json.hpp>

#include "tests/net/console_rig.hpp"

using namespace ringmaster;
using namespace ringmaster::net;
using namespace ringmaster::net_tests;
using http::method;
using namespace std::chrono_literals;

namespace {

void pass(rig& r, std::chrono::seconds time) {
  r.time.wall += time;
  r.time.since_boot += time;
}

} // namespace

CAF_TEST(the right password opens a session whose cookie tells a page nothing) {
  console_rig r;
  auto in = r.sign_in("Ann@Example.com", r.ann_password);
  CAF_REQUIRE_EQUAL(in.status, 200);
  auto set = header_of(in, "Set-Cookie");
  CAF_CHECK(set.starts_with("__Host-rm_session="));
  CAF_CHECK(set.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure"));
  CAF_CHECK_EQUAL(field(in, "/user/email"), "ann@example.com");
  CAF_CHECK_EQUAL(field(in, "/user/role"), "operator");
  CAF_CHECK(field(in, "/installation/simulated") == false);
  auto cookie = r.cookie_of(in);
  CAF_CHECK(in.body.find(cookie.substr(cookie.find('=') + 1)) == std::string::npos);
  CAF_REQUIRE_EQUAL(r.accounts.sessions.size(), 1u);
  CAF_CHECK(cookie.find(r.accounts.sessions[0].sha256) == std::string::npos);

  auto again = r.as(cookie, method::get, "/api/session");
  CAF_CHECK_EQUAL(again.status, 200);
  CAF_CHECK(field(again, "/csrf_token") == field(in, "/csrf_token"));
  CAF_CHECK_EQUAL(header_of(again, "Cache-Control"), "no-store");
  CAF_CHECK_EQUAL(r.as(cookie, method::get, "/api/campaigns").status, 200);
  CAF_CHECK_EQUAL(field(r.as(cookie, method::get, "/api/me"), "/user/email"), "ann@example.com");
}

CAF_TEST(on plain loopback the cookie has its plain name) {
  console_rig r;
  r.settings.http.public_url = "http://127.0.0.1:8080";
  auto in = r.sign_in("bob@example.com", r.bob_password);
  auto set = header_of(in, "Set-Cookie");
  CAF_CHECK(set.starts_with("rm_session="));
  CAF_CHECK(set.find("Secure") == std::string::npos);
  CAF_CHECK_EQUAL(r.as(r.cookie_of(in), method::get, "/api/session").status, 200);
}

CAF_TEST(an unknown address a wrong password and a closed account are refused alike) {
  console_rig r;
  r.accounts.find("bob@example.com")->view.disabled = true;
  auto wrong = r.sign_in("ann@example.com", "not that sentence");
  CAF_CHECK_EQUAL(wrong.status, 401);
  CAF_CHECK_EQUAL(r.accounts.compared, 1);
  auto unknown = r.sign_in("eve@example.com", "not that sentence");
  CAF_CHECK_EQUAL(r.accounts.compared, 2); // the same work
  auto closed = r.sign_in("bob@example.com", r.bob_password);
  CAF_CHECK_EQUAL(r.accounts.compared, 3);
  CAF_CHECK_EQUAL(unknown.status, 401);
  CAF_CHECK_EQUAL(unknown.body, wrong.body);
  CAF_CHECK_EQUAL(closed.body, wrong.body);
  CAF_CHECK(header_of(wrong, "Set-Cookie").empty());
  CAF_CHECK(r.accounts.sessions.empty());
}

CAF_TEST(tries are limited for known and unknown addresses alike and never for good) {
  for (std::string email : {"ann@example.com", "eve@example.com"}) {
    console_rig r;
    for (std::size_t i = 0; i < account::tries_a_minute; ++i)
      CAF_CHECK_EQUAL(r.sign_in(email, "a wrong password").status, 401);
    auto compared = r.accounts.compared;
    auto much = r.sign_in(email, r.ann_password);
    CAF_CHECK_EQUAL(much.status, 429);
    CAF_CHECK_EQUAL(header_of(much, "Retry-After"), "60");
    CAF_CHECK_EQUAL(r.accounts.compared, compared); // not even looked at
    pass(r, 61s);
    CAF_CHECK_EQUAL(r.sign_in(email, "a wrong password").status, 401);
    // Twenty in an hour: from then on one in half a minute.
    for (int i = 0; i < 30; ++i) {
      pass(r, 31s);
      r.sign_in(email, "a wrong password");
    }
    CAF_CHECK_EQUAL(r.sign_in(email, "a wrong password").status, 429);
    pass(r, 31s);
    CAF_CHECK_EQUAL(r.sign_in(email, "a wrong password").status, 401);
  }
}

CAF_TEST(a session that a request brings along is not the one it leaves with) {
  console_rig r;
  auto first = r.signed_in("bob@example.com");
  auto in = r.sign_in(
      "bob@example.com", r.bob_password,
      {
          {"Cookie", first}
  });
  CAF_REQUIRE_EQUAL(in.status, 200);
  auto second = r.cookie_of(in);
  CAF_CHECK(first != second);
  CAF_CHECK_EQUAL(r.as(first, method::get, "/api/session").status, 401);
  CAF_CHECK_EQUAL(r.as(second, method::get, "/api/session").status, 200);
  // An id of somebody's own choice is none.
  std::string chosen = "__Host-rm_session=" + std::string(43, 'A');
  auto fixed = r.sign_in(
      "bob@example.com", r.bob_password,
      {
          {"Cookie", chosen}
  });
  CAF_CHECK(r.cookie_of(fixed) != chosen);
  CAF_CHECK_EQUAL(r.as(chosen, method::get, "/api/session").status, 401);
}

CAF_TEST(a write by cookie needs the token and a page of our own) {
  console_rig r;
  auto cookie = r.signed_in("bob@example.com");
  auto token = r.csrf(cookie);
  auto write = [&](headers extra) {
    extra.push_back({"Cookie", cookie});
    return r.send(method::post, "/api/campaigns", R"({"name":"A"})", extra, false).status;
  };
  CAF_CHECK_EQUAL(write({}), 403);
  CAF_CHECK_EQUAL(
      write({
          {"X-CSRF-Token", token}
  }),
      403);
  CAF_CHECK_EQUAL(
      write({
          {"Sec-Fetch-Site", "same-origin"}
  }),
      403);
  CAF_CHECK_EQUAL(
      write({
          {"X-CSRF-Token",   token       },
          {"Sec-Fetch-Site", "cross-site"}
  }),
      403);
  CAF_CHECK_EQUAL(
      write({
          {"X-CSRF-Token",   token      },
          {"Sec-Fetch-Site", "same-site"}
  }),
      403);
  CAF_CHECK_EQUAL(
      write({
          {"X-CSRF-Token", token                 },
          {"Origin",       "https://evil.example"}
  }),
      403);
  CAF_CHECK_EQUAL(
      write({
          {"X-CSRF-Token", token },
          {"Origin",       "null"}
  }),
      403);
  CAF_CHECK_EQUAL(
      write({
          {"X-CSRF-Token",   token                 },
          {"Origin",         "https://evil.example"},
          {"Sec-Fetch-Site", "same-origin"         }
  }),
      403);
  CAF_CHECK_EQUAL(
      write({
          {"X-CSRF-Token", token + "x"                 },
          {"Origin",       "https://engine.example.com"}
  }),
      403);
  CAF_CHECK_EQUAL(
      write({
          {"X-CSRF-Token",   r.csrf(r.signed_in("ann@example.com"))},
          {"Sec-Fetch-Site", "same-origin"                         }
  }),
      403);
  CAF_CHECK(r.desk.data.campaigns.empty());
  CAF_CHECK_EQUAL(
      write({
          {"X-CSRF-Token", token                       },
          {"Origin",       "https://engine.example.com"}
  }),
      201);
  CAF_CHECK_EQUAL(
      write({
          {"X-CSRF-Token",   token        },
          {"Sec-Fetch-Site", "same-origin"}
  }),
      201);
  CAF_CHECK_EQUAL(
      write({
          {"X-CSRF-Token", token                 },
          {"Origin",       "http://10.0.0.5:8080"},
          {"Host",         "10.0.0.5:8080"       }
  }),
      201);
  // Nobody signs a browser in from elsewhere, either.
  CAF_CHECK_EQUAL(
      r.sign_in(
           "bob@example.com", r.bob_password,
           {
               {"Origin", "https://evil.example"}
  })
          .status,
      403);
  CAF_CHECK(r.desk.data.campaigns.size() == 3 && r.desk.data.campaigns[0].user == r.bob);
}

CAF_TEST(a cookie and a key together are refused and so are two cookies) {
  console_rig r;
  auto cookie = r.signed_in("ann@example.com");
  headers both{
      {"Cookie",        cookie           },
      {"Authorization", "Bearer " + r.key}
  };
  CAF_CHECK_EQUAL(r.send(method::get, "/api/me", "", both, false).status, 400);
  CAF_CHECK_EQUAL(
      r.send(
           method::get, "/api/me", "",
           {
               {"Cookie", cookie + "; " + cookie}
  },
           false)
          .status,
      400);
  CAF_CHECK_EQUAL(
      r.send(
           method::get, "/api/me", "",
           {
               {"Cookie", "__Host-rm_session=x"}
  },
           false)
          .status,
      401);
  CAF_CHECK_EQUAL(
      r.send(
           method::get, "/api/me", "",
           {
               {"Cookie", "other=1"}
  })
          .status,
      200);
  CAF_CHECK_EQUAL(r.get("/api/session").status, 404);
}

CAF_TEST(a session ends after half an hour without a request and after twelve hours with) {
  console_rig r;
  auto cookie = r.signed_in("bob@example.com");
  pass(r, 29min);
  CAF_CHECK_EQUAL(r.as(cookie, method::get, "/api/session").status, 200);
  CAF_CHECK_EQUAL(r.accounts.touches, 1);
  pass(r, 29min);
  CAF_CHECK_EQUAL(r.as(cookie, method::get, "/api/session").status, 200);
  pass(r, 31min);
  CAF_CHECK_EQUAL(r.as(cookie, method::get, "/api/session").status, 401);
  cookie = r.signed_in("bob@example.com");
  for (int i = 0; i < 35; ++i) {
    pass(r, 20min);
    CAF_CHECK_EQUAL(r.as(cookie, method::get, "/api/me").status, 200);
  }
  pass(r, 20min);
  CAF_CHECK_EQUAL(r.as(cookie, method::get, "/api/me").status, 401);
}

CAF_TEST(signing out ends the session here and now) {
  console_rig r;
  auto cookie = r.signed_in("bob@example.com");
  CAF_CHECK_EQUAL(r.as(cookie, method::get, "/api/session").status, 200);
  CAF_CHECK_EQUAL(
      r.send(
           method::delete_, "/api/session", "",
           {
               {"Cookie", cookie}
  },
           false)
          .status,
      403);
  auto out = r.as(cookie, method::delete_, "/api/session");
  CAF_CHECK_EQUAL(out.status, 204);
  CAF_CHECK(header_of(out, "Set-Cookie").find("Max-Age=0") != std::string::npos);
  CAF_CHECK(r.accounts.sessions.empty());
  CAF_CHECK_EQUAL(r.as(cookie, method::get, "/api/session").status, 401);
}

CAF_TEST(only an operator sees the accounts and the engine) {
  console_rig r;
  auto bob = r.signed_in("bob@example.com");
  auto ann = r.signed_in("ann@example.com");
  CAF_CHECK_EQUAL(r.as(bob, method::get, "/api/users").status, 403);
  CAF_CHECK_EQUAL(
      r.as(bob, method::post, "/api/users", R"({"email":"x@example.com"})").status, 403);
  CAF_CHECK_EQUAL(r.as(bob, method::get, "/api/api-keys").status, 200); // his own
  auto list = r.as(ann, method::get, "/api/users");
  CAF_CHECK_EQUAL(list.status, 200);
  CAF_CHECK_EQUAL(field(list, "/users").size(), 2u);
  CAF_CHECK(list.body.find("hash") == std::string::npos);
  auto bobs_key = r.add_key(r.bob, 15);
  CAF_CHECK_EQUAL(
      r.get(
           "/api/users",
           {
               {"Authorization", "Bearer " + bobs_key}
  })
          .status,
      403);
  CAF_CHECK_EQUAL(r.get("/api/users").status, 200);
  auto reader = r.add_key(r.ann, 1);
  CAF_CHECK_EQUAL(
      r.get(
           "/api/users",
           {
               {"Authorization", "Bearer " + reader}
  })
          .status,
      403);
}

CAF_TEST(an operator adds a user whose link works once) {
  console_rig r;
  auto ann = r.signed_in("ann@example.com");
  auto made = r.as(ann, method::post, "/api/users", R"({"email":"cy@example.com","role":"user"})");
  CAF_REQUIRE_EQUAL(made.status, 201);
  auto url = field(made, "/welcome_url").get<std::string>();
  std::string start = "https://engine.example.com/welcome#token=";
  CAF_REQUIRE(url.starts_with(start));
  auto token = url.substr(start.size());
  CAF_CHECK_EQUAL(
      r.as(ann, method::post, "/api/users", R"({"email":"CY@example.com"})").status, 409);
  auto enter = [&](const std::string& email, const std::string& password) {
    nlohmann::json body{
        {"token",    token   },
        {"email",    email   },
        {"password", password}
    };
    return r.send(method::post, "/api/session/welcome", body.dump(), {}, false);
  };
  CAF_CHECK_EQUAL(enter("ann@example.com", "something long enough").status, 422);
  CAF_CHECK_EQUAL(enter("cy@example.com", "too short").status, 422);
  CAF_CHECK_EQUAL(field(enter("cy@example.com", "password1234"), "/errors/0/pointer"), "/password");
  CAF_CHECK_EQUAL(r.accounts.hashed, 0);
  auto in = enter("cy@example.com", "something long enough");
  CAF_CHECK_EQUAL(in.status, 200);
  CAF_CHECK_EQUAL(field(in, "/user/role"), "user");
  CAF_CHECK_EQUAL(r.as(r.cookie_of(in), method::get, "/api/session").status, 200);
  CAF_CHECK_EQUAL(enter("cy@example.com", "something else long").status, 401);
  CAF_CHECK_EQUAL(r.sign_in("cy@example.com", "something long enough").status, 200);
}

CAF_TEST(a link runs out after a day and a new one replaces it) {
  console_rig r;
  auto ann = r.signed_in("ann@example.com");
  auto path = "/api/users/" + to_string(r.bob) + "/password-link";
  auto link = [&] {
    auto url = field(r.as(ann, method::post, path), "/welcome_url").get<std::string>();
    return url.substr(url.find("token=") + 6);
  };
  auto enter = [&](const std::string& token) {
    nlohmann::json body{
        {"token",    token                  },
        {"email",    "bob@example.com"      },
        {"password", "a fresh long password"}
    };
    return r.send(method::post, "/api/session/welcome", body.dump(), {}, false).status;
  };
  auto first = link();
  auto second = link();
  CAF_CHECK_EQUAL(enter(first), 401);
  pass(r, 24h);
  CAF_CHECK_EQUAL(enter(second), 401);
  ann = r.signed_in("ann@example.com");
  auto old = r.signed_in("bob@example.com");
  CAF_CHECK_EQUAL(enter(link()), 200);
  CAF_CHECK_EQUAL(r.as(old, method::get, "/api/session").status, 401); // all earlier sessions end
  CAF_CHECK_EQUAL(enter("x"), 401);
}

CAF_TEST(a change of role or a closed account ends its sessions and the last operator stays) {
  console_rig r;
  auto ann = r.signed_in("ann@example.com");
  auto bob = r.signed_in("bob@example.com");
  auto alter = [&](const user_id& who, const std::string& body) {
    return r.as(ann, method::patch, "/api/users/" + to_string(who), body).status;
  };
  CAF_CHECK_EQUAL(r.as(bob, method::get, "/api/me").status, 200);
  CAF_CHECK_EQUAL(alter(r.ann, R"({"role":"user"})"), 409);
  CAF_CHECK_EQUAL(alter(r.ann, R"({"disabled":true})"), 409);
  CAF_CHECK_EQUAL(alter(r.bob, R"({"role":"king"})"), 422);
  CAF_CHECK_EQUAL(alter(r.bob, R"({"role":"operator"})"), 200);
  CAF_CHECK_EQUAL(r.as(bob, method::get, "/api/me").status, 401);
  bob = r.signed_in("bob@example.com");
  CAF_CHECK_EQUAL(r.as(bob, method::get, "/api/users").status, 200);
  CAF_CHECK_EQUAL(alter(r.bob, R"({"disabled":true})"), 200);
  CAF_CHECK_EQUAL(r.as(bob, method::get, "/api/me").status, 401);
  CAF_CHECK_EQUAL(r.sign_in("bob@example.com", r.bob_password).status, 401);
  CAF_CHECK_EQUAL(alter(user_id{}, R"({"disabled":true})"), 404);
}

CAF_TEST(the first link makes an operator once and only while nobody has a password) {
  console_rig r;
  r.accounts.people.clear();
  auto token = make_secret(r.random);
  r.door.first.open(token.sha256, r.time.wall + account::link_life, "");
  auto enter = [&](const std::string& text) {
    nlohmann::json body{
        {"token",    text                    },
        {"email",    "me@example.com"        },
        {"password", "my first long password"}
    };
    return r.send(method::post, "/api/session/welcome", body.dump(), {}, false);
  };
  CAF_CHECK_EQUAL(enter(make_secret(r.random).text).status, 401);
  auto in = enter(token.text);
  CAF_REQUIRE_EQUAL(in.status, 200);
  CAF_CHECK_EQUAL(field(in, "/user/role"), "operator");
  CAF_CHECK_EQUAL(enter(token.text).status, 401);
}

CAF_TEST(events are followed by cookie and sessions are read once in a while) {
  console_rig r;
  auto cookie = r.signed_in("bob@example.com");
  r.accounts.session_reads = 0;
  for (int i = 0; i < 5; ++i)
    CAF_CHECK_EQUAL(r.as(cookie, method::get, "/api/me").status, 200);
  CAF_CHECK_EQUAL(r.accounts.session_reads, 1);
  auto events = r.as(cookie, method::get, "/api/events");
  CAF_CHECK_EQUAL(events.status, 200);
  CAF_CHECK(events.content_type.starts_with("text/event-stream"));
  r.run_out_of_cache();
  r.accounts.away = true;
  CAF_CHECK_EQUAL(r.as(cookie, method::get, "/api/me").status, 503);
  // The stop button works all the same.
  bool stopped = false;
  r.engine.stop = [&](const stop_everything& m) {
    stopped = m.stop;
    return stop_report{m.stop, true, 0};
  };
  CAF_CHECK_EQUAL(r.as(cookie, method::post, "/api/stop").status, 200);
  CAF_CHECK(stopped);
}

CAF_TEST(an engine without a console has no sign in) {
  rig r;
  CAF_CHECK_EQUAL(
      r.send(method::post, "/api/session", R"({"email":"a@b","password":"x"})", {}, false).status,
      404);
  CAF_CHECK_EQUAL(r.get("/api/users").status, 404);
}
