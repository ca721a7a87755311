// See vcore_memory.hpp.
#include "libos-kv/machine/vcore_memory.hpp"

#include "libos/elf/elf64.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/memory/heap.hpp"

namespace exo::kv {

namespace {

const elf::ProgramHeader* find_template(const StartInfo& start) {
    // Safe: where the starter put the program's own headers.
    const auto* headers = reinterpret_cast<const elf::ProgramHeader*>(start.program_headers);
    for (std::uint64_t index = 0; headers && index < start.program_header_count; index++)
        if (headers[index].type == elf::segment_thread_local)
            return &headers[index];
    return nullptr;
}

} // namespace

std::uint64_t make_vcore_memory(const StartInfo& start) {
    const elf::ProgramHeader* variables = find_template(start);
    const std::uint64_t alignment = variables && variables->alignment != 0 ? variables->alignment : 1;
    const std::uint64_t bytes = variables ? (variables->memory_bytes + alignment - 1) & ~(alignment - 1) : 0;
    std::uint64_t base = 0;
    auto* block = static_cast<std::byte*>(heap_allocate(alignment + bytes + sizeof base));
    if (!block)
        return 0;
    // Safe: the number only.
    base = (reinterpret_cast<std::uint64_t>(block) + bytes + alignment - 1) & ~(alignment - 1);
    auto* end = reinterpret_cast<std::byte*>(base); // Safe: within the block, as it was made long enough.
    fill_bytes(end - bytes, 0, bytes);
    if (variables) // Safe: in the program's image, which stays.
        copy_bytes(end - bytes, reinterpret_cast<const void*>(variables->virtual_address), variables->file_bytes);
    copy_bytes(end, &base, sizeof base);
    return base;
}

} // namespace exo::kv
