// See code_window.hpp. The window lies within 2 GiB of the kernel's text, so that code calls helpers directly.
#include "exokernel/memory/code_window.hpp"

#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/cpu/core.hpp"
#include "exokernel/memory/physical.hpp"
#include "secure-bindings/mapping/entry_format.hpp"

namespace exo {

extern "C" std::uint64_t boot_pdpt_high[512];

namespace {

constexpr std::uint64_t window_base = 0xffff'ffff'c000'0000ull; // entry 511 of the highest 512 GiB
constexpr std::uint64_t window_tables = code_places * code_pages_each / 512;
constexpr std::uint64_t global_pages = 1u << 7; // CR4.PGE (Intel SDM 4.10.4.1): writing it drops every translation

std::uint64_t* entries; // of the window's page tables, which are neighbours
bool shown[code_places];
std::uint64_t hidden_count; // places ever hidden

} // namespace

void code_window_start() {
    std::uint64_t directory = boot_frames(1), tables = boot_frames(window_tables);
    for (std::uint64_t i = 0; i < window_tables; i++)
        at_frame<std::uint64_t>(directory)[i] =
            ((tables + i) << page_shift) | page_entry::present | page_entry::writable;
    boot_pdpt_high[511] = (directory << page_shift) | page_entry::present | page_entry::writable;
    entries = at_frame<std::uint64_t>(tables);
}

Result<std::uint16_t> code_show(std::uint64_t first_frame, std::uint64_t count) {
    if (count == 0 || count > code_pages_each)
        return std::unexpected(Error::OutOfRange);
    for (std::uint16_t place = 0; place < code_places; place++) {
        if (shown[place])
            continue;
        for (std::uint64_t i = 0; i < count; i++)
            entries[place * code_pages_each + i] = ((first_frame + i) << page_shift) | page_entry::present;
        shown[place] = true;
        return place;
    }
    return std::unexpected(Error::TableFull);
}

void code_hide(std::uint16_t place) {
    for (std::uint64_t i = 0; i < code_pages_each; i++)
        entries[place * code_pages_each + i] = 0;
    shown[place] = false;
    hidden_count++;
}

const void* code_at(std::uint16_t place) {
    Core& core = this_core();
    if (core.code_hidden_seen != hidden_count) {
        std::uint64_t value = read_cr4();
        write_cr4(value & ~global_pages);
        write_cr4(value);
        core.code_hidden_seen = hidden_count;
    }
    // Safe: the place is shown.
    return reinterpret_cast<const void*>(window_base + place * code_pages_each * page_bytes);
}

} // namespace exo
