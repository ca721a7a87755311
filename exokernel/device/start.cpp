// Starts the device layer on this kernel's own instances.
#include "exokernel/arch/x86_64/features.hpp"
#include "exokernel/device/function_table.hpp"
#include "exokernel/memory/frames.hpp"
#include "exokernel/memory/info_pages.hpp"
#include "exokernel/memory/tlb.hpp"

namespace exo {

std::uint32_t device_discover(const Platform& platform, DeviceInfo* infos) {
    const DeviceHost host{
        .mapping = &mapping,
        .frames = &frame_map,
        .tsc_hz = machine_info.tsc_hz,
        .flush_environment = tlb_flush_all,
        .x2apic = features.x2apic,
        .hypervisor = features.hypervisor,
    };
    return discover(platform, host, infos);
}

} // namespace exo
