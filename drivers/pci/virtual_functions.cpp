// The order in which the capability wants to be written is PCIe 9.3.3's. Interface: virtual_functions.hpp.
#include "drivers/pci/virtual_functions.hpp"

namespace exo::pci {

namespace {

// Whether each of them has a requester ID of its own behind the physical function's, on the same bus.
bool fits_bus(const VirtualFunctions& functions, std::uint16_t source) {
    if (functions.first <= source || (functions.count > 1 && functions.stride == 0)) {
        return false;
    }
    const std::uint32_t last = functions.first + (functions.count - 1u) * functions.stride;
    return last >> 8 == source >> 8u;
}

// Where requester IDs lie may depend on how many functions there are (PCIe 9.3.3.9).
void place_sources(const ConfigSpace& config, std::uint16_t source, VirtualFunctions& functions) {
    for (; functions.count != 0; --functions.count) {
        config.write16(functions.capability + virtualization::count, functions.count);
        functions.first =
            static_cast<std::uint16_t>(source + config.read16(functions.capability + virtualization::first_offset));
        functions.stride = config.read16(functions.capability + virtualization::stride);
        if (fits_bus(functions, source)) {
            return;
        }
    }
}

bool place_bar(VirtualFunctions& functions, unsigned index, RegisterSpace& space) {
    Bar& bar = functions.bars.bar[index];
    std::uint32_t* raw = &functions.bars.raw[index];
    const bool is_64 = (*raw & bar::type_mask) == bar::type_64 && index + 1 < bars_type0;
    const std::uint64_t bytes = bar.bytes * functions.count;
    if (bar.base == 0) {
        bar.base = space.take(bytes, bar.bytes);
    }
    if (bar.base == 0 || (!is_64 && bar.base + bytes > 1ull << 32)) {
        return false;
    }
    raw[0] = static_cast<std::uint32_t>(bar.base) | (raw[0] & ~bar::memory_address_mask);
    if (is_64) {
        raw[1] = static_cast<std::uint32_t>(bar.base >> 32);
    }
    return true;
}

} // namespace

std::uint64_t RegisterSpace::take(std::uint64_t bytes, std::uint64_t alignment) {
    const std::uint64_t at = (next + alignment - 1) & ~(alignment - 1);
    if (at < next || at > end || bytes > end - at) {
        return 0;
    }
    next = at + bytes;
    return at;
}

Bars VirtualFunctions::bars_of(unsigned number) const {
    Bars own{};
    for (unsigned i = 0; i < bars_type0; ++i) {
        if (bars.bar[i].bytes != 0) {
            own.bar[i] = {.base = bars.bar[i].base + number * bars.bar[i].bytes, .bytes = bars.bar[i].bytes};
        }
    }
    return own;
}

VirtualFunctions plan_virtual_functions(const ConfigSpace& config, std::uint16_t source, std::uint16_t wanted,
                                        RegisterSpace& space) {
    const auto capability = config.find(ExtendedCapability::VirtualFunctions);
    if (!capability || wanted == 0) {
        return {};
    }
    VirtualFunctions functions{.capability = *capability};
    config.write16(*capability + virtualization::control, 0);
    config.write32(*capability + virtualization::system_page_size, virtualization::system_page_4k);
    const std::uint16_t total = config.read16(*capability + virtualization::total);
    functions.count = total < wanted ? total : wanted;
    functions.device = config.read16(*capability + virtualization::device);
    place_sources(config, source, functions);
    measure_bars_at(config, *capability + virtualization::bar0, functions.bars);
    for (unsigned i = 0; i < bars_type0 && functions.count != 0; ++i) {
        if (functions.bars.bar[i].bytes != 0 && !place_bar(functions, i, space)) {
            functions.count = 0;
        }
    }
    return functions.count != 0 ? functions : VirtualFunctions{};
}

void turn_on(const ConfigSpace& config, const VirtualFunctions& functions) {
    if (functions.count == 0) {
        return;
    }
    config.write32(functions.capability + virtualization::system_page_size, virtualization::system_page_4k);
    config.write16(functions.capability + virtualization::count, functions.count);
    for (unsigned i = 0; i < bars_type0; ++i) {
        config.write32(functions.capability + virtualization::bar0 + 4ull * i, functions.bars.raw[i]);
    }
    config.write16(functions.capability + virtualization::control,
                   virtualization::control_enable | virtualization::control_memory_space);
}

} // namespace exo::pci
