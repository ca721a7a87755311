// The kernel's side of the info pages (abi/info.hpp): written here, read by every environment.
#pragma once

#include "secure-bindings/abi/info.hpp"

namespace exo {

extern MachineInfo machine_info;
extern CoreCounters core_counters[max_cores];
extern VcoreInfo vcore_infos[max_vcores];
extern Wheel wheels[max_cores];
extern DeviceInfo device_infos[max_functions];
extern NicInfo nic_infos[max_nics];
extern EnvironmentInfo environment_infos[max_environments];

// Maps them at their addresses, at boot.
void info_pages_start();

} // namespace exo
