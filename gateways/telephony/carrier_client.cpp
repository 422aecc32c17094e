#include "gateways/telephony/carrier_client.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <optional>
#include <set>
#include <span>
#include <thread>
#include <utility>

#include "http/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include "gateways/telephony/call_json.hpp"
#include "gateways/telephony/order_form.hpp"
#include "gateways/telephony/refusal.hpp"
#include "wire/digest.hpp"
#include "wire/form.hpp"

namespace ringmaster::telephony {

namespace {

namespace asio = boost::asio;
using how = http::reply::how;

constexpr std::size_t create_body_max = 64 * 1024;
constexpr std::size_t list_body_max = 4 * 1024 * 1024;
constexpr int pages_max = 20;
constexpr std::int32_t not_in_progress = 21220;
constexpr std::int32_t no_such_call = 20404;

bool is_account_sid(std::string_view text) {
  return text.size() == 34 && text.starts_with("AC") &&
         text.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
}

attempt::listed_call to_listed(call_resource&& from) {
  attempt::listed_call made;
  made.sid = std::move(*from.sid);
  made.to = std::move(from.to);
  made.from = std::move(from.from);
  made.direction = std::move(from.direction);
  made.has_parent = from.has_parent;
  made.created_at = from.created_at;
  made.state = from.state.value_or(call::status::queued);
  return made;
}

template <class Answer>
void tell(const std::function<void(Answer)>& done, Answer answer) {
  try {
    done(std::move(answer));
  } catch (const std::exception& failure) {
    spdlog::error("telephony: a callback failed: {}", failure.what());
  }
}

} // namespace

struct carrier_client::impl {
  using listing = std::vector<attempt::listed_call>;

  static result<call_news> no_news() { return fail(errc::internal, "the carrier could not be asked"); }
  static result<listing> no_list() { return fail(errc::internal, "the carrier could not be asked"); }

  impl(carrier_settings s, http::url base)
    : settings(std::move(s)), origin(base), work(io.get_executor()), reader(list_body_max) {
    http::client_options options;
    options.connect_timeout = settings.connect_timeout;
    options.request_timeout = settings.request_timeout;
    options.connections_max = std::max<std::size_t>(settings.connections, 1);
    options.body_max = create_body_max;
    options.ca_file = settings.ca_file;
    dialing = std::make_unique<http::client>(io, base, options);
    options.connections_max = std::max<std::size_t>(settings.control_connections, 1);
    options.body_max = list_body_max;
    control = std::make_unique<http::client>(io, base, options);
    prefix = base.target;
    while (prefix.ends_with('/'))
      prefix.pop_back();
    calls_path = prefix + "/2010-04-01/Accounts/" + settings.account_sid + "/Calls";
    auto credentials = settings.user + ":" + settings.password;
    authorization = "Basic " + wire::to_base64(std::span(
                                 reinterpret_cast<const std::uint8_t*>(credentials.data()), credentials.size()));
  }

  void start() {
    if (settings.warm_connections > 0)
      asio::co_spawn(io, dialing->warm(settings.warm_connections), asio::detached);
    thread = std::thread([this] {
      while (true) {
        try {
          io.run();
          return;
        } catch (const std::exception& failure) {
          spdlog::error("telephony: the io thread failed: {}", failure.what());
        }
      }
    });
  }

  /// Sends nothing more; the thread ends when the last answer has come.
  void stop() {
    closing = true;
    asio::post(io, [this] {
      dialing.reset();
      control.reset();
    });
    work.reset();
    if (thread.joinable())
      thread.join();
  }

  // -- requests

  http::outgoing request(http::method verb, std::string target) const {
    http::outgoing what;
    what.verb = verb;
    what.target = std::move(target);
    what.headers.push_back({"Accept", "application/json"});
    what.headers.push_back({"Authorization", authorization});
    return what;
  }

  http::outgoing post_form(std::string target, const wire::fields& form) const {
    auto what = request(http::method::post, std::move(target));
    what.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    what.body = wire::write_form(form);
    return what;
  }

  http::outgoing create_request(const create_order& order) const {
    return post_form(calls_path + ".json", create_form(settings, order));
  }

  // -- answers

  attempt::exchange judge_create(const create_order& order, http::reply&& got) {
    attempt::exchange x;
    switch (got.what) {
      case how::not_connected:
      case how::gated:
        x.how = attempt::exchange::how::not_sent;
        x.detail = std::move(got.detail);
        return x;
      case how::broken:
        x.how = attempt::exchange::how::broken;
        x.detail = std::move(got.detail);
        return x;
      case how::answered: break;
    }
    x.how = attempt::exchange::how::answered;
    x.http_status = got.status;
    x.retry_after = retry_after(got);
    if (got.status >= 200 && got.status < 300) {
      auto made = reader.read_call(got.body);
      if (!made) {
        x.detail = std::move(made.error().detail);
        return x;
      }
      x.numbers_match = made->to == order.to.reveal() && made->from == order.from.reveal();
      x.sid = std::move(made->sid);
      x.queue_time = made->queue_time;
      x.state = made->state;
      if (!x.sid)
        x.detail = "the carrier's answer names no call";
      else if (!x.numbers_match)
        x.detail = "the carrier's answer is about other numbers";
      return x;
    }
    auto said = reader.read_error(got.body);
    x.carrier_code = said.code;
    x.detail = describe(got, said);
    return x;
  }

  error refusal_of(const http::reply& got) {
    error why;
    why.code = errc::unavailable;
    if (got.what != how::answered) {
      why.detail = "the carrier cannot be reached: " + got.detail;
      return why;
    }
    auto said = reader.read_error(got.body);
    why.detail = "the carrier refused: " + describe(got, said);
    if (got.status == 404)
      why.code = errc::not_found;
    else if (got.status == 401 || got.status == 403)
      why.code = errc::unauthenticated;
    else if (got.status == 429)
      why.code = errc::rate_limited;
    else if (got.status >= 400 && got.status < 500)
      why.code = errc::invalid;
    why.retry_after = retry_after(got);
    return why;
  }

  result<call_news> read_news(const call_sid& wanted, const http::reply& got) {
    if (got.what != how::answered || got.status != 200)
      return fail(refusal_of(got));
    auto resource = reader.read_call(got.body);
    if (!resource)
      return fail(errc::unavailable, resource.error().detail);
    auto news = to_news(std::move(*resource));
    if (!news)
      return fail(errc::unavailable, news.error().detail);
    if (news->sid != wanted)
      return fail(errc::unavailable, "the carrier answered about another call");
    return news;
  }

  asio::awaitable<http::reply> ask(http::outgoing what) {
    if (!control) {
      http::reply none;
      none.detail = "the engine is stopping";
      co_return none;
    }
    co_return co_await control->send(std::move(what));
  }

  // -- the functions of the port

  asio::awaitable<attempt::exchange> create(create_order order) {
    attempt::exchange x;
    x.detail = "the engine is stopping";
    if (dialing) {
      auto what = create_request(order);
      http::client::gate gate = [this, &order] { return !closing && (!order.gate || order.gate()); };
      auto got = co_await dialing->send(std::move(what), std::move(gate));
      x = judge_create(order, std::move(got));
    }
    co_return x;
  }

  asio::awaitable<result<call_news>> fetch(call_sid sid) {
    if (!call_sid::parse(sid.value))
      co_return fail(errc::invalid, "the id of the call is none of the carrier's");
    auto what = request(http::method::get, calls_path + "/" + sid.value + ".json");
    auto got = co_await ask(std::move(what));
    co_return read_news(sid, got);
  }

  asio::awaitable<result<call_news>> end(call_sid sid, ending by) {
    if (!call_sid::parse(sid.value))
      co_return fail(errc::invalid, "the id of the call is none of the carrier's");
    wire::fields form;
    form.emplace_back("Status", by == ending::cancel ? "canceled" : "completed");
    auto what = post_form(calls_path + "/" + sid.value + ".json", form);
    auto got = co_await ask(std::move(what));
    if (got.what == how::answered && (got.status == 400 || got.status == 404)) {
      auto code = reader.read_error(got.body).code;
      if (code == not_in_progress || code == no_such_call) {
        auto news = co_await fetch(sid);
        co_return news;
      }
    }
    co_return read_news(sid, got);
  }

  asio::awaitable<result<call_news>>
  redirect(call_sid sid, user_id user, attempt_id attempt, std::int32_t number) {
    if (!call_sid::parse(sid.value) || number < 0)
      co_return fail(errc::invalid, "the id of the call is none of the carrier's, or its document has no number");
    auto what = post_form(calls_path + "/" + sid.value + ".json", redirect_form(settings, user, attempt, number));
    auto got = co_await ask(std::move(what));
    if (got.what == how::answered && got.status == 400 && reader.read_error(got.body).code == not_in_progress)
      co_return fail(errc::wrong_state, "the call is not in progress");
    co_return read_news(sid, got);
  }

  /// The target of a next page, if it is a page of our own list at our own carrier.
  std::optional<std::string> next_target(const std::string& uri) const {
    auto target = uri;
    if (!target.starts_with('/')) {
      auto parsed = http::parse_url(uri);
      if (!parsed || parsed->tls != origin.tls || parsed->host != origin.host || parsed->port != origin.port)
        return std::nullopt;
      target = parsed->target;
    }
    if (target.starts_with("/2010-04-01/"))
      target = prefix + target; // the carrier does not know of a path in front of its own
    if (!target.starts_with(calls_path + ".json?") || target.find_first_of("#\\ ") != std::string::npos)
      return std::nullopt;
    return target;
  }

  asio::awaitable<result<listing>> list(std::string query, int pages, std::string to, std::string from) {
    listing all;
    std::set<std::string> seen;
    auto target = calls_path + ".json?" + query;
    result<listing> answer = fail(errc::unavailable, "the carrier's list has no end");
    for (int i = 0; i < pages_max && i < pages; ++i) {
      seen.insert(target);
      auto what = request(http::method::get, target);
      auto got = co_await ask(std::move(what));
      if (got.what != how::answered || got.status != 200) {
        answer = fail(refusal_of(got));
        break;
      }
      auto page = reader.read_page(got.body);
      if (!page) {
        answer = fail(errc::unavailable, page.error().detail);
        break;
      }
      for (auto& one : page->calls)
        if ((to.empty() || one.to == to) && (from.empty() || one.from == from))
          all.push_back(to_listed(std::move(one)));
      if (page->next.empty() || pages == 1) {
        // Those without a date last: nothing is known of their age.
        std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.created_at > b.created_at; });
        answer = std::move(all);
        break;
      }
      auto next = next_target(page->next);
      if (!next || seen.contains(*next)) {
        answer = fail(errc::unavailable, "the carrier's list leads astray");
        break;
      }
      target = std::move(*next);
    }
    co_return answer;
  }

  /// Runs one function of the port on the io thread and tells its end, come what may.
  template <class Answer>
  static asio::awaitable<void> run(
    asio::awaitable<Answer> work, Answer otherwise, std::function<void(Answer)> done) {
    try {
      otherwise = co_await std::move(work);
    } catch (const std::exception& failure) {
      spdlog::error("telephony: an exchange failed: {}", failure.what());
    }
    tell(done, std::move(otherwise));
  }

  template <class Answer>
  void spawn(asio::awaitable<Answer> work, Answer otherwise, std::function<void(Answer)> done) {
    asio::co_spawn(io, run(std::move(work), std::move(otherwise), std::move(done)), asio::detached);
  }

  const carrier_settings settings;
  const http::url origin;
  std::string prefix, calls_path, authorization;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work;
  answer_reader reader;
  std::unique_ptr<http::client> dialing, control; ///< null while stopping; the io thread's
  std::atomic<bool> closing{false};
  std::thread thread;
};

result<std::unique_ptr<carrier_client>> carrier_client::make(carrier_settings settings) {
  auto base = http::parse_url(settings.base_url);
  if (!base)
    return fail(errc::invalid, "the carrier's base URL is not usable: " + base.error().detail);
  if (base->target.find('?') != std::string::npos)
    return fail(errc::invalid, "the carrier's base URL must not have a query");
  if (!is_account_sid(settings.account_sid))
    return fail(errc::invalid, "the carrier's account SID is not AC and 32 lower-case hex digits");
  if (settings.user.empty() || settings.password.empty() || settings.user.find(':') != std::string::npos)
    return fail(errc::invalid, "the carrier's credentials are missing");
  if (settings.callback_key.empty())
    return fail(errc::invalid, "the key of callback URLs is missing");
  if (auto own = http::parse_url(settings.public_url); !own)
    return fail(errc::invalid, "the public URL is not usable: " + own.error().detail);
  while (settings.public_url.ends_with('/'))
    settings.public_url.pop_back();
  try {
    auto made = std::make_unique<impl>(std::move(settings), *base);
    made->start();
    return std::unique_ptr<carrier_client>(new carrier_client(std::move(made)));
  } catch (const std::exception& failure) {
    return fail(errc::invalid, std::string("the carrier's client cannot start: ") + failure.what());
  }
}

carrier_client::carrier_client(std::unique_ptr<impl> made) : impl_(std::move(made)) {}

carrier_client::~carrier_client() { impl_->stop(); }

void carrier_client::create(create_order order, std::function<void(attempt::exchange)> done) {
  attempt::exchange in_doubt;
  in_doubt.how = attempt::exchange::how::broken;
  in_doubt.detail = "a mistake of the engine while calling the carrier";
  impl_->spawn(impl_->create(std::move(order)), std::move(in_doubt), std::move(done));
}

void carrier_client::end(const call_sid& sid, ending how, std::function<void(result<call_news>)> done) {
  impl_->spawn(impl_->end(sid, how), impl::no_news(), std::move(done));
}

void carrier_client::fetch(const call_sid& sid, std::function<void(result<call_news>)> done) {
  impl_->spawn(impl_->fetch(sid), impl::no_news(), std::move(done));
}

void carrier_client::redirect(
  const call_sid& sid, const user_id& user, const attempt_id& attempt, std::int32_t number,
  std::function<void(result<call_news>)> done) {
  impl_->spawn(impl_->redirect(sid, user, attempt, number), impl::no_news(), std::move(done));
}

void carrier_client::list(
  const phone_number& to, const phone_number& from,
  std::function<void(result<std::vector<attempt::listed_call>>)> done) {
  wire::fields query{{"To", to.reveal()}, {"From", from.reveal()}, {"PageSize", "1000"}};
  impl_->spawn(
    impl_->list(wire::write_form(query), pages_max, to.reveal(), from.reveal()), impl::no_list(), std::move(done));
}

void carrier_client::recent(std::function<void(result<std::vector<attempt::listed_call>>)> done) {
  impl_->spawn(impl_->list("PageSize=100", 1, {}, {}), impl::no_list(), std::move(done));
}

} // namespace ringmaster::telephony
