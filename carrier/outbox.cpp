#include "carrier/outbox.hpp"

#include <utility>

namespace ringmaster::telco {

void outbox::post_free(errand e, instant at) {
  e.id = next_id_++;
  ++waiting_;
  free_times_.push({at, e.id});
  free_.emplace(e.id, std::move(e));
}

void outbox::enqueue(errand e) {
  e.id = next_id_++;
  ++waiting_;
  auto& of = chains_[e.serial];
  const auto serial = e.serial;
  of.waiting.push_back(std::move(e));
  if (of.held) {
    of.waiting.push_back(*std::exchange(of.held, std::nullopt));
  }
  release(serial, of);
}

void outbox::post_chained(errand e) { enqueue(std::move(e)); }

void outbox::post_held(errand e, instant until) {
  auto& of = chains_[e.serial];
  if (of.held) {
    // Two held in a row pass each other: that is disorder enough.
    enqueue(std::move(e));
    return;
  }
  e.id = next_id_++;
  ++waiting_;
  of.held_until = until;
  held_times_.push({until, e.serial});
  of.held = std::move(e);
}

void outbox::release(std::uint32_t serial, chain& of) {
  if (of.busy || of.waiting.empty())
    return;
  of.busy = true;
  chained_out_.emplace(of.waiting.front().id, serial);
  ready_.push_back(std::move(of.waiting.front()));
  of.waiting.pop_front();
}

std::vector<errand> outbox::take_due(instant now) {
  while (!held_times_.empty() && held_times_.top().at <= now) {
    const auto due = held_times_.top();
    held_times_.pop();
    auto found = chains_.find(static_cast<std::uint32_t>(due.order));
    if (found == chains_.end() || !found->second.held || found->second.held_until != due.at)
      continue;
    auto& of = found->second;
    of.waiting.push_back(*std::exchange(of.held, std::nullopt));
    release(found->first, of);
  }
  auto out = std::exchange(ready_, {});
  while (!free_times_.empty() && free_times_.top().at <= now) {
    auto node = free_.extract(free_times_.top().order);
    free_times_.pop();
    if (node)
      out.push_back(std::move(node.mapped()));
  }
  waiting_ -= out.size();
  return out;
}

void outbox::done(std::uint64_t id) {
  auto out = chained_out_.find(id);
  if (out == chained_out_.end())
    return;
  const auto serial = out->second;
  chained_out_.erase(out);
  auto found = chains_.find(serial);
  if (found == chains_.end())
    return;
  auto& of = found->second;
  of.busy = false;
  release(serial, of);
  if (!of.busy && of.waiting.empty() && !of.held)
    chains_.erase(found);
}

std::optional<instant> outbox::next_due() const {
  if (!ready_.empty())
    return instant::min();
  std::optional<instant> next;
  for (const auto* times : {&free_times_, &held_times_})
    if (!times->empty() && (!next || times->top().at < *next))
      next = times->top().at;
  return next;
}

} // namespace ringmaster::telco
