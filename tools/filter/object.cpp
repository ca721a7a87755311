// ELF-64, little-endian, relocatable, machine 247 (EM_BPF). Structures are copied out, never pointed into.
#include "tools/filter/object.hpp"

#include <cstring>
#include <elf.h>
#include <format>
#include <optional>
#include <string_view>

namespace exo::tool {

namespace {

using Problem = std::unexpected<std::string>;

class Elf {
public:
    explicit Elf(std::span<const std::byte> file) : file_(file) {}

    template <typename T>
    std::optional<T> at(std::uint64_t offset) const {
        if (offset > file_.size() || sizeof(T) > file_.size() - offset)
            return std::nullopt;
        T value;
        std::memcpy(&value, file_.data() + offset, sizeof(T));
        return value;
    }
    bool open() {
        const auto header = at<Elf64_Ehdr>(0);
        if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_machine != EM_BPF ||
            header->e_type != ET_REL || header->e_ident[EI_CLASS] != ELFCLASS64 ||
            header->e_ident[EI_DATA] != ELFDATA2LSB || header->e_shentsize != sizeof(Elf64_Shdr))
            return false;
        for (unsigned k = 0; k < header->e_shnum; ++k) {
            const auto section = at<Elf64_Shdr>(header->e_shoff + k * sizeof(Elf64_Shdr));
            if (!section)
                return false;
            sections_.push_back(*section);
        }
        names_ = header->e_shstrndx;
        return names_ < sections_.size();
    }
    const std::vector<Elf64_Shdr>& sections() const { return sections_; }
    std::string name(const Elf64_Shdr& section) const { return text(names_, section.sh_name); }
    // A string of a string table; empty when it is not there.
    std::string text(std::uint64_t table, std::uint64_t offset) const {
        const std::span<const std::byte> content =
            table < sections_.size() ? this->content(sections_[table]) : std::span<const std::byte>();
        std::string result;
        for (; offset < content.size() && content[offset] != std::byte{0}; ++offset)
            result += static_cast<char>(content[offset]);
        return result;
    }
    std::span<const std::byte> content(const Elf64_Shdr& section) const {
        if (section.sh_type == SHT_NOBITS || section.sh_offset > file_.size() ||
            section.sh_size > file_.size() - section.sh_offset)
            return {};
        return file_.subspan(section.sh_offset, section.sh_size);
    }
    // Entry `index` of a table.
    template <typename T>
    std::optional<T> entry(const Elf64_Shdr& table, std::uint64_t index) const {
        if (index >= table.sh_size / sizeof(T))
            return std::nullopt;
        return at<T>(table.sh_offset + index * sizeof(T));
    }

private:
    std::span<const std::byte> file_;
    std::vector<Elf64_Shdr> sections_;
    std::uint64_t names_ = 0;
};

// Names of the functions that a section holds.
std::vector<std::string> functions_in(const Elf& elf, std::size_t section) {
    std::vector<std::string> names;
    for (const Elf64_Shdr& table : elf.sections()) {
        if (table.sh_type != SHT_SYMTAB)
            continue;
        for (std::uint64_t k = 0; const auto symbol = elf.entry<Elf64_Sym>(table, k); ++k)
            if (ELF64_ST_TYPE(symbol->st_info) == STT_FUNC && symbol->st_shndx == section)
                names.push_back(elf.text(table.sh_link, symbol->st_name));
    }
    return names;
}

// What the first relocation of a section is about: something that is not part of the program.
std::optional<std::string> wanted_by(const Elf& elf, std::size_t section) {
    for (const Elf64_Shdr& table : elf.sections()) {
        if (table.sh_type != SHT_REL || table.sh_info != section)
            continue;
        const auto relocation = elf.entry<Elf64_Rel>(table, 0);
        if (!relocation || table.sh_link >= elf.sections().size())
            continue;
        const Elf64_Shdr& symbols = elf.sections()[table.sh_link];
        const auto symbol = elf.entry<Elf64_Sym>(symbols, ELF64_R_SYM(relocation->r_info));
        std::string name = symbol ? elf.text(symbols.sh_link, symbol->st_name) : "";
        if (name.empty() && symbol && symbol->st_shndx < elf.sections().size())
            name = elf.name(elf.sections()[symbol->st_shndx]);
        return name;
    }
    return std::nullopt;
}

} // namespace

std::expected<FilterObject, std::string> read_filter_object(std::span<const std::byte> file) {
    Elf elf(file);
    if (!elf.open())
        return Problem("not an object file of the BPF target");
    FilterObject object;
    std::size_t found = 0;
    for (std::size_t k = 0; k < elf.sections().size(); ++k) {
        const std::string name = elf.name(elf.sections()[k]);
        const std::span<const std::byte> content = elf.content(elf.sections()[k]);
        if (name == "scratch") {
            if (content.size() != sizeof(object.scratch_bytes))
                return Problem("more than one EXO_SCRATCH");
            std::memcpy(&object.scratch_bytes, content.data(), content.size());
        }
        if (name != "filter" && name != "handler")
            continue;
        const std::vector<std::string> functions = functions_in(elf, k);
        if (found++ != 0 || functions.size() != 1)
            return Problem("more than one program; a source has one EXO_FILTER or EXO_HANDLER");
        if (const auto wanted = wanted_by(elf, k))
            return Problem(std::format("\"{}\" is a variable or a function that was not inlined; keep data in scratch "
                                       "memory and mark functions EXO_INLINE",
                                       *wanted));
        object.name = functions.front();
        object.kind = name == "filter" ? FilterKind::Filter : FilterKind::Handler;
        object.program.resize(content.size() / sizeof(FilterInstruction));
        std::memcpy(object.program.data(), content.data(), object.program.size() * sizeof(FilterInstruction));
    }
    if (found == 0)
        return Problem("no program; mark a function EXO_FILTER or EXO_HANDLER");
    return object;
}

} // namespace exo::tool
