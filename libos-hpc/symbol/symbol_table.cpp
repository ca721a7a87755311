// Section headers, .symtab and .strtab (System V gABI, chapter 4). Interface: symbol_table.hpp.
#include "libos-hpc/symbol/symbol_table.hpp"

#include "libos/elf/elf64.hpp"
#include "libos/memory/bytes.hpp"

namespace exo::hpc {
namespace {

struct SectionHeader {
    std::uint32_t name, type;
    std::uint64_t flags, address, offset, bytes;
    std::uint32_t link, information;
    std::uint64_t alignment, entry_bytes;
};
static_assert(sizeof(SectionHeader) == 64);
constexpr std::uint32_t type_symbols = 2;
constexpr std::uint32_t sections_max = 4096;

struct SymbolEntry {
    std::uint32_t name;
    std::uint8_t information, other;
    std::uint16_t section;
    std::uint64_t value, bytes;
};
static_assert(sizeof(SymbolEntry) == 24);
constexpr std::uint8_t type_mask = 0xf, type_function = 2, type_indirect_function = 10;

std::span<const std::byte> part(std::span<const std::byte> image, std::uint64_t offset, std::uint64_t bytes) {
    if (offset > image.size() || bytes > image.size() - offset)
        return {};
    return image.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(bytes));
}

template <typename T>
bool read(std::span<const std::byte> from, std::size_t index, T& value) {
    auto bytes = part(from, index * sizeof(T), sizeof(T));
    if (bytes.empty())
        return false;
    copy_bytes(&value, bytes.data(), sizeof(T));
    return true;
}

} // namespace

SymbolTable SymbolTable::open(std::span<const std::byte> image, std::uint64_t moved_by) {
    SymbolTable table;
    table.moved_by_ = moved_by;
    elf::FileHeader header;
    if (!read(image, 0, header) || compare_bytes(header.ident, elf::magic, sizeof elf::magic) != 0 ||
        header.section_header_bytes != sizeof(SectionHeader) || header.section_header_count > sections_max)
        return table;
    auto sections = part(image, header.section_header_offset, header.section_header_count * sizeof(SectionHeader));
    SectionHeader symbols, strings;
    for (std::size_t i = 0; read(sections, i, symbols); ++i) {
        if (symbols.type != type_symbols || symbols.entry_bytes != sizeof(SymbolEntry) ||
            !read(sections, symbols.link, strings))
            continue;
        table.symbols_ = part(image, symbols.offset, symbols.bytes);
        table.strings_ = part(image, strings.offset, strings.bytes);
        break;
    }
    return table;
}

std::optional<Symbol> SymbolTable::find(std::uint64_t address) const {
    if (address < moved_by_)
        return std::nullopt;
    address -= moved_by_;
    SymbolEntry entry, best{};
    for (std::size_t i = 0; i < symbols_max && read(symbols_, i, entry); ++i) {
        std::uint8_t type = entry.information & type_mask;
        if ((type != type_function && type != type_indirect_function) || entry.value > address)
            continue;
        bool inside = entry.bytes ? address - entry.value < entry.bytes : true;
        if (inside && entry.value >= best.value)
            best = entry;
    }
    if (best.value == 0 || best.name >= strings_.size())
        return std::nullopt;
    const auto* name = reinterpret_cast<const char*>(strings_.data()) + best.name; // Safe: bytes seen as characters.
    std::size_t room = strings_.size() - best.name, length = 0;
    while (length < room && name[length])
        ++length;
    if (length == room)
        return std::nullopt;
    return Symbol{std::string_view(name, length), best.value + moved_by_};
}

} // namespace exo::hpc
