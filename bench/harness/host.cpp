// See host.hpp.
#include "bench/harness/host.hpp"

#include "bench/harness/process.hpp"

#include <fstream>
#include <sstream>
#include <thread>

#include <unistd.h>

namespace bench {
namespace {

// The value of the first line of /proc/cpuinfo that has this key.
std::string cpuinfo(std::string_view key) {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (const std::size_t colon = line.find(": "); line.starts_with(key) && colon != std::string::npos)
            return line.substr(colon + 2);
    return "unknown";
}

std::string first_line_of(const std::vector<std::string>& command) {
    const auto result = run_process(command, {.timeout = std::chrono::seconds(10)});
    if (!result || result->status != 0)
        return "";
    return result->output.substr(0, result->output.find('\n'));
}

bool kvm_works() {
    std::istringstream flags(cpuinfo("flags"));
    bool virtualises = false;
    for (std::string flag; flags >> flag;)
        virtualises |= flag == "vmx" || flag == "svm";
    return virtualises && access("/dev/kvm", R_OK | W_OK) == 0;
}

} // namespace

std::string host() {
    std::istringstream words(first_line_of({"qemu-system-x86_64", "--version"}));
    std::string version;
    for (std::string word; words >> word;)
        if (!word.empty() && word[0] >= '0' && word[0] <= '9' && version.empty())
            version = word;
    return cpuinfo("model name") + ", " + std::to_string(std::thread::hardware_concurrency()) + " CPUs, QEMU " +
           version;
}

std::string commit() {
    const std::string hash = first_line_of({"git", "rev-parse", "--short=12", "HEAD"});
    if (hash.empty())
        return "unknown";
    return hash + (first_line_of({"git", "status", "--porcelain"}).empty() ? "" : "-modified");
}

std::expected<Accelerator, std::string> choose_accelerator(AcceleratorChoice choice) {
    if (choice == AcceleratorChoice::tcg)
        return Accelerator::tcg;
    if (kvm_works())
        return Accelerator::kvm;
    if (choice == AcceleratorChoice::kvm)
        return std::unexpected(
            "KVM cannot be used here: the CPU shows neither VT-x nor AMD-V, or /dev/kvm does not open");
    return Accelerator::tcg;
}

} // namespace bench
