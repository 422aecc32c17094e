#include "bench/load/machine.hpp"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/support/child_process.hpp"

namespace ringmaster::load {

namespace {

std::int64_t own_cpu_us() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto us = [](const timeval& t) { return std::int64_t{t.tv_sec} * 1'000'000 + t.tv_usec; };
  return us(used.ru_utime) + us(used.ru_stime);
}

/// Time of a process with that of the children it has reaped.
std::int64_t cpu_with_reaped_us(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(in, text);
  const auto close = text.rfind(')');
  if (close == std::string::npos)
    return 0;
  std::istringstream rest(text.substr(close + 1));
  std::int64_t ticks = 0;
  std::string field;
  for (int i = 0; i < 15 && rest >> field; ++i)
    if (i >= 11)
      ticks += std::atoll(field.c_str());
  return ticks * 1'000'000 / ::sysconf(_SC_CLK_TCK);
}

} // namespace

std::string machine_line() {
  std::string model = "unknown processor";
  std::ifstream cpu("/proc/cpuinfo");
  for (std::string line; std::getline(cpu, line);)
    if (line.starts_with("model name")) {
      model = line.substr(line.find(':') + 2);
      break;
    }
  utsname kernel{};
  ::uname(&kernel);
  const auto pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGE_SIZE);
  double load[1] = {0};
  ::getloadavg(load, 1);
  char out[512];
  std::snprintf(
    out, sizeof out, "machine: %s, %u cores, %ld GiB, Linux %s, load %.1f at the start",
    model.c_str(), std::thread::hardware_concurrency(),
    static_cast<long>((pages * page + (1l << 29)) >> 30), kernel.release, load[0]);
  return out;
}

cpu_reading read_cpu(pid_t engine, pid_t postmaster) {
  cpu_reading out;
  out.load_us = own_cpu_us();
  if (engine > 0)
    out.engine_us = support::cpu_us(engine);
  if (postmaster > 0) {
    out.database_us = cpu_with_reaped_us(postmaster);
    for (auto backend : support::children_of(postmaster))
      out.database_us += support::cpu_us(backend);
  }
  return out;
}

std::string per_event(const cpu_reading& spent, std::uint64_t events) {
  const auto each = [&](std::int64_t us) {
    return events ? static_cast<double>(us) / static_cast<double>(events) : 0.0;
  };
  char out[160];
  std::snprintf(
    out, sizeof out, "CPU each: engine %.1f us, database %.1f us, load %.1f us",
    each(spent.engine_us), each(spent.database_us), each(spent.load_us));
  return out;
}

std::string latencies(const histogram& h) {
  char out[160];
  std::snprintf(
    out, sizeof out, "p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.1f ms",
    h.quantile_us(0.5) / 1000, h.quantile_us(0.99) / 1000, h.quantile_us(0.999) / 1000,
    static_cast<double>(h.max_us()) / 1000);
  return out;
}

double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

long option(const char* name, long usual) {
  const char* given = std::getenv(name);
  return given ? std::atol(given) : usual;
}

} // namespace ringmaster::load
