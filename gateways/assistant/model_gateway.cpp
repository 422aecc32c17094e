#include "gateways/assistant/model_gateway.hpp"

// g++ 12 takes Asio's recycled coroutine frames for a mismatch of new and delete. Can go with it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

#include <exception>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "gateways/assistant/asking.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

namespace ringmaster::assistant {

namespace {

/// What the speaker and the gateway's thread share of a speech. The lock is held while a callback
/// runs, and may be taken again by the callback itself.
struct hearer {
  std::recursive_mutex mutex;
  bool gone = false;
  std::function<void(std::string_view)> on_text;
  std::function<void(result<turn_end>)> done;
  operation* who = nullptr; ///< the gateway's thread's

  template <class Call>
  void tell(Call call) {
    std::lock_guard lock(mutex);
    if (gone)
      return;
    try {
      call(*this);
    } catch (const std::exception& failure) {
      spdlog::error("assistant: a callback failed: {}", failure.what());
    }
  }
};

} // namespace

struct model_gateway::core {
  core(gateway_settings s, const clock& t, random_source& r)
      : numbers(std::move(s)), time(t), random(r), work(io.get_executor()) {}

  void start() {
    thread = std::thread([this] {
      while (true) {
        try {
          io.run();
          return;
        } catch (const std::exception& failure) {
          spdlog::error("assistant: the io thread failed: {}", failure.what());
        }
      }
    });
  }

  /// Calls off what is under way; the thread ends when the last callback has come.
  void stop() {
    asio::post(io, [this] {
      closing = true;
      for (auto& one : providers)
        one->close();
      for (auto* one : under_way)
        one->cancel();
    });
    work.reset();
    if (thread.joinable())
      thread.join();
  }

  panel all() const { return panel{numbers, time, random, providers}; }

  /// Knows an operation while it is under way.
  struct entry {
    explicit entry(core& c) : of(c), who(c.io) {
      of.under_way.insert(&who);
      if (of.closing)
        who.cancel();
    }
    ~entry() { of.under_way.erase(&who); }
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

    core& of;
    operation who;
  };

  asio::awaitable<void> ask(order what, std::function<void(completion)> done) {
    entry mine(*this);
    completion told{fail(errc::internal, "a mistake of the engine while asking a model"), {}};
    try {
      told = co_await answer(all(), mine.who, what);
    } catch (const std::exception& failure) {
      spdlog::error("assistant: an order failed: {}", failure.what());
    }
    try {
      done(std::move(told));
    } catch (const std::exception& failure) {
      spdlog::error("assistant: a callback failed: {}", failure.what());
    }
  }

  asio::awaitable<void> speak(turn what, std::shared_ptr<hearer> to) {
    entry mine(*this);
    {
      std::lock_guard lock(to->mutex);
      if (to->gone)
        co_return;
      to->who = &mine.who;
    }
    result<turn_end> told = fail(errc::internal, "a mistake of the engine while asking a model");
    std::function<void(std::string_view)> tell = [to](std::string_view words) {
      to->tell([&](hearer& h) { h.on_text(words); });
    };
    try {
      told = co_await assistant::speak(all(), mine.who, what, tell);
    } catch (const std::exception& failure) {
      spdlog::error("assistant: a turn failed: {}", failure.what());
    }
    to->tell([&](hearer& h) { h.done(std::move(told)); });
    to->who = nullptr;
  }

  asio::awaitable<void>
  try_out(std::string name, std::vector<own_key> keys, std::function<void(result<usage>)> done) {
    entry mine(*this);
    result<usage> told = fail(errc::not_found, "there is no provider of this name");
    for (auto& one : providers) {
      if (one->told().name != name)
        continue;
      auto key = one->key_for(keys);
      usage none;
      none.provider = name;
      none.model = one->told().model;
      if (!key)
        none.failure = key.error().detail;
      told = std::move(none);
      if (!key)
        break;
      try {
        auto tried = co_await assistant::try_out(all(), mine.who, *one, *key);
        told = std::move(tried);
      } catch (const std::exception& failure) {
        spdlog::error("assistant: a trial failed: {}", failure.what());
        told = fail(errc::internal, "a mistake of the engine while asking a model");
      }
      break;
    }
    try {
      done(std::move(told));
    } catch (const std::exception& failure) {
      spdlog::error("assistant: a callback failed: {}", failure.what());
    }
  }

  const gateway_settings numbers;
  const clock& time;
  random_source& random;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::vector<std::unique_ptr<provider>> providers;
  std::set<operation*> under_way;
  bool closing = false; ///< the thread's
  std::thread thread;
};

namespace {

/// Going, it calls the turn off; the gateway's thread closes the connection.
class speech_under_way final : public speech {
public:
  speech_under_way(std::shared_ptr<hearer> h, std::function<void()> call_off)
      : hearer_(std::move(h)), call_off_(std::move(call_off)) {}
  ~speech_under_way() override {
    {
      std::lock_guard lock(hearer_->mutex);
      hearer_->gone = true;
    }
    call_off_();
  }

private:
  std::shared_ptr<hearer> hearer_;
  std::function<void()> call_off_;
};

} // namespace

gateway_settings gateway_settings::from(const config::settings& all) {
  gateway_settings made;
  for (const auto& name : all.ai.providers) {
    config::ai_provider one;
    one.name = name;
    if (name == "rules")
      one.kind = "rules";
    for (const auto& told : all.ai.named)
      if (told.name == name)
        one = told;
    made.providers.push_back(std::move(one));
  }
  return made;
}

result<std::unique_ptr<model_gateway>>
model_gateway::make(gateway_settings settings, const clock& time, random_source& random) {
  auto made = std::make_shared<core>(std::move(settings), time, random);
  for (const auto& told : made->numbers.providers) {
    http::url base;
    if (told.kind != "rules") {
      if (told.kind != "openai" && told.kind != "gemini")
        return fail(
            errc::invalid, "ai.providers names " + told.name + ", which no section explains");
      auto parsed = http::parse_url(told.base_url);
      if (!parsed)
        return fail(
            errc::invalid,
            "the base URL of " + told.name + " is not usable: " + parsed.error().detail);
      if (parsed->target.find('?') != std::string::npos)
        return fail(errc::invalid, "the base URL of " + told.name + " must not have a query");
      base = *parsed;
    }
    try {
      made->providers.push_back(
          std::make_unique<provider>(made->io, told, std::move(base), made->numbers, time, random));
    } catch (const std::exception& failure) {
      return fail(
          errc::invalid, "the provider " + told.name + " cannot be used: " + failure.what());
    }
  }
  if (made->providers.empty())
    return fail(errc::invalid, "ai.providers names no provider");
  made->start();
  return std::unique_ptr<model_gateway>(new model_gateway(std::move(made)));
}

model_gateway::model_gateway(std::shared_ptr<core> made) : core_(std::move(made)) {}

model_gateway::~model_gateway() { core_->stop(); }

void model_gateway::ask(order what, std::function<void(completion)> done) {
  asio::co_spawn(core_->io, core_->ask(std::move(what), std::move(done)), asio::detached);
}

void model_gateway::look(std::function<void(std::vector<inspection::model_view>)> done) {
  asio::post(core_->io, [core = core_, done = std::move(done)] {
    std::vector<inspection::model_view> all;
    for (const auto& one : core->providers)
      all.push_back(one->view());
    done(std::move(all));
  });
}

void model_gateway::try_out(
    std::string name, std::vector<own_key> keys, std::function<void(result<usage>)> done) {
  asio::co_spawn(
      core_->io, core_->try_out(std::move(name), std::move(keys), std::move(done)), asio::detached);
}

std::unique_ptr<speech> model_gateway::speak(
    turn what, std::function<void(std::string_view)> on_text,
    std::function<void(result<turn_end>)> done) {
  auto to = std::make_shared<hearer>();
  to->on_text = std::move(on_text);
  to->done = std::move(done);
  auto handle = std::make_unique<speech_under_way>(to, [core = core_, to] {
    asio::post(core->io, [to] {
      if (to->who != nullptr)
        to->who->cancel();
    });
  });
  asio::co_spawn(core_->io, core_->speak(std::move(what), to), asio::detached);
  return handle;
}

} // namespace ringmaster::assistant
