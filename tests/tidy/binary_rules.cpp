// Reads ELF headers directly and instructions through the disassembler of the toolchain.
#include "tests/tidy/binary_rules.hpp"

#include <array>
#include <cstdio>
#include <cstring>
#include <elf.h>
#include <fstream>
#include <memory>

namespace tidy {

std::expected<std::uint64_t, std::string> loaded_bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    Elf64_Ehdr header = {};
    // Safe: plain structures of the ELF format, read as bytes.
    if (!file.read(reinterpret_cast<char*>(&header), sizeof header) ||
        std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return std::unexpected(path + " is not an ELF file");
    std::uint64_t bytes = 0;
    for (unsigned index = 0; index < header.e_phnum; ++index) {
        Elf64_Phdr segment = {};
        file.seekg(static_cast<std::streamoff>(header.e_phoff + index * sizeof segment));
        if (!file.read(reinterpret_cast<char*>(&segment), sizeof segment)) // Safe: as above.
            return std::unexpected(path + " is truncated");
        if (segment.p_type == PT_LOAD)
            bytes += segment.p_filesz;
    }
    return bytes;
}

bool names_vector_register(std::string_view line) {
    for (const std::string_view name : {"%xmm", "%ymm", "%zmm", "%mm", "%st(", "%st,"})
        if (line.contains(name))
            return true;
    return line.ends_with("%st");
}

std::expected<std::string, std::string> output_of(const std::string& command) {
    FILE* const output = ::popen(command.c_str(), "r");
    if (output == nullptr)
        return std::unexpected("cannot start " + command);
    std::string text;
    std::array<char, 4096> piece;
    while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), output))
        text.append(piece.data(), count);
    if (::pclose(output) != 0)
        return std::unexpected(command + " failed");
    return text;
}

namespace {
constexpr std::string_view section_heading = "Disassembly of section ", vector_section = ".text.vector_unit:";
}

std::expected<VectorUse, std::string> vector_use(const std::string& path) {
    const std::string command = "llvm-objdump-19 -d --no-show-raw-insn '" + path + "'";
    const std::unique_ptr<FILE, int (*)(FILE*)> output(::popen(command.c_str(), "r"), ::pclose);
    if (!output)
        return std::unexpected("cannot start llvm-objdump-19");
    VectorUse use;
    bool lent = false; // where library OSes put code that runs while vector registers are kept for the program
    std::array<char, 4096> line;
    while (std::fgets(line.data(), line.size(), output.get()) != nullptr) {
        std::string_view text(line.data());
        if (text.ends_with('\n'))
            text.remove_suffix(1);
        if (text.starts_with(section_heading))
            lent = text.substr(section_heading.size()).starts_with(vector_section);
        if (!text.contains('\t') || lent)
            continue;
        ++use.instructions;
        if (names_vector_register(text) && use.uses.size() < VectorUse::uses_max)
            use.uses.emplace_back(text);
    }
    return use;
}

} // namespace tidy
