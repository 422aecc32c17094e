#pragma once

#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>

namespace ringmaster::http {

/// Deadlines of all connections of one io_context. Setting one is a store to memory; a single
/// timer looks at all of them now and then, and sleeps while there is no connection. So a deadline
/// is kept to within one `tick`, and costs nothing per request.
class deadlines {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Something that can be late. Belongs to the context's thread, as `deadlines` does.
  class entry {
   public:
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;

    void due_at(time_point when) { due_ = when; }
    void due_in(std::chrono::steady_clock::duration span) {
      due_ = std::chrono::steady_clock::now() + span;
    }
    void never_due() { due_ = time_point::max(); }

   protected:
    explicit entry(deadlines& keeper);
    virtual ~entry();

   private:
    friend class deadlines;
    /// Called once when the deadline has passed; it is then `never_due`. Must not make or destroy
    /// entries: it cancels, and what was canceled ends by itself later.
    virtual void late() = 0;

    deadlines& keeper_;
    time_point due_ = time_point::max();
    entry* previous_ = nullptr;
    entry* next_ = nullptr;
  };

  deadlines(boost::asio::io_context& io, std::chrono::milliseconds tick);
  ~deadlines();
  deadlines(const deadlines&) = delete;
  deadlines& operator=(const deadlines&) = delete;

 private:
  struct ticker;
  void look();

  entry* first_ = nullptr;
  std::shared_ptr<ticker> ticker_;
};

} // namespace ringmaster::http
