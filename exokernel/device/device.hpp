// What the rest of the kernel asks of PCI functions: find them at boot, lend one whole to an environment,
// enforce the loan with the MMU, the IOMMU and interrupt remapping, and take it back.
// The caller holds the kernel lock, has resolved the capability, and passes plain numbers; nothing here
// knows environments or capabilities. Steps of a return and their order: release.cpp.
#pragma once

#include "drivers/register-access/clock.hpp"
#include "drivers/register-access/registers.hpp"
#include "exokernel/acpi/platform.hpp"
#include "secure-bindings/abi/info.hpp"
#include "secure-bindings/dma/dma_window.hpp"
#include "secure-bindings/mapping/mapping.hpp"

namespace exo {

// Entries of the table that interrupt cookies index; core * 256 + kernel vector fits.
inline constexpr std::uint32_t interrupt_cookies_max = max_cores * 256;
// MSI-X vectors of one function that can be bound; a function may have more.
inline constexpr std::uint32_t interrupts_per_function_max = 32;
// Register windows that a function may have at a time, and pages in one.
inline constexpr std::uint32_t windows_per_function_max = 32;
inline constexpr std::uint64_t window_pages_max = 4096;
// Pages that one bind_dma or unbind_dma may cover.
inline constexpr std::uint64_t dma_pages_max = 4096;
// The BAR number that stands for a function's configuration space.
inline constexpr std::uint32_t config_space_bar = 6;

// Virtual functions that are to be turned on: how many of each physical one, and addresses that nothing decodes, where
// their registers may lie if firmware gave them no place.
struct VirtualFunctionWish {
    std::uint16_t each = 0;
    std::uint64_t registers_begin = 0;
    std::uint64_t registers_end = 0;
};

// Boot: enumerates the functions that firmware left behind, fills `infos` (max_functions entries), turns on
// every IOMMU with all functions blocked, and logs what it found. Returns the number of functions.
// Takes boot_frames and register mappings, so it comes before they end. The infos stay in use: owner, flags and
// dma_faults are kept current in them.
std::uint32_t device_discover(const Platform& platform, const VirtualFunctionWish& virtual_functions,
                              DeviceInfo* infos);
// feature::iommu and feature::interrupt_remapping, as far as they are on.
std::uint64_t device_features();
// Reads the IOMMUs' fault records into the counts of the infos and the log. Bounded; acquire, unbind_dma and release do
// it, others may.
void device_poll_faults();

// Makes `environment` the function's owner; nothing when it is already. Every other call below is for the owner
// only and the caller sees to that with this. Errors: Unsupported (cannot be bound), Occupied, TimedOut.
Status function_acquire(std::uint32_t function, std::uint16_t environment);

// The kernel drives the function itself, on behalf of `environment`, which becomes its owner but may not bind its
// registers, DMA window or interrupts until function_release. Errors: Occupied (it has an owner), Unsupported.
Status function_drive(std::uint32_t function, std::uint16_t environment);
// Whether it does.
bool function_driven(std::uint32_t function);
// A function that the kernel drives: its configuration space, and one of its BARs in the kernel's own address space
// (null: the function has no such BAR, or it was not mapped at boot).
Registers function_config(std::uint32_t function);
std::byte* function_registers(std::uint32_t function, unsigned bar);
Clock function_clock();

struct BarRequest {
    std::uint64_t address; // first virtual address
    std::uint32_t bar;     // 0 to 5, or config_space_bar
    std::uint64_t first_page;
    std::uint64_t count;
    Rights rights;          // Read, Write
    std::uint16_t slot = 0; // of the Function capability, for Mapping::find_unowned; 0: found by none
};
// Maps register pages, uncached, into the owner's address space `tree`.
// Errors: OutOfRange, NoRight (writing the MSI-X table or configuration space), TableFull, and those of
// Mapping::map_unowned.
Status bind_bar(std::uint32_t function, const Tree& tree, const BarRequest& request);
// Unmaps one window, whole. The caller flushes the TLB for the range. Errors: NotBound.
Status unbind_bar(std::uint32_t function, const Tree& tree, std::uint64_t address, std::uint64_t count);

// Levels of the function's DMA tables: the level of the root, 3 or 4.
std::uint8_t dma_levels(std::uint32_t function);
// What check_dma_window needs to know of an acquired function.
DmaLimits dma_limits(std::uint32_t function);
// The function's tree of DMA tables; root is 0 while there is none.
Tree dma_tree(std::uint32_t function);
// The pair (frame, frame + 1) becomes the table of `level` at `address`; level == dma_levels makes the root and
// lets the function see its domain. (holder, slot): the Frames capability. Errors: Occupied, TimedOut,
// and those of Mapping::add_table and make_root.
Status bind_dma_table(std::uint32_t function, std::uint64_t address, std::uint8_t level, std::uint64_t frame,
                      std::uint16_t slot, std::uint16_t holder);
// Takes an empty table out (never the root: that goes with function_release). Returns its even frame; both are Data
// again. Errors: NoTable, InUse, BadArgument, TimedOut.
Result<std::uint64_t> unbind_dma_table(std::uint32_t function, std::uint64_t address, std::uint8_t level);
// Maps `count` pages of request.level from request on, all or none, and turns bus mastering on. request.holder is the
// environment whose capability it is.
// Errors: OutOfRange (count), NotBound (no root), BadAddress, Unsupported (page size), and those of Mapping::map.
Status bind_dma(std::uint32_t function, const MapRequest& request, std::uint64_t count);
// Unmaps `count` pages of `level` (1 to 3), stopping at the first that is not bound; the device can no longer
// reach those before it when this returns. Errors: OutOfRange, BadArgument, NotBound, Misaligned, TimedOut.
Status unbind_dma(std::uint32_t function, std::uint64_t address, std::uint8_t level, std::uint64_t count);
// After Mapping::break_at or Mapping::cut in a function's tree: the device can no longer reach what was broken. When
// the IOMMU does not answer, bus mastering is turned off until the function is released. Errors: TimedOut.
Status dma_flush(std::uint32_t function);

struct InterruptRequest {
    std::uint32_t msix_vector;
    std::uint32_t apic_id;
    std::uint8_t kernel_vector;
    std::uint32_t cookie; // index below interrupt_cookies_max that no other bound interrupt has
};
// Routes an MSI-X vector, masked. Errors: OutOfRange, Occupied, Unsupported, TimedOut.
Status bind_interrupt(std::uint32_t function, const InterruptRequest& request);
// Lets the next one through. Errors: OutOfRange, NotBound, TimedOut.
Status arm_interrupt(std::uint32_t function, std::uint32_t msix_vector);
// In the handler: masks the vector. False when it came unarmed (late or forged): the route is cut until the next arm.
bool interrupt_fired(std::uint32_t cookie);
// Errors: OutOfRange, NotBound, TimedOut. Returns the cookie, free for another use.
Result<std::uint32_t> unbind_interrupt(std::uint32_t function, std::uint32_t msix_vector);

// Takes the function back: when this succeeds nothing of the owner's is reachable from it or through it, it is reset,
// its DMA tables are Data frames again and it has no owner. Call it before the owner's page tables are taken apart.
// Errors: Again (call until done), TimedOut (the IOMMU does not answer: the owner's frames must not be reused). `freed`
// is called with each cookie that is free again.
Status function_release(std::uint32_t function, void (*freed)(std::uint32_t cookie));

} // namespace exo
