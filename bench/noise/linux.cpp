// The noise probes on Linux: on the last core, which the tuned guest keeps isolated when
// it has two. Counters come from /proc/interrupts and the process's fault counts; a kernel
// entry of any other cause is not counted, so Linux's number is a lower bound.
#include "bench/noise/suite.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

struct LinuxPort {
    long core = sysconf(_SC_NPROCESSORS_ONLN) - 1;

    // The sum of this core's column over all interrupt sources.
    std::uint64_t interrupts() const {
        std::FILE* const file = std::fopen("/proc/interrupts", "r");
        if (file == nullptr) {
            std::perror("/proc/interrupts");
            std::exit(1);
        }
        std::uint64_t sum = 0;
        char line[1024];
        while (std::fgets(line, sizeof line, file) != nullptr) {
            char* rest = std::strchr(line, ':');
            if (rest == nullptr)
                continue; // the line of column titles
            ++rest;
            for (long column = 0;; ++column) {
                char* end = nullptr;
                const std::uint64_t count = std::strtoull(rest, &end, 10);
                if (end == rest)
                    break; // ERR and MIS have one column only, and no core's interrupts
                if (column == core)
                    sum += count;
                rest = end;
            }
        }
        std::fclose(file);
        return sum;
    }

    std::uint64_t kernel_entries() const {
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        return interrupts() + static_cast<std::uint64_t>(usage.ru_minflt + usage.ru_majflt);
    }

    void print(std::string_view text) const { std::fwrite(text.data(), 1, text.size(), stdout); }
};

} // namespace

int main(int count, char** arguments) {
    LinuxPort port;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(port.core), &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
        std::perror("sched_setaffinity");
        return 1;
    }
    const bool smoke = count > 1 && std::strcmp(arguments[1], "--smoke") == 0;
    bench::NoiseSuite(port, smoke ? bench::noise_smoke : bench::noise_measure).run();
    return 0;
}
