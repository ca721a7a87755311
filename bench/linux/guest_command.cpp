// Options common to every guest first, then what tuning changes. See guest_command.hpp.
#include "bench/linux/guest_command.hpp"

#include "bench/harness/process.hpp"
#include "bench/linux/cpio.hpp"

#include <set>

namespace bench::linux_peer {
namespace {

std::string cpu_model(const GuestOptions& options) {
    if (options.clock == Clock::wall && options.accelerator == Accelerator::kvm)
        return "host";
    return options.tuning == Tuning::tuned ? std::string(fair_tcg_cpu) : "max";
}

std::string kernel_command_line(const GuestOptions& options) {
    std::string line = "console=ttyS0 quiet panic=-1 no_timer_check rdinit=/init";
    if (options.tuning == Tuning::tuned) {
        line += " mitigations=off tsc=reliable";
        // A single core must keep its housekeeping: isolation means something from two cores on.
        if (options.isolated_core)
            line += " isolcpus=managed_irq,domain,1 nohz_full=1 rcu_nocbs=1 irqaffinity=0";
    }
    if (!options.kernel_options.empty())
        line += " " + options.kernel_options;
    if (!options.arguments.empty())
        line += " --";
    for (const std::string& argument : options.arguments)
        line += " " + argument;
    return line;
}

std::string accelerator(const GuestOptions& options) {
    if (options.clock == Clock::instructions)
        return "tcg,thread=single";
    return options.accelerator == Accelerator::kvm ? "kvm" : "tcg,thread=multi";
}

} // namespace

std::vector<std::string> guest_command(const GuestOptions& options) {
    std::vector<std::string> command{
        "qemu-system-x86_64",
        "-machine",
        "q35",
        "-nodefaults",
        "-display",
        "none",
        "-no-reboot",
        "-serial",
        "stdio",
        "-device",
        "isa-debug-exit,iobase=0x501,iosize=2",
        "-accel",
        accelerator(options),
        "-cpu",
        cpu_model(options),
        "-smp",
        options.isolated_core && options.clock == Clock::wall ? "2" : "1",
        "-m",
        std::to_string(options.memory_mib) + "M",
        "-kernel",
        options.kernel.string(),
        "-append",
        kernel_command_line(options),
    };
    if (!options.initramfs.empty())
        command.insert(command.end(), {"-initrd", options.initramfs.string()});
    if (options.clock == Clock::instructions)
        command.insert(command.end(), {"-icount", "shift=0,sleep=off"});
    command.insert(command.end(), options.machine_words.begin(), options.machine_words.end());
    return command;
}

std::expected<std::string, std::string> initramfs(const std::filesystem::path& init,
                                                  const std::vector<InitramfsFile>& files,
                                                  const std::vector<std::filesystem::path>& modules) {
    constexpr std::uint32_t console_major = 5, console_minor = 1;
    CpioWriter archive;
    std::set<std::string> directories{"dev", "proc", "sys", "tmp"};
    for (const InitramfsFile& file : files)
        for (std::filesystem::path up = std::filesystem::path(file.path).parent_path(); !up.empty();
             up = up.parent_path())
            directories.insert(up.string());
    if (!modules.empty())
        directories.insert("modules");
    for (const std::string& directory : directories) // sorted: a parent comes before its children
        archive.add_directory(directory);
    archive.add_character_device("dev/console", console_major, console_minor);

    const auto init_content = read_file(init);
    if (!init_content)
        return std::unexpected(init_content.error());
    archive.add_file("init", *init_content, true);
    for (const InitramfsFile& file : files) {
        const auto content = read_file(file.source);
        if (!content)
            return std::unexpected(content.error());
        archive.add_file(file.path, *content, true);
    }
    std::string list;
    for (const std::filesystem::path& module : modules) {
        const auto content = read_file(module);
        if (!content)
            return std::unexpected(content.error());
        const std::string path = "modules/" + module.filename().string();
        archive.add_file(path, *content, false);
        list += "/" + path + "\n";
    }
    if (!modules.empty())
        // Safe: characters viewed as bytes.
        archive.add_file("modules/list", {reinterpret_cast<const std::uint8_t*>(list.data()), list.size()}, false);
    return archive.finish();
}

} // namespace bench::linux_peer
