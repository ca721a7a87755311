// See machine.hpp.
#include "bench/network/floor/machine.hpp"

#include "drivers/pci/spec.hpp"

#include <algorithm>
#include <string_view>

extern "C" void (*__init_array_start[])();
extern "C" void (*__init_array_end[])();

namespace bench::floor {

namespace {

// In Xen's hvm_start_info: the command line's physical address.
constexpr std::uint64_t command_line_at = 24;
constexpr std::uint16_t serial_port = 0x3f8, exit_port = 0x501;
constexpr std::uint8_t exit_success = 0x10, exit_failure = 0x11;

// Safe, all of them: ports of the reference machine, and ring 0.
void write_port8(std::uint16_t port, std::uint8_t value) {
    asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}
void write_port32(std::uint16_t port, std::uint32_t value) {
    asm volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}
std::uint8_t read_port8(std::uint16_t port) {
    std::uint8_t value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}
std::uint32_t read_port32(std::uint16_t port) {
    std::uint32_t value;
    asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

// Where the host bridge has configuration space in memory (Q35, PCIEXBAR), of 256 buses.
constexpr std::uint32_t pcie_window_register = 0x60;
constexpr std::uint32_t pcie_window_mask = 0xf000'0000;
std::uint64_t configuration_base() {
    write_port32(0xcf8, 0x8000'0000 | pcie_window_register);
    return read_port32(0xcfc) & pcie_window_mask;
}

template <typename Value>
volatile Value& field(volatile std::byte* base, std::uint64_t offset) {
    return *reinterpret_cast<volatile Value*>(base + offset); // Safe: configuration space, mapped at its address.
}

void read_bars(volatile std::byte* config, exo::DeviceInfo& info) {
    using namespace exo;
    for (unsigned i = 0; i < pci::bars_type0; ++i) {
        volatile auto& low = field<std::uint32_t>(config, pci::header::bar0 + 4 * i);
        const std::uint32_t value = low;
        const bool wide = (value & pci::bar::type_mask) == pci::bar::type_64;
        if (value & pci::bar::io)
            continue;
        low = ~0u;
        const std::uint32_t size = low & pci::bar::memory_address_mask;
        low = value;
        info.bar[i].base = value & pci::bar::memory_address_mask;
        info.bar[i].bytes = size == 0 ? 0 : ~size + 1;
        if (wide) {
            info.bar[i].base |= static_cast<std::uint64_t>(field<std::uint32_t>(config, pci::header::bar0 + 4 * i + 4))
                                << 32;
            ++i;
        }
    }
}

std::uint64_t next_page = memory_begin;
std::span<Found> found_functions;

} // namespace

void construct() {
    for (auto constructor = __init_array_start; constructor != __init_array_end; ++constructor)
        (*constructor)();
}

std::byte* take_pages(std::uint64_t bytes) {
    const std::uint64_t whole = (bytes + exo::page_bytes - 1) & ~(exo::page_bytes - 1);
    if (whole > memory_end - next_page)
        return nullptr;
    // Safe: memory of the machine that nobody else has, mapped at its address, zeroed when the machine began.
    auto* const pages = reinterpret_cast<std::byte*>(next_page);
    next_page += whole;
    return pages;
}

std::size_t read_words(std::uint64_t start_info, std::span<std::string_view> into) {
    // Safe: what the loader left, below 4 GiB.
    const std::uint64_t address = *reinterpret_cast<const std::uint64_t*>(start_info + command_line_at);
    std::string_view line(reinterpret_cast<const char*>(address));
    constexpr std::string_view before_words = " -- ";
    const std::size_t dashes = line.find(before_words);
    line.remove_prefix(dashes == line.npos ? line.size() : dashes + before_words.size());
    std::size_t count = 0;
    while (!line.empty() && count < into.size()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        if (end != 0)
            into[count++] = {line.data(), end};
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return count;
}

std::size_t find_functions(bool (*wanted)(const Identity& identity), std::span<Found> into) {
    using namespace exo;
    constexpr unsigned buses_looked_at = 8;
    constexpr std::uint16_t no_vendor = 0xffff;
    const std::uint64_t base = configuration_base();
    std::size_t count = 0;
    for (unsigned slot = 0; slot < buses_looked_at * pci::devices_per_bus && count < into.size(); ++slot) {
        // Safe: configuration space of a first function, mapped at its address.
        auto* const config =
            reinterpret_cast<volatile std::byte*>(base + slot * pci::functions_per_device * pci::config_bytes);
        const Identity identity{field<std::uint16_t>(config, pci::header::vendor),
                                field<std::uint16_t>(config, pci::header::device),
                                field<std::uint32_t>(config, pci::header::class_revision) >> 8};
        if (identity.vendor == no_vendor || !wanted(identity))
            continue;
        volatile auto& command = field<std::uint16_t>(config, pci::header::command);
        Found& found = into[count++];
        found.configuration = config;
        read_bars(config, found.info);
        command = static_cast<std::uint16_t>(command | pci::command::memory_space | pci::command::bus_master |
                                             pci::command::interrupt_disable);
    }
    found_functions = into.first(count);
    return count;
}

const Found& found_function(std::size_t index) {
    return found_functions[index];
}

void end_machine(bool good) {
    // Until the serial line is empty (16550, line status).
    while ((read_port8(serial_port + 5) & 0x40) == 0) {
    }
    write_port8(exit_port, good ? exit_success : exit_failure);
    for (;;)
        asm volatile("hlt");
}

} // namespace bench::floor

namespace exo {

void log_text(const char* text, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
        while ((bench::floor::read_port8(bench::floor::serial_port + 5) & 0x20) == 0) {
        }
        bench::floor::write_port8(bench::floor::serial_port, static_cast<std::uint8_t>(text[i]));
    }
}

} // namespace exo
