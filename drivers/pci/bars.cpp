// Sizes by writing ones and reading back; decoding is off meanwhile, so that nothing answers at a half-written address.
// Interface: bars.hpp.
#include "drivers/pci/bars.hpp"

namespace exo::pci {

namespace {

constexpr std::uint64_t bar_at(unsigned index) {
    return header::bar0 + 4ull * index;
}

std::uint32_t size_mask(const ConfigSpace& config, std::uint64_t at, std::uint32_t original) {
    config.write32(at, ~0u);
    const std::uint32_t mask = config.read32(at);
    config.write32(at, original);
    return mask;
}

} // namespace

void measure_bars_at(const ConfigSpace& config, std::uint64_t first, Bars& bars) {
    for (unsigned i = 0; i < bars_type0; ++i) {
        bars.raw[i] = config.read32(first + 4ull * i);
    }
    for (unsigned i = 0; i < bars_type0; ++i) {
        const std::uint32_t low = bars.raw[i];
        const std::uint32_t low_mask = size_mask(config, first + 4ull * i, low);
        if (low_mask == 0 || (low & bar::io) != 0) {
            continue;
        }
        std::uint64_t base = low & bar::memory_address_mask;
        std::uint64_t mask = 0xffff'ffff'0000'0000ull | (low_mask & bar::memory_address_mask);
        const unsigned index = i;
        if ((low & bar::type_mask) == bar::type_64 && i + 1 < bars_type0) {
            ++i;
            const std::uint64_t high_mask = size_mask(config, first + 4ull * i, bars.raw[i]);
            base |= static_cast<std::uint64_t>(bars.raw[i]) << 32;
            mask = high_mask << 32 | (low_mask & bar::memory_address_mask);
        }
        // The size is the lowest bit that could be set; a mask with holes below its top is a broken device.
        const std::uint64_t bytes = ~mask + 1;
        if (bytes != 0 && (bytes & (bytes - 1)) == 0 && base % bytes == 0) {
            bars.bar[index] = {.base = base, .bytes = bytes};
        }
    }
}

Bars measure_bars(const ConfigSpace& config) {
    Bars bars{};
    const std::uint16_t command_before = config.read16(header::command);
    config.change_command(command::io_space | command::memory_space, 0);
    measure_bars_at(config, header::bar0, bars);
    config.write16(header::command, command_before);
    if (const auto capability = config.find(Capability::Express)) {
        bars.device_control = config.read16(*capability + express::device_control);
    }
    return bars;
}

bool bars_were_reset(const ConfigSpace& config, const Bars& before) {
    for (unsigned i = 0; i < bars_type0; ++i) {
        const std::uint32_t was = before.raw[i] & bar::memory_address_mask;
        if (before.bar[i].bytes != 0 && was != 0 && (config.read32(bar_at(i)) & bar::memory_address_mask) == was) {
            return false;
        }
    }
    return true;
}

void restore_bars(const ConfigSpace& config, const Bars& bars) {
    for (unsigned i = 0; i < bars_type0; ++i) {
        config.write32(bar_at(i), bars.raw[i]);
    }
    if (const auto capability = config.find(Capability::Express)) {
        config.write16(*capability + express::device_control, bars.device_control & ~express::control_function_reset);
    }
}

} // namespace exo::pci
