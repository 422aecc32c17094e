#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/histogram.hpp"

namespace ringmaster::load {

/// Processor, cores, memory and kernel on one line.
std::string machine_line();

/// CPU time of the parts of a run: the engine, its database with all backends, and this process,
/// which makes the load and plays the carrier.
struct cpu_reading {
  std::int64_t engine_us = 0, database_us = 0, load_us = 0;
  cpu_reading operator-(const cpu_reading& before) const {
    return {engine_us - before.engine_us, database_us - before.database_us, load_us - before.load_us};
  }
};
/// `postmaster` 0: no database to look at. Backends that ended in between are not lost: the
/// postmaster has inherited their time.
cpu_reading read_cpu(pid_t engine, pid_t postmaster);

/// `  engine 21.4 us, database 14.9 us, load 9.1 us` for each of `events`.
std::string per_event(const cpu_reading& spent, std::uint64_t events);
/// `p50 0.9 ms, p99 4.1 ms, p99.9 8.0 ms, max 12.1 ms`
std::string latencies(const histogram& h);

/// Median of what is given; 0 for nothing.
double median(std::vector<double> values);

/// A whole number from the environment, or what is usual.
long option(const char* name, long usual);

} // namespace ringmaster::load
