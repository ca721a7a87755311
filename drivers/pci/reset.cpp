// The gentlest method a function has, and its steps; the waits between them are the standard's. Interface: reset.hpp.
#include "drivers/pci/reset.hpp"

namespace exo::pci {

namespace {

void set_power_state(const ConfigSpace& config, std::uint16_t state) {
    if (const auto capability = config.find(Capability::PowerManagement)) {
        const std::uint64_t at = *capability + power::control;
        config.write16(at, static_cast<std::uint16_t>((config.read16(at) & ~power::state_mask) | state));
    }
}

void start_function_reset(const ConfigSpace& config, ResetMethod method) {
    if (method == ResetMethod::FunctionLevel) {
        if (const auto capability = config.find(Capability::Express)) {
            const std::uint64_t at = *capability + express::device_control;
            config.write16(at, config.read16(at) | express::control_function_reset);
        }
        return;
    }
    if (const auto capability = config.find(Capability::AdvancedFeatures)) {
        config.write8(*capability + advanced::control, advanced::control_function_reset);
    }
}

void hold_in_reset(const ConfigSpace& port, bool hold) {
    const std::uint16_t others = port.read16(header::bridge_control) & ~bridge_secondary_reset;
    port.write16(header::bridge_control, hold ? others | bridge_secondary_reset : others);
}

} // namespace

ResetMethod reset_method(const ConfigSpace& config, bool alone) {
    if (const auto capability = config.find(Capability::Express)) {
        if ((config.read32(*capability + express::device_capabilities) & express::capable_function_reset) != 0) {
            return ResetMethod::FunctionLevel;
        }
    }
    if (const auto capability = config.find(Capability::AdvancedFeatures)) {
        constexpr std::uint8_t needed = advanced::capable_function_reset | advanced::capable_pending;
        if ((config.read8(*capability + advanced::capabilities) & needed) == needed) {
            return ResetMethod::AdvancedFeatures;
        }
    }
    // A function of PCI Express obeys a hot reset; many that offer one by power states keep what they were told.
    if (alone && config.find(Capability::Express)) {
        return ResetMethod::HotReset;
    }
    if (const auto capability = config.find(Capability::PowerManagement)) {
        if ((config.read16(*capability + power::control) & power::no_soft_reset) == 0) {
            return ResetMethod::PowerState;
        }
    }
    return ResetMethod::None;
}

bool transactions_pending(const ConfigSpace& config) {
    if (const auto capability = config.find(Capability::Express)) {
        return (config.read16(*capability + express::device_status) & express::status_transactions_pending) != 0;
    }
    if (const auto capability = config.find(Capability::AdvancedFeatures)) {
        return (config.read8(*capability + advanced::status) & advanced::status_pending) != 0;
    }
    return false;
}

std::optional<std::uint64_t> reset_step(const ConfigSpace& config, const ConfigSpace& port, ResetMethod method,
                                        unsigned step) {
    switch (method) {
    case ResetMethod::None:
        return std::nullopt;
    case ResetMethod::FunctionLevel:
    case ResetMethod::AdvancedFeatures:
        if (step != 0) {
            return std::nullopt;
        }
        start_function_reset(config, method);
        return function_reset_us;
    case ResetMethod::HotReset:
        if (step > 1) {
            return std::nullopt;
        }
        hold_in_reset(port, step == 0);
        return step == 0 ? hot_reset_held_us : after_hot_reset_us;
    case ResetMethod::PowerState:
        if (step > 1) {
            return std::nullopt;
        }
        set_power_state(config, step == 0 ? power::state_d3hot : std::uint16_t{0});
        return power_transition_us;
    }
    return std::nullopt;
}

} // namespace exo::pci
