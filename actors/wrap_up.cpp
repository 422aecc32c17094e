#include "actors/wrap_up.hpp"

#include <algorithm>
#include <exception>
#include <utility>
#include <variant>

#include <spdlog/spdlog.h>

#include "actors/guard.hpp"
#include "actors/notices.hpp"
#include "actors/task_facts.hpp"
#include "domain/rules.hpp"

namespace ringmaster {

namespace {

/// Calls that wait for their processing and are read at a time.
constexpr std::size_t due_page = 500;

std::chrono::nanoseconds
back_off(std::size_t tries, std::chrono::nanoseconds first, std::chrono::nanoseconds most) {
  return std::min<std::chrono::nanoseconds>(
      first * (1LL << std::min<std::size_t>(tries, 16)), most);
}

std::size_t words_in(const std::string& text) {
  std::size_t n = 0;
  auto in_word = false;
  for (const auto c : text) {
    const auto is_space = c == ' ' || c == '\n' || c == '\t';
    n += !is_space && !in_word;
    in_word = !is_space;
  }
  return n;
}

/// So little was said that nothing can follow from it, whoever reads it.
bool is_near_silence(const std::vector<talk::segment>& transcript) {
  std::size_t n = 0;
  for (const auto& piece : transcript)
    if (piece.who == talk::speaker::human)
      n += words_in(piece.text);
  return n < talk::words_least;
}

/// The callee's words with which calls were forbidden.
std::string stop_words(const std::vector<talk::segment>& transcript) {
  for (const auto& piece : transcript)
    if (piece.who == talk::speaker::human && talk::asks_to_stop(piece.text))
      return piece.text;
  return {};
}

} // namespace

wrap_up_desk::wrap_up_desk(caf::actor_config& config, world_ptr all)
    : watched(config, all->watch, actor_kind::wrap_up), all_(std::move(all)) {
  guard(this, "wrap-up");
}

void wrap_up_desk::on_exit() {
  jobs_.clear(); // whoever waits is told that there is no answer
  all_.reset();
}

wrap_up_desk::behavior_type wrap_up_desk::make_behavior() {
  return {
      [this](const talk_ended& what) {
        add(what.user, what.attempt, false, nullptr);
        pump();
      },
      [this](asked_process& asked) {
        add(asked.what.who.user, asked.what.attempt, true, std::move(asked.reply_to));
        pump();
      },
      [this](const begin_wrap_ups&) { begin(); },
      [this](const timer_fired& t) { fired(t.generation); },
      [](const go_on& what) { (*what.run)(); },
  };
}

// -- what the last run left
// ---------------------------------------------------------------------------

void wrap_up_desk::begin() {
  if (!std::exchange(begun_, true))
    load();
}

void wrap_up_desk::load() {
  if (std::exchange(loading_, true))
    return;
  load_at_.reset();
  at_desk<std::vector<wrap_up_due>>(
      this, all_->desks.front(), [](desk& d) { return d.wrap_ups_due(due_page); },
      [this](const result<std::vector<wrap_up_due>>& found) {
        loading_ = false;
        const auto& o = all_->options();
        if (!found) {
          spdlog::warn("wrap-up: what is due could not be read: {}", found.error().detail);
          load_at_ = boot() + back_off(load_tries_++, o.restart_first, o.restart_most);
          arm();
          return;
        }
        load_tries_ = 0;
        auto known = jobs_.size();
        for (const auto& one : *found)
          add(one.user, one.attempt, false, nullptr);
        // The rest, when these are done; those that could not be done come again at the next start.
        more_ = found->size() >= due_page && jobs_.size() > known;
        pump();
      });
}

// -- one call
// -----------------------------------------------------------------------------------------

void wrap_up_desk::add(const user_id& user, const attempt_id& id, bool again, waiter reply) {
  auto [place, fresh] = jobs_.try_emplace(id);
  auto& one = place->second;
  if (!fresh && one.user != user) {
    if (reply)
      reply->reply(fail(errc::not_found, "no such call"));
    return;
  }
  if (reply)
    one.waiters.push_back(std::move(reply));
  one.again = one.again || again;
  if (!fresh)
    return;
  one.user = user;
  one.waits = true;
  // A person who waits comes before what the last run left.
  if (again)
    queue_.push_front(id);
  else
    queue_.push_back(id);
}

void wrap_up_desk::pump() {
  while (!queue_.empty() && running_ < std::max<std::size_t>(1, all_->options().wrap_ups_most)) {
    auto id = queue_.front();
    queue_.pop_front();
    auto found = jobs_.find(id);
    if (found == jobs_.end() || !std::exchange(found->second.waits, false))
      continue;
    ++running_;
    read(id);
  }
  if (more_ && jobs_.empty()) {
    more_ = false;
    load();
  }
  arm();
}

void wrap_up_desk::read(const attempt_id& id) {
  auto work = [who = engine_for(jobs_.at(id).user), id](desk& d) -> result<material> {
    material m;
    auto done = d.transact(who, [&](desk_work& books) -> result<void> {
      auto known = books.conversations().load(id);
      if (!known)
        return fail(std::move(known.error()));
      m.known = std::move(*known);
      auto all = books.conversations().transcript(id);
      if (!all)
        return fail(std::move(all.error()));
      m.transcript = std::move(*all);
      return {};
    });
    if (!done)
      return fail(std::move(done.error()));
    return m;
  };
  at_desk<material>(
      this, all_->desk_for(id.value), std::move(work),
      [this, id](result<material> found) { have_read(id, std::move(found)); });
}

void wrap_up_desk::have_read(const attempt_id& id, result<material> found) {
  auto place = jobs_.find(id);
  if (place == jobs_.end())
    return;
  auto& one = place->second;
  const auto& o = all_->options();
  if (!found) {
    if (found.error().code == errc::unavailable && one.waiters.empty())
      again_later(id, one.store_tries++, o.restart_first, o.restart_most);
    else
      end(id, fail(std::move(found.error())));
    return;
  }
  const auto& known = found->known;
  if (!known.call_ended) {
    end(id, fail(errc::wrong_state, "the call goes on"));
    return;
  }
  if (!known.begun) {
    end(id, fail(errc::wrong_state, "the call never was a conversation"));
    return;
  }
  if (known.wrapped && !one.again) {
    end(id, fail(errc::wrong_state, "the call is processed"));
    return;
  }
  one.about = std::move(*found);
  one.store_tries = 0;
  ask(id);
}

void wrap_up_desk::ask(const attempt_id& id) {
  auto& one = jobs_.at(id);
  const auto& o = all_->options();
  const auto& known = one.about->known;
  assistant::extract_request request;
  if (known.about && known.about->brief)
    request.about = *known.about->brief;
  request.transcript = one.about->transcript;
  request.who = known.known.who;
  request.schema = known.schema;
  if (one.model_tries >= o.wrap_up_tries || is_near_silence(request.transcript)) {
    auto answer = rules::answer(std::move(request));
    auto* found = std::get_if<talk::findings>(&answer);
    judge(id, found ? std::move(*found) : talk::findings{}, rules::provider, rules::version);
    return;
  }
  assistant::order order{std::move(request), one.user};
  order.keys = known.keys;
  order.budget_micros = known.budget_micros;
  order.patience = o.wrap_up_patience;
  auto then = [this, id](assistant::completion answer) {
    auto place = jobs_.find(id);
    if (place == jobs_.end())
      return;
    auto& asked = place->second;
    note_call_usage(
        *all_, asked.user, assistant::function::extract, asked.about->known.task, id, answer.tries);
    auto* found = answer.what ? std::get_if<talk::findings>(&*answer.what) : nullptr;
    if (found) {
      judge(id, std::move(*found), provider_of(answer), prompt_of(answer));
      return;
    }
    spdlog::warn(
        "call {}: what it came to was not found: {}", to_string(id),
        answer.what ? "the answer had no findings" : answer.what.error().detail);
    const auto& options = all_->options();
    auto tries = asked.model_tries++;
    if (asked.model_tries >= options.wrap_up_tries)
      ask(id); // by the rules now
    else
      again_later(id, tries, options.wrap_up_again, options.restart_most * 8);
  };
  try {
    all_->parts.models.ask(std::move(order), back_into<assistant::completion>(this, then));
  } catch (const std::exception& e) {
    spdlog::error("wrap-up: the models could not be asked: {}", e.what());
    jobs_.at(id).model_tries = o.wrap_up_tries;
    ask(id);
  }
}

/// Whoever found it: only what the transcript bears is kept.
void wrap_up_desk::judge(
    const attempt_id& id, talk::findings found, std::string by, std::string prompt) {
  auto& one = jobs_.at(id);
  const auto& about = *one.about;
  finding f;
  f.found =
      talk::verify(std::move(found), about.transcript, about.known.known.who, about.known.schema);
  f.by = std::move(by);
  f.prompt = std::move(prompt);
  if (f.found.opt_out || about.known.known.opted_out)
    f.words = stop_words(about.transcript);
  one.what = std::move(f);
  store(id);
}

void wrap_up_desk::store(const attempt_id& id) {
  const auto& one = jobs_.at(id);
  auto opted_out = one.what->found.opt_out || one.about->known.known.opted_out;
  auto work = [who = engine_for(one.user), id, what = *one.what, again = one.again,
               opted_out](desk& d) -> result<talk::wrapped> {
    talk::wrapped wrapped;
    auto done = d.transact(who, [&](desk_work& books) -> result<void> {
      // The CALL did so at once; should it have died before, it is done now.
      if (opted_out)
        if (auto kept = books.conversations().opt_out(id, what.words); !kept)
          return fail(std::move(kept.error()));
      auto now = books.conversations().wrap_up(id, what.found, what.by, what.prompt, again);
      if (!now)
        return fail(std::move(now.error()));
      wrapped = std::move(*now);
      return {};
    });
    if (!done)
      return fail(std::move(done.error()));
    return wrapped;
  };
  at_desk<talk::wrapped>(
      this, all_->desk_for(id.value), std::move(work),
      [this, id](result<talk::wrapped> done) { stored(id, std::move(done)); });
}

void wrap_up_desk::stored(const attempt_id& id, result<talk::wrapped> done) {
  auto place = jobs_.find(id);
  if (place == jobs_.end())
    return;
  auto& one = place->second;
  if (!done) {
    const auto& o = all_->options();
    // What was found is kept: nobody pays for it twice.
    if (done.error().code == errc::unavailable)
      again_later(id, one.store_tries++, o.restart_first, o.restart_most);
    else
      end(id, std::move(done));
    return;
  }
  if (done->fresh) {
    if (done->task) {
      send(all_->feed, task_notice(one.user, *done->task));
      if (auto told = notification_notice(one.user, *done->task))
        send(all_->feed, std::move(*told));
      send(all_->tasks, tasks_changed{one.user, done->task->id});
    }
    send(all_->feed, processed_notice(one.user, id));
    for (const auto& proposal : done->proposals) {
      send(all_->feed, proposal_notice(one.user, proposal));
      send(all_->feed, proposal_notification(one.user, proposal));
    }
    if (done->follow_ups_made > 0)
      for (const auto& task : done->follow_ups)
        send(all_->tasks, tasks_changed{one.user, task});
  }
  end(id, std::move(done));
}

void wrap_up_desk::end(const attempt_id& id, result<talk::wrapped> done) {
  auto taken = jobs_.extract(id);
  if (!taken)
    return;
  --running_;
  auto& one = taken.mapped();
  if (!done && one.waiters.empty() && done.error().code != errc::wrong_state)
    spdlog::error("call {}: it is not processed: {}", to_string(id), done.error().detail);
  for (auto& reply : one.waiters)
    reply->reply(done);
  pump();
}

// -- time
// ---------------------------------------------------------------------------------------------

/// Its place is free meanwhile.
void wrap_up_desk::again_later(const attempt_id& id, std::size_t tries, moment first, moment most) {
  jobs_.at(id).due = std::max(boot() + back_off(tries, first, most), moment{1});
  due_.add(jobs_.at(id).due, id);
  --running_;
  pump();
}

/// Armed only while something waits.
void wrap_up_desk::arm() {
  auto next = due_.next();
  if (load_at_)
    next = next ? std::min(*next, *load_at_) : *load_at_;
  if (!next || (armed_for_ != moment{0} && armed_for_ <= *next))
    return;
  armed_for_ = std::max(*next, moment{1});
  watch().wakes_at(armed_for_);
  delayed_send(this, std::max<moment>(*next - boot(), moment{0}), timer_fired{++generation_});
}

void wrap_up_desk::fired(std::uint64_t generation) {
  if (generation != generation_)
    return;
  armed_for_ = moment{0};
  auto now = boot();
  if (load_at_ && *load_at_ <= now)
    load();
  while (auto id = due_.take_due(now)) {
    auto found = jobs_.find(*id);
    if (found == jobs_.end() || found->second.due == moment{0} || found->second.due > now)
      continue;
    auto& one = found->second;
    one.due = moment{0};
    ++running_; // it had a place before, and takes it again at once
    if (one.what)
      store(*id);
    else if (one.about)
      ask(*id);
    else
      read(*id);
  }
  pump();
}

} // namespace ringmaster
