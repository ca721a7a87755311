// Names for addresses, from the symbol table of an ELF image in memory. Pure and distrustful: a damaged image gives no
// names, never a crash. Used for backtraces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace exo::hpc {

inline constexpr std::size_t symbols_max = 1u << 20;

struct Symbol {
    std::string_view name; // as the linker knows it
    std::uint64_t address;
};

class SymbolTable {
public:
    // Empty when the image has no symbol table, or a bad one. `moved_by`: what addresses in the file lack.
    static SymbolTable open(std::span<const std::byte> image, std::uint64_t moved_by = 0);

    bool empty() const { return symbols_.empty(); }
    // The function that holds the address.
    std::optional<Symbol> find(std::uint64_t address) const;

private:
    std::span<const std::byte> symbols_;
    std::span<const std::byte> strings_;
    std::uint64_t moved_by_ = 0;
};

} // namespace exo::hpc
