// The table itself, and who owns what.
#include "exokernel/device/function_table.hpp"

namespace exo {

Function functions[max_functions];
DeviceInfo* device_table;
std::uint32_t function_count;
DeviceHost device_host;
std::uint16_t cookie_owner[interrupt_cookies_max];

void bus_master_on(Function& function) {
    if (!function.master && !function.wedged) {
        function.config.change_command(0, pci::command::bus_master);
        function.master = true;
    }
}

void bus_master_off(Function& function) {
    function.config.change_command(pci::command::bus_master, 0);
    function.master = false;
}

Status function_acquire(std::uint32_t index, std::uint16_t environment) {
    if (index >= function_count) {
        return std::unexpected(Error::OutOfRange);
    }
    device_poll_faults();
    Function& function = functions[index];
    DeviceInfo& info = device_table[index];
    if (info.owner == environment && function.step == ReturnStep::NotReturning) {
        return {};
    }
    if (info.owner != 0) {
        return std::unexpected(Error::Occupied);
    }
    if ((info.flags & device_flag::bindable) == 0) {
        return std::unexpected(Error::Unsupported);
    }
    info.owner = environment;
    function.config.change_command(0, pci::command::memory_space | pci::command::interrupt_disable);
    // Firmware or a reset may have left entries unmasked or masked: from here on only arm_interrupt unmasks.
    for (unsigned vector = 0; vector < function.msix.vectors; ++vector) {
        function.msix_table.mask(vector);
    }
    return {};
}

} // namespace exo
