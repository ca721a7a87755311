// The kernel's own address space: direct map, info pages, register window. Built once at boot; the
// upper half of its root is shared by every environment and never changes afterwards.
#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/boot_memory.hpp"
#include "exokernel/memory/frames.hpp"
#include "secure-bindings/abi/info.hpp"
#include "secure-bindings/mapping/entry_format.hpp"

#include <algorithm>

namespace exo {

extern "C" std::uint64_t boot_pml4[512], boot_pdpt_high[512];
extern "C" const char kernel_image_begin[], kernel_text_end[], kernel_rodata_end[], kernel_image_end[];

namespace {

constexpr std::uint64_t registers_base = 0xffff'ff80'0000'0000ull;
constexpr std::uint64_t registers_bytes = 1ull << 30;
std::uint64_t registers_used;

// The next lower table under `entry`, made when missing.
std::uint64_t* descend(std::uint64_t& entry, std::uint64_t extra) {
    if (!(entry & page_entry::present))
        entry = (boot_frames(1) << page_shift) | page_entry::present | page_entry::writable | extra;
    ASSERT(!(entry & page_entry::large));
    return at_physical<std::uint64_t>(entry & entry_frame_mask);
}

void map_kernel_page(std::uint64_t address, std::uint64_t physical, std::uint64_t flags, bool large) {
    std::uint64_t extra = flags & page_entry::user;
    std::uint64_t* table = descend(boot_pml4[address >> 39 & 511], extra);
    table = descend(table[address >> 30 & 511], extra);
    std::uint64_t* entry = &table[address >> 21 & 511];
    if (!large)
        entry = &descend(*entry, extra)[address >> 12 & 511];
    *entry = physical | flags | page_entry::present | (large ? page_entry::large : 0);
}

} // namespace

std::uint64_t kernel_root() {
    return kernel_physical(boot_pml4);
}

void share_kernel_half(std::uint64_t root_frame) {
    std::uint64_t* words = at_frame<std::uint64_t>(root_frame);
    for (unsigned i = 256; i < 512; i++)
        words[i] = boot_pml4[i];
}

void map_info(std::uint64_t address, std::uint64_t physical, std::uint64_t bytes) {
    constexpr std::uint64_t flags = page_entry::user | page_entry::no_execute | page_entry::global;
    for (std::uint64_t offset = 0; offset < bytes;) {
        bool large = (address + offset) % large_page_bytes == 0 && (physical + offset) % large_page_bytes == 0 &&
                     bytes - offset >= large_page_bytes;
        map_kernel_page(address + offset, physical + offset, flags, large);
        offset += large ? large_page_bytes : page_bytes;
    }
}

std::byte* map_registers(std::uint64_t physical, std::uint64_t bytes) {
    std::uint64_t first = physical & ~(page_bytes - 1);
    std::uint64_t span = (physical + bytes - first + page_bytes - 1) & ~(page_bytes - 1);
    // PCI configuration space can be 256 MiB; use large pages where alignment allows.
    std::uint64_t at = registers_base + registers_used;
    if (span >= large_page_bytes)
        at = ((at + large_page_bytes - 1) & ~(large_page_bytes - 1)) + first % large_page_bytes;
    if (at + span > registers_base + registers_bytes)
        panic("no room to map registers at %lx", physical);
    constexpr std::uint64_t flags = page_entry::writable | page_entry::cache_disable | page_entry::write_through |
                                    page_entry::no_execute | page_entry::global;
    for (std::uint64_t offset = 0; offset < span;) {
        bool large = (at + offset) % large_page_bytes == 0 && (first + offset) % large_page_bytes == 0 &&
                     span - offset >= large_page_bytes;
        map_kernel_page(at + offset, first + offset, flags, large);
        offset += large ? large_page_bytes : page_bytes;
    }
    registers_used = at + span - registers_base;
    // Safe: just mapped.
    return reinterpret_cast<std::byte*>(at + (physical - first));
}

// The image's own window, page by page: text executable, the rest not; only data writable. The boot
// tables mapped it whole.
static void protect_image() {
    auto physical = [](const char* symbol) { return kernel_physical(symbol); };
    std::uint64_t directory = boot_frames(1);
    std::uint64_t* entries = at_frame<std::uint64_t>(directory);
    for (std::uint64_t at = physical(kernel_image_begin); at < physical(kernel_image_end); at += page_bytes) {
        std::uint64_t& entry = entries[at >> 21];
        if (!entry)
            entry = (boot_frames(1) << page_shift) | page_entry::present | page_entry::writable;
        std::uint64_t flags = at < physical(kernel_text_end)     ? 0
                              : at < physical(kernel_rodata_end) ? page_entry::no_execute
                                                                 : page_entry::no_execute | page_entry::writable;
        at_physical<std::uint64_t>(entry & entry_frame_mask)[at >> 12 & 511] =
            at | flags | page_entry::present | page_entry::global;
    }
    boot_pdpt_high[510] = (directory << page_shift) | page_entry::present | page_entry::writable;
}

void memory_start() {
    protect_image();
    boot_pml4[256] |= page_entry::no_execute; // the direct map
    boot_pml4[0] = 0;                         // the identity mapping of the first instructions
    write_cr3(read_cr3());
    std::uint64_t end = (boot_memory_end() + large_page_bytes - 1) & ~(large_page_bytes - 1);
    for (std::uint64_t at = 4ull << 30; at < end; at += large_page_bytes)
        map_kernel_page(direct_map_base + at, at, page_entry::writable | page_entry::no_execute | page_entry::global,
                        true);
    frames_start();
}

} // namespace exo
