// Every function that firmware left reachable, bus by bus, and whether the path to it keeps it apart
// from its neighbours. Assigns nothing: buses and BARs stay as firmware numbered them.
#pragma once

#include "drivers/pci/config_space.hpp"

#include <cstddef>

namespace exo::pci {

inline constexpr std::size_t buses_max = 32;
inline constexpr std::size_t functions_max = 64;

// How the caller reaches configuration space: the registers of one function, whether or not it exists.
struct ConfigAccess {
    void* context;
    Registers (*function)(void* context, std::uint8_t bus, std::uint8_t device_function);

    ConfigSpace at(std::uint8_t bus, std::uint8_t device_function) const {
        return ConfigSpace(function(context, bus, device_function));
    }
};

struct Bus {
    std::uint8_t number;
    std::uint8_t parent;          // index of the bus that its bridge is on; itself for a root bus
    std::uint8_t device_function; // of its bridge
    bool is_root;
    // Each request from below carries its function's own requester ID and goes up to the IOMMU before anywhere else.
    bool separates;
};

struct FoundFunction {
    std::uint8_t bus; // index
    std::uint8_t device_function;
    bool separate; // its own requester ID, and no peer that it could reach past the IOMMU
};

struct Topology {
    Bus bus[buses_max];
    std::size_t bus_count;
    FoundFunction function[functions_max];
    std::size_t function_count;
    bool incomplete; // something did not fit
};

// Turns on what keeps peers apart; false: not all of it is there (PCIe 6.12).
bool enable_access_control(const ConfigSpace& config);

// Finds everything below bus `first_bus`. Turns access control on in every port that has it, so
// that peers behind switches cannot exchange requests past the IOMMU (PCIe 6.12).
void enumerate(const ConfigAccess& access, std::uint8_t first_bus, std::uint8_t last_bus, Topology& topology);

} // namespace exo::pci
