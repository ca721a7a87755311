// The registers of made-up functions: what they answer and what they note down. Interface: fake_pci.hpp.
#include "tests/unit/device/fake_pci.hpp"

namespace device_test {

namespace pci = exo::pci;

namespace {

constexpr std::uint64_t virtual_at = 0x140; // the capability of virtual functions

} // namespace

FakeFunction::FakeFunction(std::uint16_t vendor, std::uint16_t device) {
    set(pci::header::vendor, vendor, 2);
    set(pci::header::device, device, 2);
    set(pci::header::class_revision, 0x02000001, 4);
    writable(pci::header::command, 0x0507, 2);
}

FakeFunction& FakeFunction::bridge(std::uint8_t secondary) {
    set(pci::header::type, pci::type_bridge, 1);
    set(pci::header::secondary_bus, secondary, 1);
    writable(pci::header::bridge_control, 0xffff, 2);
    return class_code(0x060400);
}

FakeFunction& FakeFunction::class_code(std::uint32_t code) {
    set(pci::header::class_revision + 1, code, 3);
    return *this;
}

FakeFunction& FakeFunction::multi_function() {
    set(pci::header::type, read(pci::header::type, 1) | pci::type_multi_function, 1);
    return *this;
}

FakeFunction& FakeFunction::bar(unsigned index, std::uint64_t base, std::uint64_t bytes, bool is_64) {
    const std::uint64_t at = pci::header::bar0 + 4 * index;
    set(at, base | (is_64 ? pci::bar::type_64 : 0), 4);
    writable(at, ~(bytes - 1), 4);
    if (is_64) {
        set(at + 4, base >> 32, 4);
        writable(at + 4, ~(bytes - 1) >> 32, 4);
    }
    return *this;
}

FakeFunction& FakeFunction::io_bar(unsigned index, std::uint32_t base, std::uint32_t bytes) {
    set(pci::header::bar0 + 4 * index, base | pci::bar::io, 4);
    writable(pci::header::bar0 + 4 * index, ~(bytes - 1) & 0xffff, 4);
    return *this;
}

std::uint8_t FakeFunction::add_capability(std::uint8_t id, std::uint8_t bytes) {
    const std::uint8_t at = next_free_;
    next_free_ = static_cast<std::uint8_t>(next_free_ + (bytes + 3) / 4 * 4);
    set(pci::header::status, read(pci::header::status, 2) | pci::status_capability_list, 2);
    set(last_capability_ == 0 ? pci::header::capabilities : last_capability_ + 1u, at, 1);
    set(at, id, 1);
    last_capability_ = at;
    return at;
}

FakeFunction& FakeFunction::express(std::uint16_t port_type, bool function_reset) {
    express_at = add_capability(0x10, 0x3c);
    set(express_at + pci::express::flags, 2u | port_type << pci::express::port_type_shift, 2);
    set(express_at + pci::express::device_capabilities, function_reset ? pci::express::capable_function_reset : 0, 4);
    writable(express_at + pci::express::device_control, 0xffff, 2);
    return *this;
}

FakeFunction& FakeFunction::msix(std::uint16_t vectors, std::uint8_t bar, std::uint32_t table, std::uint32_t pending) {
    msix_at = add_capability(0x11, 12);
    set(msix_at + pci::msix::control, vectors - 1u, 2);
    writable(msix_at + pci::msix::control, 0xc000, 2);
    set(msix_at + pci::msix::table, table | bar, 4);
    set(msix_at + pci::msix::pending, pending | bar, 4);
    return *this;
}

FakeFunction& FakeFunction::power(bool keeps_state) {
    power_at = add_capability(0x01, 8);
    set(power_at + pci::power::control, keeps_state ? pci::power::no_soft_reset : 0, 2);
    writable(power_at + pci::power::control, pci::power::state_mask, 2);
    return *this;
}

FakeFunction& FakeFunction::advanced_features() {
    advanced_at = add_capability(0x13, 6);
    set(advanced_at + pci::advanced::capabilities, 3, 1);
    writable(advanced_at + pci::advanced::control, 1, 1);
    return *this;
}

FakeFunction& FakeFunction::access_control(std::uint16_t capability) {
    set(pci::extended_capabilities, 0x1000d, 4);
    set(pci::extended_capabilities + pci::access_control::capability, capability, 2);
    writable(pci::extended_capabilities + pci::access_control::control, capability, 2);
    return *this;
}

FakeFunction& FakeFunction::virtual_functions(std::uint16_t total, std::uint16_t first, std::uint16_t stride,
                                              std::uint64_t bar_bytes, bool is_64, std::uint64_t base) {
    namespace offset = pci::virtualization;
    constexpr std::uint64_t at = virtual_at;
    const std::uint64_t bar = at + offset::bar0;
    set(pci::extended_capabilities, read(pci::extended_capabilities, 4) | at << 20, 4);
    set(at, 0x10010, 4);
    set(at + offset::total, total, 2);
    set(at + offset::first_offset, first, 2);
    set(at + offset::stride, stride, 2);
    set(at + offset::device, 0x4321, 2);
    set(bar, base | (is_64 ? pci::bar::type_64 : 0), 4);
    writable(at + offset::control, 0x1f, 2);
    writable(at + offset::count, 0xffff, 2);
    writable(at + offset::system_page_size, ~0u, 4);
    writable(bar, ~(bar_bytes - 1), 4);
    if (is_64) {
        set(bar + 4, base >> 32, 4);
        writable(bar + 4, ~(bar_bytes - 1) >> 32, 4);
    }
    return *this;
}

std::uint16_t FakeFunction::virtual_word(std::uint64_t offset) {
    return static_cast<std::uint16_t>(read(virtual_at + offset, 2));
}

std::uint64_t FakeFunction::read(std::uint64_t offset, unsigned bytes) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) {
        value |= static_cast<std::uint64_t>(answers ? value_.at(offset + i) : 0xff) << (8 * i);
    }
    return value;
}

void FakeFunction::write(std::uint64_t offset, std::uint64_t value, unsigned bytes) {
    const auto power_before = power_at != 0 ? read(power_at + pci::power::control, 2) & pci::power::state_mask : 0;
    for (unsigned i = 0; i < bytes; ++i) {
        const auto byte = static_cast<std::uint8_t>(value >> (8 * i));
        const std::uint8_t mask = writable_.at(offset + i);
        value_.at(offset + i) = static_cast<std::uint8_t>((value_.at(offset + i) & ~mask) | (byte & mask));
    }
    if (on_write) {
        on_write(offset, value);
    }
    const bool by_express = express_at != 0 && offset == express_at + pci::express::device_control &&
                            (value & pci::express::control_function_reset) != 0;
    const bool by_features = advanced_at != 0 && offset == advanced_at + pci::advanced::control && (value & 1) != 0;
    const bool by_power = power_before == pci::power::state_d3hot && offset == power_at + pci::power::control &&
                          (value & pci::power::state_mask) == 0;
    if (by_express || by_features || by_power) {
        reset();
    }
    if (below != nullptr && offset == pci::header::bridge_control && (value & pci::bridge_secondary_reset) != 0) {
        below->reset();
    }
}

void FakeFunction::reset() {
    ++resets;
    if (!resets_for_real) {
        return;
    }
    set(pci::header::command, 0, 2);
    for (unsigned i = 0; i < pci::bars_type0; ++i) {
        set(pci::header::bar0 + 4 * i, read(pci::header::bar0 + 4 * i, 4) & 0xf, 4);
    }
    if (express_at != 0) {
        set(express_at + pci::express::device_control, 0, 2);
    }
    if (read(virtual_at, 4) != 0) {
        set(virtual_at + pci::virtualization::control, 0, 2);
        set(virtual_at + pci::virtualization::bar0, read(virtual_at + pci::virtualization::bar0, 4) & 0xf, 4);
        set(virtual_at + pci::virtualization::bar0 + 4, 0, 4);
    }
    if (msix_at != 0) {
        set(msix_at + pci::msix::control, read(msix_at + pci::msix::control, 2) & 0x7ff, 2);
    }
}

void FakeFunction::set(std::uint64_t offset, std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) {
        value_.at(offset + i) = static_cast<std::uint8_t>(value >> (8 * i));
    }
}

void FakeFunction::writable(std::uint64_t offset, std::uint64_t mask, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) {
        writable_.at(offset + i) = static_cast<std::uint8_t>(mask >> (8 * i));
    }
}

exo::Registers FakeFunction::registers() {
    return {.context = this,
            .read = [](void* context, std::uint64_t offset,
                       unsigned bytes) { return static_cast<FakeFunction*>(context)->read(offset, bytes); },
            .write = [](void* context, std::uint64_t offset, std::uint64_t value,
                        unsigned bytes) { static_cast<FakeFunction*>(context)->write(offset, value, bytes); }};
}

FakeFunction& FakeSegment::add(std::uint8_t bus, unsigned device, unsigned function, FakeFunction made) {
    auto& place = functions_[bus << 8 | device << 3 | function];
    place = std::make_unique<FakeFunction>(std::move(made));
    return *place;
}

FakeFunction& FakeSegment::at(std::uint8_t bus, unsigned device, unsigned function) {
    return *functions_.at(bus << 8 | device << 3 | function);
}

exo::pci::ConfigAccess FakeSegment::access() {
    return {.context = this, .function = [](void* context, std::uint8_t bus, std::uint8_t device_function) {
                const auto& functions = static_cast<FakeSegment*>(context)->functions_;
                const auto found = functions.find(bus << 8 | device_function);
                if (found != functions.end()) {
                    return found->second->registers();
                }
                return exo::Registers{.context = nullptr,
                                      .read =
                                          [](void*, std::uint64_t, unsigned bytes) {
                                              return std::uint64_t{bytes == 8 ? ~0ull : (1ull << (8 * bytes)) - 1};
                                          },
                                      .write = [](void*, std::uint64_t, std::uint64_t, unsigned) {}};
            }};
}

} // namespace device_test
