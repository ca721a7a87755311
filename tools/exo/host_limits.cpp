// Checks of a request against the host. Each refusal is one sentence that names the limit.
#include "tools/exo/host_limits.hpp"

#include "tools/exo/disk_host.hpp"
#include "tools/exo/net_host.hpp"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <fstream>
#include <linux/kvm.h>
#include <sched.h>
#include <sstream>
#include <sys/ioctl.h>
#include <sys/sysinfo.h>
#include <unistd.h>

namespace exo::tool {

namespace {

std::uint64_t host_memory_bytes() {
    struct sysinfo info = {};
    return ::sysinfo(&info) == 0 ? std::uint64_t(info.totalram) * info.mem_unit : 0;
}

bool processor_has_virtualisation() {
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; std::getline(cpuinfo, line);) {
        if (!line.starts_with("flags"))
            continue;
        std::istringstream words(line);
        for (std::string word; words >> word;)
            if (word == "vmx" || word == "svm")
                return true;
        return false; // all processors of a machine show the same flags
    }
    return false;
}

bool kvm_makes_a_machine() {
    constexpr int api_version = 12; // fixed since Linux 2.6.22 (KVM API, section 4.1)
    const int kvm = ::open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (kvm < 0)
        return false;
    bool works = ::ioctl(kvm, KVM_GET_API_VERSION, 0) == api_version;
    const int machine = works ? ::ioctl(kvm, KVM_CREATE_VM, 0) : -1;
    const int processor = machine >= 0 ? ::ioctl(machine, KVM_CREATE_VCPU, 0) : -1;
    works = processor >= 0;
    for (const int descriptor : {processor, machine, kvm})
        if (descriptor >= 0)
            ::close(descriptor);
    return works;
}

Outcome<void> check_share(const Share& share) {
    std::error_code error;
    const auto status = std::filesystem::status(share.path, error);
    if (status.type() == std::filesystem::file_type::not_found)
        return failed(std::format("the folder to share does not exist: {}", share.path));
    if (error)
        return failed(std::format("cannot look at the folder to share, {}: {}", share.path, error.message()));
    if (status.type() != std::filesystem::file_type::directory)
        return failed(std::format("what is to be shared is not a folder: {}", share.path));
    if (::access(share.path.c_str(), R_OK | X_OK) != 0)
        return failed(std::format("no permission to read the folder to share: {}", share.path));
    if (share.access == ShareAccess::read_write && ::access(share.path.c_str(), W_OK) != 0)
        return failed(std::format("the folder to share is read-only here; share it as {}:ro", share.path));
    return {};
}

} // namespace

unsigned host_processors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

Outcome<void> check_host(const RunOptions& options) {
    const unsigned vcores_here = std::min(vcores_max, std::max(vcores_always_allowed, host_processors()));
    if (options.vcores > vcores_here)
        return failed(
            std::format("{} vcores are more than this host can run: at most {}", options.vcores, vcores_here));
    if (const std::uint64_t memory = host_memory_bytes(); options.memory_bytes > memory)
        return failed(std::format("{} MiB of memory are more than this host has: {} MiB", options.memory_bytes >> 20,
                                  memory >> 20));
    for (const Share& share : options.shares)
        if (const auto checked = check_share(share); !checked)
            return checked;
    for (const NetInterface& interface : options.interfaces)
        if (const auto checked = check_interface_host(interface); !checked)
            return checked;
    for (const DiskImage& disk : options.disks)
        if (const auto checked = check_disk_host(disk); !checked)
            return checked;
    if (options.trace_file) {
        std::filesystem::path folder = std::filesystem::path(*options.trace_file).parent_path();
        if (folder.empty())
            folder = ".";
        if (::access(folder.c_str(), W_OK | X_OK) != 0)
            return failed(std::format("the trace file cannot be written: {}", *options.trace_file));
    }
    return {};
}

Outcome<Accelerator> choose_accelerator(Acceleration wanted) {
    if (wanted == Acceleration::tcg)
        return Accelerator::tcg;
    const bool works = processor_has_virtualisation() && kvm_makes_a_machine();
    if (works)
        return Accelerator::kvm;
    if (wanted == Acceleration::kvm)
        return failed("--accel kvm: this host has no working VT-x or AMD-V behind /dev/kvm; leave it to auto");
    return Accelerator::tcg;
}

} // namespace exo::tool
