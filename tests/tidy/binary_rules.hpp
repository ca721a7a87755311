// Rules about what the build made: the kernel's size in memory, and that code beneath programs leaves vector registers
// alone.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

namespace tidy {

inline constexpr std::uint64_t kernel_image_bytes_max = 512 * 1024;
inline constexpr std::size_t ring0_lines_max = 18'750;

// Bytes of the loaded segments of an ELF file, without what is zero at the start.
std::expected<std::uint64_t, std::string> loaded_bytes(const std::string& path);

struct VectorUse {
    std::size_t instructions = 0;  // disassembled in all
    std::vector<std::string> uses; // those that name a vector, MMX or x87 register, at most uses_max
    static constexpr std::size_t uses_max = 10;
};

// Disassembles with llvm-objdump-19, all but the section of code that may use them (libos/coding/vector_unit.hpp).
std::expected<VectorUse, std::string> vector_use(const std::string& path);

// What a program of the build prints on its standard output; a failure when it does not end with status 0.
std::expected<std::string, std::string> output_of(const std::string& command);

// Whether a line of a disassembly names such a register.
bool names_vector_register(std::string_view line);

} // namespace tidy
