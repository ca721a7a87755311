// Storage of the info pages: whole pages of the kernel's image, holding nothing else.
#include "exokernel/memory/info_pages.hpp"

#include "exokernel/memory/boot_memory.hpp"

namespace exo {

[[gnu::section(".bss.info"), gnu::aligned(4096)]] MachineInfo machine_info;
[[gnu::section(".bss.info"), gnu::aligned(4096)]] CoreCounters core_counters[max_cores];
[[gnu::section(".bss.info"), gnu::aligned(4096)]] VcoreInfo vcore_infos[max_vcores];
[[gnu::section(".bss.info"), gnu::aligned(4096)]] Wheel wheels[max_cores];
[[gnu::section(".bss.info"), gnu::aligned(4096)]] DeviceInfo device_infos[max_functions];
[[gnu::section(".bss.info"), gnu::aligned(4096)]] NicInfo nic_infos[max_nics];
[[gnu::section(".bss.info"), gnu::aligned(4096)]] EnvironmentInfo environment_infos[max_environments];

void info_pages_start() {
    auto show = [](std::uint64_t address, const void* data, std::uint64_t bytes) {
        map_info(address, kernel_physical(data), (bytes + page_bytes - 1) & ~(page_bytes - 1));
    };
    machine_info.version = abi_version;
    show(info_machine, &machine_info, sizeof machine_info);
    show(info_counters, core_counters, sizeof core_counters);
    show(info_vcores, vcore_infos, sizeof vcore_infos);
    show(info_wheels, wheels, sizeof wheels);
    show(info_devices, device_infos, sizeof device_infos);
    show(info_nics, nic_infos, sizeof nic_infos);
    show(info_environments, environment_infos, sizeof environment_infos);
}

} // namespace exo
