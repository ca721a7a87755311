// Starts the device layer on this kernel's own instances.
#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/arch/x86_64/features.hpp"
#include "exokernel/device/caches.hpp"
#include "exokernel/device/function_table.hpp"
#include "exokernel/memory/frames.hpp"
#include "exokernel/memory/info_pages.hpp"
#include "exokernel/memory/physical.hpp"
#include "exokernel/memory/tlb.hpp"

namespace exo {

std::uint32_t device_discover(const Platform& platform, const VirtualFunctionWish& virtual_functions,
                              DeviceInfo* infos) {
    const iommu::TableMemory tables{
        .frames = [](std::uint64_t count,
                     std::uint64_t alignment) { return boot_frames(count, alignment) << page_shift; },
        .pointer = [](std::uint64_t physical) -> void* { return at_physical<void>(physical); },
        .write_back = write_back,
    };
    const DeviceHost host{
        .mapping = &mapping,
        .frames = &frame_map,
        .clock = {.now = rdtsc, .ticks_per_us = machine_info.tsc_hz / 1'000'000},
        .tables = tables,
        .map_registers = map_registers,
        .registers_at = mapped_registers,
        .write_back_caches = write_back_caches,
        .flush_environment = tlb_flush_all,
        .x2apic = features.x2apic,
        .hypervisor = features.hypervisor,
        .virtual_functions = virtual_functions,
    };
    return discover(platform, host, infos);
}

} // namespace exo
