// Fuzzes the ELF reader. The oracle: the sanitizers, and that whatever is accepted can be loaded as it stands.
#include "libos/elf/program.hpp"

#include <cstdlib>
#include <vector>

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

volatile unsigned sink;

void check_segment(const exo::elf::Segment& segment, std::size_t image_bytes) {
    require(segment.memory_bytes != 0 && segment.file_bytes <= segment.memory_bytes);
    require(segment.file_offset <= image_bytes && segment.file_bytes <= image_bytes - segment.file_offset);
    require(segment.address >= exo::elf::address_lowest && segment.end() > segment.address &&
            segment.end() <= exo::elf::address_end);
    require(!(segment.writable && segment.executable));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::byte> image(reinterpret_cast<const std::byte*>(data), size);
    const std::uint64_t base = size != 0 && (data[size - 1] & 1) ? 0x400000 : 0; // where it may be moved to
    const auto program = exo::elf::parse_program(image, base);
    if (!program) {
        require(exo::elf::describe(program.error())[0] != '\0');
        return 0;
    }
    const auto segments = program->segments();
    require(!segments.empty() && segments.size() <= exo::elf::segments_max);
    bool entry_found = false;
    for (std::size_t index = 0; index < segments.size(); ++index) {
        check_segment(segments[index], size);
        if (index != 0)
            require((segments[index - 1].end() - 1) / 4096 < segments[index].address / 4096);
        if (segments[index].executable && program->entry >= segments[index].address &&
            program->entry - segments[index].address < segments[index].file_bytes)
            entry_found = true;
    }
    require(entry_found);
    for (const std::byte byte : exo::elf::find_note(image, *program, "exo", 1))
        sink = sink + static_cast<unsigned>(byte);
    sink = sink + exo::elf::has_note_of(image, *program, "GNU");
    return 0;
}
