// The noise probes on the exokernel: an ordinary program linked with libos-hpc on its one vcore, which has a core to
// itself. The counters are the kernel's own, read from its info pages without entering it.
#include "bench/noise/suite.hpp"

#include "libos/start/start_info.hpp"

#include <cstdio>
#include <cstring>

#include <sys/syscall.h>
#include <unistd.h>

namespace {

// Safe in all: pages that the kernel, or the starter, mapped read only in every environment at these addresses.
const volatile exo::CoreCounters& core_counters(std::uint32_t core) {
    return reinterpret_cast<const volatile exo::CoreCounters*>(exo::info_counters)[core];
}
const volatile exo::VcoreInfo& vcore_info(std::size_t number) {
    return reinterpret_cast<const volatile exo::VcoreInfo*>(exo::info_vcores)[number];
}
std::uint64_t own_environment() {
    return reinterpret_cast<const exo::EnvironmentPage*>(exo::environment_page_address)->environment;
}

struct ExoPort {
    const volatile exo::VcoreInfo* vcore = nullptr;

    // The vcore that runs: of this environment, and the only one.
    bool open() {
        for (std::size_t i = 0; i < exo::max_vcores && vcore == nullptr; ++i)
            if (vcore_info(i).state == exo::VcoreState::Running && vcore_info(i).environment == own_environment())
                vcore = &vcore_info(i);
        return vcore != nullptr;
    }

    // All that the core took, whoever it was for.
    std::uint64_t interrupts() const {
        const volatile exo::CoreCounters& core = core_counters(vcore->core);
        return core.timer_interrupts + core.device_interrupts + core.ipis;
    }
    std::uint64_t kernel_entries() const {
        const volatile exo::CoreCounters& core = core_counters(vcore->core);
        return interrupts() + core.calls + core.reflections + core.exceptions;
    }

    void print(std::string_view text) const { std::fwrite(text.data(), 1, text.size(), stdout); }
};

} // namespace

int main(int count, char** arguments) {
    ExoPort port;
    if (!port.open()) {
        std::fputs("noise: the kernel shows no running vcore of this program\n", stderr);
        return 1;
    }
    // Counters that stand still would prove nothing.
    const std::uint64_t entries = port.kernel_entries();
    (void)syscall(SYS_getppid);
    if (port.kernel_entries() == entries) {
        std::fputs("noise: the kernel did not count a system call\n", stderr);
        return 1;
    }
    const bool smoke = count > 1 && std::strcmp(arguments[1], "--smoke") == 0;
    bench::NoiseSuite(port, smoke ? bench::noise_smoke : bench::noise_measure).run();
    return 0;
}
