#include "actors/stop_board.hpp"

namespace ringmaster {

void stop_board::stop() {
  epoch_.fetch_add(1, std::memory_order_acq_rel);
  stopped_.store(true, std::memory_order_release);
}

void stop_board::release() { stopped_.store(false, std::memory_order_release); }

std::chrono::nanoseconds stop_board::take_oldest() const {
  return std::chrono::nanoseconds(oldest_.exchange(0, std::memory_order_relaxed));
}

void stop_board::note_age(std::chrono::nanoseconds age) const {
  auto known = oldest_.load(std::memory_order_relaxed);
  while (known < age.count()
         && !oldest_.compare_exchange_weak(known, age.count(), std::memory_order_relaxed)) {
    // nop
  }
}

bool send_gate::operator()() const {
  result->asked.store(true, std::memory_order_release);
  auto age = time->boot() - asked_at;
  board->note_age(age);
  if (age > permit_ttl || board->stopped() || !board->instance_current()
      || board->epoch_of(*campaign) != epoch)
    return false;
  // The mark is the very last act: whoever finds no mark knows that nothing was sent.
  if (!marks->mark_sent(attempt)) {
    result->unmarked.store(true, std::memory_order_release);
    return false;
  }
  in_flight->fetch_add(1, std::memory_order_relaxed);
  result->passed.store(true, std::memory_order_release);
  return true;
}

} // namespace ringmaster
