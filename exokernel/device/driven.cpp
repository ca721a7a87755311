// Functions that the kernel drives itself, to share them out: what its drivers are given of them.
#include "exokernel/device/function_table.hpp"

namespace exo {

Status function_drive(std::uint32_t index, std::uint16_t environment) {
    if (device_table[index].owner != 0) {
        return std::unexpected(Error::Occupied);
    }
    bool mapped = false;
    for (const std::byte* registers : functions[index].registers) {
        mapped = mapped || registers != nullptr;
    }
    if (!mapped) {
        return std::unexpected(Error::Unsupported);
    }
    if (Status acquired = function_acquire(index, environment); !acquired) {
        return acquired;
    }
    device_table[index].flags |= device_flag::shared;
    functions[index].config.change_command(0, pci::command::memory_space);
    return {};
}

bool function_driven(std::uint32_t index) {
    return (device_table[index].flags & device_flag::shared) != 0;
}

Registers function_config(std::uint32_t index) {
    return functions[index].config.registers();
}

std::byte* function_registers(std::uint32_t index, unsigned bar) {
    return bar < pci::bars_type0 ? functions[index].registers[bar] : nullptr;
}

Clock function_clock() {
    return device_host.clock;
}

} // namespace exo
