// The QEMU command line of a Linux guest, and the initramfs it starts from.
// The two peers differ here and nowhere else; README.md says why each option is set.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bench::linux_peer {

// The processor that TCG emulates where it is fair to Linux, and so for every system compared with it: PKU, five-level
// paging and byte-wise string instructions cost a TCG guest dearly in fault and copy paths.
inline constexpr std::string_view fair_tcg_cpu = "max,-pku,-la57,-erms";

enum class Tuning { tuned, stock };
enum class Accelerator { tcg, kvm };
enum class Clock { wall, instructions }; // what the guest's TSC counts

struct GuestOptions {
    Tuning tuning = Tuning::tuned;
    Accelerator accelerator = Accelerator::tcg;
    Clock clock = Clock::wall;
    bool isolated_core = false; // a second core, kept free of kernel work on the tuned guest
    unsigned memory_mib = 1024;
    std::filesystem::path kernel;
    std::filesystem::path initramfs;             // empty: none
    std::vector<std::string> arguments;          // of /init
    std::vector<std::string> machine_words = {}; // further words of the QEMU command, such as its NICs
    std::string kernel_options = {};             // further words of the kernel's command line
};

std::vector<std::string> guest_command(const GuestOptions& options);

struct InitramfsFile {
    std::string path; // inside the guest, without a leading slash
    std::filesystem::path source;
};

// The archive with `init` as /init, mount points, a console, the given files, and modules for init to load in order.
std::expected<std::string, std::string> initramfs(const std::filesystem::path& init,
                                                  const std::vector<InitramfsFile>& files,
                                                  const std::vector<std::filesystem::path>& modules = {});

} // namespace bench::linux_peer
