// PCI functions made of memory: configuration space with writable bits as hardware has them, BARs that answer
// sizing, and what a reset does. Reads of functions that are not there give ones.
#pragma once

#include "drivers/pci/topology.hpp"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace device_test {

class FakeFunction {
public:
    explicit FakeFunction(std::uint16_t vendor = 0x1234, std::uint16_t device = 0x5678);

    // Makes it a bridge to a bus, or an endpoint of a class.
    FakeFunction& bridge(std::uint8_t secondary);
    FakeFunction& class_code(std::uint32_t code);
    FakeFunction& multi_function();
    // A memory BAR; `bytes` a power of two. A 64-bit one takes two registers.
    FakeFunction& bar(unsigned index, std::uint64_t base, std::uint64_t bytes, bool is_64 = false);
    FakeFunction& io_bar(unsigned index, std::uint32_t base, std::uint32_t bytes);
    // Capabilities; each returns where it put it through `at`.
    FakeFunction& express(std::uint16_t port_type, bool function_reset);
    FakeFunction& msix(std::uint16_t vectors, std::uint8_t bar, std::uint32_t table, std::uint32_t pending);
    FakeFunction& power(bool keeps_state);
    FakeFunction& advanced_features();
    FakeFunction& access_control(std::uint16_t capability);
    // So many virtual functions, `first` and `stride` requester IDs from here on, with one BAR of so many bytes each,
    // that firmware has put at `base`.
    FakeFunction& virtual_functions(std::uint16_t total, std::uint16_t first, std::uint16_t stride,
                                    std::uint64_t bar_bytes, bool is_64, std::uint64_t base = 0);
    std::uint16_t virtual_word(std::uint64_t offset);
    std::uint8_t add_capability(std::uint8_t id, std::uint8_t bytes);

    std::uint64_t read(std::uint64_t offset, unsigned bytes);
    void write(std::uint64_t offset, std::uint64_t value, unsigned bytes);
    std::uint16_t command() { return static_cast<std::uint16_t>(read(exo::pci::header::command, 2)); }
    std::uint32_t bar_register(unsigned index) { return static_cast<std::uint32_t>(read(0x10 + 4 * index, 4)); }
    exo::Registers registers();

    std::uint8_t express_at = 0;
    std::uint8_t msix_at = 0;
    std::uint8_t power_at = 0;
    std::uint8_t advanced_at = 0;
    unsigned resets = 0;
    bool resets_for_real = true;
    bool answers = true;
    FakeFunction* below = nullptr; // of a port: what a reset of its link resets
    std::function<void(std::uint64_t offset, std::uint64_t value)> on_write;

private:
    void set(std::uint64_t offset, std::uint64_t value, unsigned bytes);
    void writable(std::uint64_t offset, std::uint64_t mask, unsigned bytes);
    void reset();

    std::array<std::uint8_t, exo::pci::config_bytes> value_{};
    std::array<std::uint8_t, exo::pci::config_bytes> writable_{};
    std::uint8_t last_capability_ = 0;
    std::uint8_t next_free_ = 0x40;
};

// The functions of one segment.
class FakeSegment {
public:
    FakeFunction& add(std::uint8_t bus, unsigned device, unsigned function, FakeFunction made);
    FakeFunction& at(std::uint8_t bus, unsigned device, unsigned function);
    exo::pci::ConfigAccess access();

private:
    std::map<unsigned, std::unique_ptr<FakeFunction>> functions_;
};

} // namespace device_test
