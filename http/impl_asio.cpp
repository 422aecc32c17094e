// The compiled part of Asio and Beast: the one unit that holds it, so that the others are quicker
// to build.
#include <utility> // before asio/awaitable.hpp, which misses it in Boost 1.74

#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
