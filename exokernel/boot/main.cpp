// The kernel's start, in order. Later kernels on the same machine will run this too, each with its
// own subset of cores and memory (options.hpp); nothing here assumes that it has all of the machine.
#include "exokernel/acpi/parse.hpp"
#include "exokernel/arch/x86_64/apic.hpp"
#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/arch/x86_64/features.hpp"
#include "exokernel/arch/x86_64/trap.hpp"
#include "exokernel/boot/clock.hpp"
#include "exokernel/boot/options.hpp"
#include "exokernel/boot/pvh.hpp"
#include "exokernel/boot/smp.hpp"
#include "exokernel/boot/steward_start.hpp"
#include "exokernel/device/device.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/boot_memory.hpp"
#include "exokernel/memory/code_window.hpp"
#include "exokernel/memory/frames.hpp"
#include "exokernel/memory/info_pages.hpp"

#include <algorithm>

namespace exo {

extern "C" char kernel_image_begin[], kernel_image_end[];
extern "C" void (*const kernel_constructors_begin[])();
extern "C" void (*const kernel_constructors_end[])();

namespace {

constexpr std::uint64_t memory_reach = 4ull << 30; // what the boot tables map

Platform platform;

// A range of physical memory for the ACPI parser, if the direct map has it.
std::span<const std::byte> physical_bytes(const void*, std::uint64_t address, std::uint64_t length) {
    if (address + length > memory_reach)
        return {};
    return {at_physical<const std::byte>(address), length};
}

void add_memory(const PvhStartInfo& info, const BootOptions& options) {
    const PvhMemory* map = at_physical<PvhMemory>(info.memory_map);
    for (std::uint32_t i = 0; i < info.memory_map_entries; i++) {
        if (map[i].type != 1)
            continue;
        std::uint64_t begin = map[i].address, end = begin + map[i].bytes;
        if (options.memory_count == 0)
            boot_memory_add(begin, end);
        for (std::uint32_t k = 0; k < options.memory_count; k++)
            boot_memory_add(std::max(begin, options.memory[k].begin), std::min(end, options.memory[k].end));
    }
    boot_memory_remove(0, 1 << 20); // firmware's and the trampoline's
    boot_memory_remove(kernel_physical(kernel_image_begin), kernel_physical(kernel_image_end));
}

} // namespace

extern "C" [[noreturn]] void kernel_main(std::uint64_t entry_tsc, std::uint64_t start_info) {
    for (auto* constructor = kernel_constructors_begin; constructor != kernel_constructors_end; constructor++)
        (*constructor)();
    log_start();
    const PvhStartInfo& info = *at_physical<PvhStartInfo>(start_info);
    if (info.magic != pvh_magic || info.version < 1)
        panic("the loader did not leave a PVH start info of version 1");
    BootOptions options = parse_options(info.command_line ? at_physical<char>(info.command_line) : nullptr);
    machine_info.kernel_entry_tsc = entry_tsc;
    if (info.module_count < 1)
        panic("no boot archive: start the kernel with one (-initrd)");
    PvhModule archive = *at_physical<PvhModule>(info.modules);
    add_memory(info, options);
    boot_memory_remove(archive.address, archive.address + archive.bytes);
    std::uint64_t rsdp = info.rsdp;

    features_detect();
    memory_start();
    info_pages_start();
    code_window_start();
    if (AcpiStatus status = parse_platform({physical_bytes, nullptr}, rsdp, platform); !status)
        panic("%s", status.error());
    features_enable();
    traps_start(cores[0]);
    apic_start(platform.local_apic_address);
    apic_enable();
    cores_choose(platform, options);
    clock_start(platform);
    machine_info.slot_cycles = machine_info.tsc_hz * options.slot_us / 1'000'000;
    machine_info.grace_cycles = machine_info.tsc_hz * options.grace_us / 1'000'000;
    cores_start();
    machine_info.function_count = device_discover(platform, options.virtual_functions, device_infos);
    machine_info.feature_bits |= device_features();
    machine_info.archive_first_frame = archive.address >> page_shift;
    machine_info.archive_bytes = archive.bytes;
    steward_start(archive.address, archive.bytes);
    klog("exokernel: %u cores, %lu MiB, %lu functions, TSC %lu MHz", core_count, (frame_map.size() << page_shift) >> 20,
         machine_info.function_count, machine_info.tsc_hz / 1'000'000);
    core_run();
}

} // namespace exo
