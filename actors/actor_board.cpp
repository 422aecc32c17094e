#include "actors/actor_board.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include "actors/watched.hpp"

namespace ringmaster {

namespace {

using nanos = std::chrono::nanoseconds;

/// Digits enough to be a telephone number are not shown, whatever an error says.
std::string masked(std::string text) {
  for (std::size_t at = 0; at < text.size();) {
    auto end = at;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9')
      ++end;
    if (end - at >= 7)
      std::fill(
          text.begin() + static_cast<std::ptrdiff_t>(at) + 2,
          text.begin() + static_cast<std::ptrdiff_t>(end) - 2, '*');
    at = std::max(end, at + 1);
  }
  return text;
}

result<void> nobody() { return fail(errc::not_found, "there is no such actor any more"); }

unsigned stripe_of_thread(std::size_t stripes) {
  static std::atomic<unsigned> threads{0};
  thread_local const unsigned mine = threads.fetch_add(1, std::memory_order_relaxed);
  return mine % static_cast<unsigned>(stripes);
}

} // namespace

std::string_view to_string(actor_kind kind) {
  constexpr std::array<std::string_view, actor_kinds> names{
      "scheduler", "store",    "desk",    "dialer",    "feed",    "tasks", "wrap_up",
      "brain",     "courier",  "campaign", "planner", "task_call", "inquiry", "call"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string actor_row::name() const {
  std::string text{to_string(kind)};
  if (subject)
    text += " " + to_string(subject).substr(28);
  else if (kind == actor_kind::store || kind == actor_kind::desk || kind == actor_kind::inquiry)
    text += " " + std::to_string(id);
  return text;
}

std::uint64_t kind_totals::messages() const {
  return std::accumulate(handled.begin(), handled.end(), std::uint64_t{0});
}

// -- the board
// ----------------------------------------------------------------------------------------

/// What is sorted by: small, for there may be a hundred thousand.
struct actor_board::mark {
  std::uint64_t id = 0, parent = 0;
  double weight = 0;
  uuid subject;
  actor_kind kind{};
};

std::size_t actor_board::identity_hash::operator()(const std::pair<actor_kind, uuid>& who) const {
  std::uint64_t tail = 0; // the random half of the id
  std::memcpy(&tail, who.second.bytes.data() + 8, sizeof tail);
  return static_cast<std::size_t>(tail * 31 + static_cast<std::uint64_t>(who.first));
}

actor_board::actor_board(const clock& time)
    : time_(time),
      times_(std::make_unique<std::array<std::array<stripe, stripes_>, actor_kinds>>()) {}

actor_board::~actor_board() = default;

bool actor_board::restartable(actor_kind kind) {
  return kind == actor_kind::campaign || kind == actor_kind::call || kind == actor_kind::planner;
}

bool actor_board::stoppable(actor_kind kind) {
  return kind == actor_kind::campaign || kind == actor_kind::call;
}

void actor_board::enter(actor_watch& who) {
  if (who.subject_ && deaths_known_.load(std::memory_order_relaxed) > 0) {
    std::lock_guard lock(deaths_mutex_);
    if (deaths_.contains({who.kind_, who.subject_}))
      restarts_[static_cast<std::size_t>(who.kind_)].fetch_add(1, std::memory_order_relaxed);
  }
  auto& home = shard_of(who.who_->id());
  std::lock_guard lock(home.mutex);
  who.behind_ = home.first;
  if (home.first)
    home.first->before_ = &who;
  home.first = &who;
}

void actor_board::leave(actor_watch& who, const std::string* why) {
  {
    auto& home = shard_of(who.who_->id());
    std::lock_guard lock(home.mutex);
    if (who.before_)
      who.before_->behind_ = who.behind_;
    else
      home.first = who.behind_;
    if (who.behind_)
      who.behind_->before_ = who.before_;
  }
  if (!who.subject_ || (!why && deaths_known_.load(std::memory_order_relaxed) == 0))
    return;
  std::lock_guard lock(deaths_mutex_);
  const std::pair key{who.kind_, who.subject_};
  if (!why) {
    deaths_.erase(key); // it came to its end: what went before is of no interest
  } else {
    if (deaths_.size() >= deaths_most_ && !deaths_.contains(key))
      deaths_.erase(deaths_.begin());
    auto& known = deaths_[key];
    ++known.times;
    known.why = masked(*why);
  }
  deaths_known_.store(deaths_.size(), std::memory_order_relaxed);
}

void actor_board::note(actor_kind kind, nanos took) {
  const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, took.count()));
  const auto at = std::min<std::size_t>(
      static_cast<std::size_t>(std::bit_width(ns / 1'000)), kind_totals::buckets - 1);
  auto& mine = (*times_)[static_cast<std::size_t>(kind)][stripe_of_thread(stripes_)];
  mine.handled[at].fetch_add(1, std::memory_order_relaxed);
  mine.nanos.fetch_add(ns, std::memory_order_relaxed);
}

void actor_board::add_deaths(actor_row& row) const {
  if (!row.subject || deaths_known_.load(std::memory_order_relaxed) == 0)
    return;
  std::lock_guard lock(deaths_mutex_);
  if (auto found = deaths_.find({row.kind, row.subject}); found != deaths_.end()) {
    row.restarts = found->second.times;
    row.last_error = found->second.why;
  }
}

actor_board::listing actor_board::list(const query& what) const {
  const auto now = boot();
  std::vector<mark> marks;
  std::unordered_map<std::uint64_t, std::size_t> children; // of all but CALLs, which have none
  std::uint64_t scheduler = 0;
  for (auto& home : all_) {
    std::lock_guard lock(home.mutex);
    for (auto* one = home.first; one; one = one->behind_) {
      mark m;
      m.id = one->who_->id();
      m.parent = one->parent_;
      m.kind = one->kind_;
      m.subject = one->subject_;
      switch (what.by) {
      case order::mailbox:
        m.weight = one->queued_.load(std::memory_order_relaxed);
        break;
      case order::rate:
        m.weight = one->rate(now);
        break;
      case order::p99:
        m.weight = one->times_.quantile(0.99);
        break;
      case order::age:
        m.weight = -static_cast<double>(one->born_at_);
        break;
      default:
        break;
      }
      if (m.kind == actor_kind::scheduler)
        scheduler = m.id;
      if (m.kind != actor_kind::call)
        children.try_emplace(m.id, 0);
      marks.push_back(m);
    }
  }
  // The child of a CAMPAIGN that has ended is held by the SCHEDULER.
  for (auto& m : marks) {
    if (m.parent != 0 && !children.contains(m.parent))
      m.parent = scheduler;
    if (m.parent != 0)
      ++children[m.parent];
  }
  if (!what.q.empty())
    std::erase_if(marks, [&](const mark& m) {
      actor_row named;
      named.id = m.id;
      named.kind = m.kind;
      named.subject = m.subject;
      return named.name().find(what.q) == std::string::npos &&
             (!m.subject || to_string(m.subject).find(what.q) == std::string::npos);
    });
  if (what.by == order::restarts && deaths_known_.load(std::memory_order_relaxed) > 0) {
    std::lock_guard lock(deaths_mutex_);
    for (auto& m : marks)
      if (auto found = deaths_.find({m.kind, m.subject}); m.subject && found != deaths_.end())
        m.weight = found->second.times;
  }
  const auto first = [&](const mark& a, const mark& b) {
    if (what.by != order::tree && what.by != order::name && a.weight != b.weight)
      return a.weight > b.weight;
    if (a.kind != b.kind)
      return what.by == order::name ? to_string(a.kind) < to_string(b.kind) : a.kind < b.kind;
    if (what.by == order::name && a.subject != b.subject)
      return std::lexicographical_compare(
          a.subject.bytes.begin() + 12, a.subject.bytes.end(), b.subject.bytes.begin() + 12,
          b.subject.bytes.end());
    return a.id < b.id;
  };
  listing out;
  out.total = marks.size();
  const auto from = std::min(what.offset, marks.size());
  const auto to = std::min(from + what.limit, marks.size());
  std::partial_sort(
      marks.begin(), marks.begin() + static_cast<std::ptrdiff_t>(to), marks.end(), first);
  for (auto at = from; at < to; ++at) {
    auto one = look(marks[at].id);
    if (!one)
      continue; // it has ended meanwhile
    one->row.parent = marks[at].parent;
    if (auto held = children.find(one->row.id); held != children.end())
      one->row.children = held->second;
    out.rows.push_back(std::move(one->row));
  }
  return out;
}

std::optional<actor_board::detail> actor_board::find(std::uint64_t id) const {
  auto out = look(id);
  if (!out)
    return out;
  auto& row = out->row;
  auto parent_lives = row.parent == 0;
  std::uint64_t scheduler = 0;
  for (auto& home : all_) {
    std::lock_guard lock(home.mutex);
    for (auto* one = home.first; one; one = one->behind_) {
      row.children += one->parent_ == id;
      parent_lives = parent_lives || one->who_->id() == row.parent;
      if (one->kind_ == actor_kind::scheduler)
        scheduler = one->who_->id();
    }
  }
  if (!parent_lives)
    row.parent = scheduler;
  return out;
}

std::optional<actor_board::detail> actor_board::look(std::uint64_t id) const {
  const auto now = boot();
  auto& home = all_[id % shards_];
  detail out;
  {
    std::lock_guard lock(home.mutex);
    auto* one = home.first;
    while (one && one->who_->id() != id)
      one = one->behind_;
    if (!one)
      return std::nullopt;
    auto& row = out.row;
    row.id = id;
    row.parent = one->parent_;
    row.kind = one->kind_;
    row.subject = one->subject_;
    row.mailbox = one->queued_.load(std::memory_order_relaxed);
    row.working = one->working_.load(std::memory_order_relaxed);
    row.per_second = one->rate(now);
    row.p50_us = one->times_.quantile(0.5);
    row.p99_us = one->times_.quantile(0.99);
    row.age = std::max(nanos(0), now - nanos(std::chrono::seconds(one->born_at_)));
    row.next_timer = nanos(one->next_timer_.load(std::memory_order_relaxed));
    out.recent = one->recent();
  }
  if (out.row.next_timer < now)
    out.row.next_timer = nanos(0);
  add_deaths(out.row);
  return out;
}

std::array<kind_totals, actor_kinds> actor_board::totals() const {
  std::array<kind_totals, actor_kinds> out;
  for (auto& home : all_) {
    std::lock_guard lock(home.mutex);
    for (auto* one = home.first; one; one = one->behind_) {
      auto& kind = out[static_cast<std::size_t>(one->kind_)];
      ++kind.actors;
      kind.mailbox += one->queued_.load(std::memory_order_relaxed);
    }
  }
  for (std::size_t k = 0; k < actor_kinds; ++k) {
    out[k].restarts = restarts_[k].load(std::memory_order_relaxed);
    for (const auto& part : (*times_)[k]) {
      for (std::size_t b = 0; b < kind_totals::buckets; ++b)
        out[k].handled[b] += part.handled[b].load(std::memory_order_relaxed);
      out[k].seconds += static_cast<double>(part.nanos.load(std::memory_order_relaxed)) / 1e9;
    }
  }
  return out;
}

// -- asking and acting
// ----------------------------------------------------------------------------------

/// Under the shard's lock an actor's memory is there, but it may be on its way out: only who can
/// still be held is answered.
caf::actor actor_watch::hold(actor_board& board, std::uint64_t id, actor_kind* kind) {
  auto& home = board.shard_of(id);
  std::lock_guard lock(home.mutex);
  for (auto* one = home.first; one; one = one->behind_)
    if (one->who_->id() == id) {
      if (kind)
        *kind = one->kind_;
      caf::weak_actor_ptr weak(one->who_);
      if (auto strong = weak.lock())
        return caf::actor_cast<caf::actor>(std::move(strong));
      return nullptr;
    }
  return nullptr;
}

void actor_board::ask(
    std::uint64_t id, const uuid& about, std::function<void(result<actor_state>)> then) {
  auto reply = std::make_shared<responder<actor_state>>(std::move(then));
  if (auto who = actor_watch::hold(*this, id, nullptr))
    caf::anon_send(
        who, operator_message{operator_message::wish::describe, about, {}, std::move(reply)});
  else
    reply->reply(fail(nobody().error()));
}

result<void> actor_board::restart(std::uint64_t id) {
  actor_kind kind{};
  auto who = actor_watch::hold(*this, id, &kind);
  if (!who)
    return nobody();
  if (!restartable(kind))
    return fail(
        errc::wrong_state, "nobody would make this actor again; restart the engine instead");
  // An exit message overtakes what waits in the mailbox.
  caf::anon_send<caf::message_priority::high>(
      who, caf::exit_msg{
               who.address(),
               caf::make_error(caf::sec::runtime_error, std::string("ended by an operator"))});
  return {};
}

void actor_board::stop(
    std::uint64_t id, const identity& by, std::function<void(result<actor_state>)> then) {
  auto reply = std::make_shared<responder<actor_state>>(std::move(then));
  actor_kind kind{};
  auto who = actor_watch::hold(*this, id, &kind);
  if (!who)
    reply->reply(fail(nobody().error()));
  else if (!stoppable(kind))
    reply->reply(fail(errc::wrong_state, "only a call or a campaign can be stopped"));
  else
    caf::anon_send(who, operator_message{operator_message::wish::stop, {}, by, std::move(reply)});
}

} // namespace ringmaster
