// What the kernel keeps of each PCI function beside its DeviceInfo. Private to exokernel/device.
// Guarded by the kernel lock; all memory is static.
#pragma once

#include "drivers/iommu/unit.hpp"
#include "drivers/pci/bars.hpp"
#include "drivers/pci/msix.hpp"
#include "drivers/pci/reset.hpp"
#include "drivers/pci/virtual_functions.hpp"
#include "drivers/register-access/clock.hpp"
#include "exokernel/device/device.hpp"

namespace exo {

struct Window {
    std::uint64_t address;
    std::uint64_t first_frame;
    std::uint64_t count; // pages; 0: free
};

enum class RouteState : std::uint8_t {
    Free,
    Masked, // bound, waits for arm
    Armed,
    Cut, // came unarmed: the IOMMU blocks it until arm
};

struct InterruptBinding {
    std::uint32_t cookie;
    RouteState state;
};

// How far a function's return has come; each step is done before the next. See release.cpp.
enum class ReturnStep : std::uint8_t { NotReturning, Drain, Cut, Reset, Ready, TakeApart };

struct Function {
    pci::ConfigSpace config;
    std::uint64_t config_physical;
    pci::Bars bars;
    pci::VirtualFunctions virtuals; // that it has turned on
    pci::MsixLocation msix;         // vectors 0: none
    pci::MsixTable msix_table;
    pci::ResetMethod reset;
    pci::ConfigSpace port;                 // above it; for a hot reset
    std::byte* registers[pci::bars_type0]; // of a function that the kernel may drive itself; null: not mapped
    iommu::Unit* unit;                     // null: no isolation
    std::uint16_t source;                  // requester ID
    std::uint16_t segment;
    std::uint16_t domain;

    // Of the current owner.
    Tree owner_tree; // its page tables, once it has a window
    Window window[windows_per_function_max];
    InterruptBinding interrupt[interrupts_per_function_max];
    std::uint64_t dma_root; // frame; 0: none
    bool master;            // bus mastering is on
    bool wedged;            // the IOMMU did not answer: bus mastering stays off until release

    ReturnStep step;
    unsigned reset_step;
    std::uint64_t deadline_tsc;
};

// What the function table needs of the kernel around it.
struct DeviceHost {
    Mapping* mapping;
    FrameMap* frames;
    Clock clock;
    iommu::TableMemory tables;
    std::byte* (*map_registers)(std::uint64_t physical, std::uint64_t bytes);
    Registers (*registers_at)(std::byte* mapped);
    // Gets all of the processor's caches out to memory, for IOMMUs that do not snoop.
    void (*write_back_caches)();
    // Drops what every core's TLB holds of an environment's mappings; done when it returns.
    void (*flush_environment)(std::uint16_t environment);
    bool x2apic;     // the local APICs are in x2APIC mode
    bool hypervisor; // CPUID says that a hypervisor is present
    VirtualFunctionWish virtual_functions;
};

extern Function functions[max_functions];
extern DeviceInfo* device_table; // the infos, as given to device_discover
extern std::uint32_t function_count;
extern DeviceHost device_host;
// Function and vector of each cookie: function * interrupts_per_function_max + vector + 1; 0: none.
extern std::uint16_t cookie_owner[interrupt_cookies_max];
static_assert(max_functions * interrupts_per_function_max < 0xffff);
static_assert(max_functions * interrupts_per_function_max <= iommu::routes_max);

constexpr std::uint32_t route_index(std::uint32_t function, std::uint32_t vector) {
    return function * interrupts_per_function_max + vector;
}

// device_discover, on whatever kernel the host describes.
std::uint32_t discover(const Platform& platform, const DeviceHost& host, DeviceInfo* infos);

// Lets the function begin requests, unless the IOMMU has failed it.
void bus_master_on(Function& function);
void bus_master_off(Function& function);
// Unmaps a window's pages that still are what it mapped.
void break_window(Function& function, Window& window);

} // namespace exo
