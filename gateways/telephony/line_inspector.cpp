#include "gateways/telephony/line_inspector.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <algorithm>
#include <exception>
#include <span>
#include <thread>
#include <utility>

#include "http/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <simdjson.h>
#include <spdlog/spdlog.h>

#include "domain/time.hpp"
#include "gateways/telephony/account_json.hpp"
#include "gateways/telephony/call_json.hpp"
#include "gateways/telephony/refusal.hpp"
#include "gateways/telephony/scrub.hpp"
#include "wire/carrier_signature.hpp"
#include "wire/digest.hpp"
#include "wire/echo_token.hpp"
#include "wire/form.hpp"

namespace ringmaster::telephony {

namespace {

namespace asio = boost::asio;
using how = http::reply::how;
using inspection::caller;
using inspection::carrier_findings;
using inspection::echo_findings;

constexpr std::size_t callers_max = 50;
constexpr std::string_view echo_path = "/api/webhooks/echo/";

std::string basic(const std::string& user, const std::string& password) {
  auto both = user + ":" + password;
  return "Basic " +
         wire::to_base64({reinterpret_cast<const std::uint8_t*>(both.data()), both.size()});
}

http::outgoing get(std::string target, const std::string& authorization) {
  http::outgoing what;
  what.target = std::move(target);
  what.headers.push_back({"Accept", "application/json"});
  what.headers.push_back({"Authorization", authorization});
  return what;
}

std::string path_of(const http::url& base) {
  auto path = base.target;
  while (path.ends_with('/'))
    path.pop_back();
  return path;
}

/// The time in an answer's head, against ours in the middle of the exchange. Whole seconds, so half
/// of one is added.
std::optional<std::chrono::milliseconds>
ahead_of_us(const http::reply& got, instant sent, instant received) {
  const auto* date = got.find("Date");
  if (!date)
    return std::nullopt;
  auto text = *date;
  if (text.ends_with(" GMT"))
    text.replace(text.size() - 3, 3, "+0000");
  auto told = parse_rfc2822(text);
  if (!told)
    return std::nullopt;
  auto theirs = *told + std::chrono::milliseconds(500);
  auto ours = sent + (received - sent) / 2;
  return std::chrono::duration_cast<std::chrono::milliseconds>(theirs - ours);
}

error refusal_of(const http::reply& got, answer_reader& reader) {
  error why;
  why.code = errc::unavailable;
  if (got.what != how::answered) {
    why.detail = "the carrier cannot be reached: " + got.detail;
    return why;
  }
  if (got.status == 401 || got.status == 403)
    why.code = errc::unauthenticated;
  why.detail = "the carrier refused: " + describe(got, reader.read_error(got.body));
  return why;
}

} // namespace

inspector_settings inspector_settings::from(const config::settings& all, std::string callback_key) {
  inspector_settings made;
  made.base_url = all.carrier.base_url;
  made.account_sid = all.carrier.account_sid;
  made.auth_token = all.carrier.auth_token.reveal();
  made.key_sid = all.carrier.api_key_sid;
  made.key_secret = all.carrier.api_key_secret.reveal();
  made.ca_file = all.carrier.ca_file;
  made.public_url = all.http.public_url;
  while (made.public_url.ends_with('/'))
    made.public_url.pop_back();
  made.callback_key = std::move(callback_key);
  made.request_timeout = all.carrier.request_timeout;
  return made;
}

struct line_inspector::impl {
  impl(inspector_settings s, const clock& t, random_source& r)
      : settings(std::move(s)), time(t), random(r), work(io.get_executor()) {
    thread = std::thread([this] {
      while (true) {
        try {
          io.run();
          return;
        } catch (const std::exception& failure) {
          spdlog::error("inspection: the io thread failed: {}", failure.what());
        }
      }
    });
  }
  ~impl() {
    work.reset();
    thread.join();
  }

  http::client_options options() const {
    http::client_options o;
    o.request_timeout = settings.request_timeout;
    o.connect_timeout = std::min(o.connect_timeout, settings.request_timeout);
    o.connections_max = 1;
    o.body_max = 1024 * 1024;
    o.ca_file = settings.ca_file;
    return o;
  }

  std::chrono::milliseconds since(std::chrono::nanoseconds begin) const {
    return std::chrono::ceil<std::chrono::milliseconds>(time.boot() - begin);
  }

  // -- the carrier

  asio::awaitable<caller> look_at_caller(
      http::client& to, std::string account, std::string authorization, std::string number) {
    caller made;
    made.number = number;
    struct place {
      const char *resource, *list;
      caller::standing is;
    };
    static constexpr place places[] = {
        {"IncomingPhoneNumbers", "incoming_phone_numbers", caller::standing::owned   },
        {"OutgoingCallerIds",    "outgoing_caller_ids",    caller::standing::verified},
    };
    wire::fields query;
    query.emplace_back("PhoneNumber", number);
    query.emplace_back("PageSize", "50");
    for (const auto& at : places) {
      auto what =
          get(account + "/" + at.resource + ".json?" + wire::write_form(query), authorization);
      auto got = co_await to.send(std::move(what));
      if (got.what != how::answered || got.status != 200) {
        made.is = caller::standing::unknown;
        made.detail = refusal_of(got, reader).detail;
        co_return made;
      }
      auto listed = read_numbers(got.body, at.list);
      if (!listed) {
        made.is = caller::standing::unknown;
        made.detail = listed.error().detail;
        co_return made;
      }
      // The carrier takes the number for a pattern, so what it found may be another one.
      if (std::find(listed->begin(), listed->end(), number) != listed->end()) {
        made.is = at.is;
        co_return made;
      }
      made.is = caller::standing::foreign;
    }
    co_return made;
  }

  asio::awaitable<result<carrier_findings>> look(std::vector<std::string> callers) {
    auto base = http::parse_url(settings.base_url);
    if (!base)
      co_return fail(errc::invalid, "the carrier's base URL is not usable: " + base.error().detail);
    if (settings.account_sid.empty() || settings.auth_token.empty())
      co_return fail(errc::invalid, "no carrier is configured");
    http::client to(io, *base, options());
    const auto account = path_of(*base) + "/2010-04-01/Accounts/" + settings.account_sid;
    const auto by_token = basic(settings.account_sid, settings.auth_token);
    carrier_findings made;

    auto begin = time.boot();
    auto sent = time.now();
    auto what = get(account + ".json", by_token);
    auto got = co_await to.send(std::move(what));
    made.took = since(begin);
    if (got.what != how::answered || got.status != 200)
      co_return fail(refusal_of(got, reader));
    made.ahead = ahead_of_us(got, sent, time.now());
    auto known = read_account(got.body);
    if (!known)
      co_return fail(errc::unavailable, known.error().detail);
    if (known->sid != settings.account_sid)
      co_return fail(errc::unavailable, "the carrier answered about another account");
    made.account_status = known->status;

    auto authorization = by_token;
    if (!settings.key_sid.empty()) {
      // A standard key may not read the account, so it is tried on what the engine needs it for.
      authorization = basic(settings.key_sid, settings.key_secret);
      auto list = get(account + "/Calls.json?PageSize=1", authorization);
      auto answer = co_await to.send(std::move(list));
      if (answer.what != how::answered || answer.status != 200) {
        auto why = refusal_of(answer, reader);
        why.detail = "with carrier.api_key_sid, " + why.detail;
        co_return fail(std::move(why));
      }
    }
    for (auto& number : callers) {
      if (made.callers.size() == callers_max)
        break;
      auto one = co_await look_at_caller(to, account, authorization, number);
      made.callers.push_back(std::move(one));
    }
    co_return made;
  }

  // -- the public URL

  /// What an engine says of a request that came through the public URL.
  void read_echo(const http::reply& got, const wire::echo_nonce& nonce, echo_findings& into) const {
    simdjson::dom::parser parser;
    simdjson::dom::object doc;
    std::string_view proof, verdict, path;
    if (parser.parse(got.body.data(), got.body.size()).get(doc) != simdjson::SUCCESS ||
        doc["proof"].get(proof) != simdjson::SUCCESS ||
        doc["signature"].get(verdict) != simdjson::SUCCESS ||
        doc["path"].get(path) != simdjson::SUCCESS)
      return;
    auto says = std::string(verdict) + " " + std::string(path);
    into.ours =
        wire::equal_constant_time(proof, wire::echo_proof(settings.callback_key, nonce, says));
    if (!into.ours)
      return;
    into.signed_right = verdict == "fits";
    into.arrived_at = scrub(path);
  }

  asio::awaitable<result<echo_findings>> ask_ourselves(std::string through) {
    if (settings.callback_key.empty())
      co_return fail(errc::invalid, "there is no key to ask with");
    auto base = http::parse_url(through.empty() ? settings.public_url : through);
    if (!base)
      co_return fail(errc::invalid, "the URL is not usable: " + base.error().detail);
    wire::echo_nonce nonce{};
    random.fill(nonce);
    const auto token = wire::write_echo_token(settings.callback_key, nonce);
    echo_findings made;
    made.can_sign = !settings.auth_token.empty();
    made.asked_at = path_of(*base) + std::string(echo_path);
    wire::fields form;
    form.emplace_back("Echo", "doctor");

    auto o = options();
    o.ca_file.clear(); // the world trusts what the system trusts
    http::client to(io, *base, o);
    http::outgoing what;
    what.verb = http::method::post;
    what.target = made.asked_at + token;
    what.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    if (made.can_sign) {
      auto url = settings.public_url + std::string(echo_path) + token;
      what.headers.push_back({"X-Twilio-Signature", wire::sign(settings.auth_token, url, form)});
    }
    what.body = wire::write_form(form);
    auto begin = time.boot();
    auto got = co_await to.send(std::move(what));
    made.took = since(begin);
    if (got.what != how::answered)
      co_return fail(errc::unavailable, "nobody answers there: " + got.detail);
    made.status = got.status;
    if (got.status == 200)
      read_echo(got, nonce, made);
    co_return made;
  }

  template <class Answer>
  static asio::awaitable<void>
  run(asio::awaitable<result<Answer>> looking, std::function<void(result<Answer>)> done) {
    result<Answer> told = fail(errc::internal, "a mistake of the engine while looking");
    try {
      told = co_await std::move(looking);
    } catch (const std::exception& failure) {
      told = fail(errc::unavailable, std::string("it cannot be looked at: ") + failure.what());
    }
    done(std::move(told));
  }

  template <class Answer>
  void spawn(asio::awaitable<result<Answer>> looking, std::function<void(result<Answer>)> done) {
    asio::co_spawn(io, run(std::move(looking), std::move(done)), asio::detached);
  }

  const inspector_settings settings;
  const clock& time;
  random_source& random;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work;
  answer_reader reader{1024 * 1024};
  std::thread thread;
};

line_inspector::line_inspector(
    inspector_settings settings, const clock& time, random_source& random)
    : impl_(std::make_unique<impl>(std::move(settings), time, random)) {}

line_inspector::~line_inspector() = default;

void line_inspector::look_at_carrier(
    std::vector<std::string> callers, std::function<void(result<carrier_findings>)> done) {
  impl_->spawn(impl_->look(std::move(callers)), std::move(done));
}

void line_inspector::echo(std::string base, std::function<void(result<echo_findings>)> done) {
  impl_->spawn(impl_->ask_ourselves(std::move(base)), std::move(done));
}

} // namespace ringmaster::telephony
