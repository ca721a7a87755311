// See steward_start.hpp. The image is a flat file with a header (abi/boot.hpp), the first member of a cpio
// archive (newc: 110 bytes of hexadecimal header, name padded to 4 bytes, data): all the kernel knows of formats.
#include "exokernel/boot/steward_start.hpp"

#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/cpu/environment.hpp"
#include "exokernel/cpu/switch.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/frames.hpp"
#include "exokernel/memory/info_pages.hpp"
#include "secure-bindings/abi/boot.hpp"

#include <algorithm>

namespace exo {

namespace {

constexpr std::uint64_t table_frames = 16; // 1,024 capabilities
constexpr std::uint64_t image_bytes_max = 16ull << 20;
constexpr std::uint64_t cpio_header_bytes = 110;
constexpr Rights frames_all = right::Read | right::Write | right::Execute | right::Dma | right::Retype | right::Grant;

std::uint64_t hexadecimal(const char* text, unsigned digits) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < digits; i++) {
        char c = text[i];
        unsigned digit = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                         : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? static_cast<unsigned>(c - 'A' + 10)
                                                : 16u;
        if (digit > 15)
            panic("the boot archive is not a cpio archive (newc)");
        value = value * 16 + digit;
    }
    return value;
}

const char* find_image(std::uint64_t archive, std::uint64_t archive_bytes) {
    const char* bytes = at_physical<const char>(archive);
    if (archive_bytes < cpio_header_bytes || hexadecimal(bytes, 6) != 0x70701)
        panic("no boot archive: start the kernel with one (-initrd)");
    std::uint64_t file_bytes = hexadecimal(bytes + 54, 8);
    std::uint64_t name_bytes = hexadecimal(bytes + 94, 8);
    std::uint64_t data = (cpio_header_bytes + name_bytes + 3) & ~3ull;
    if (data > archive_bytes || file_bytes > archive_bytes - data || file_bytes < sizeof(StewardHeader))
        panic("the boot archive is cut short");
    return bytes + data;
}

// Takes frames one after another from the run that becomes the steward's.
struct Run {
    std::uint64_t next;
    std::uint64_t end;
    std::uint64_t take(std::uint64_t count, std::uint64_t alignment = 1) {
        std::uint64_t first = (next + alignment - 1) / alignment * alignment;
        next = first + count;
        ASSERT(next <= end);
        return first;
    }
};

void add_tables(const Environment& environment, std::uint64_t begin, std::uint64_t end, std::uint16_t slot, Run& run) {
    for (std::uint8_t level = 3; level >= 1; level--) {
        std::uint64_t span = page_bytes << (9 * level);
        for (std::uint64_t at = begin & ~(span - 1); at < end; at += span)
            ASSERT(mapping.add_table(environment.tree, at, level, run.take(2, 2), slot).has_value());
    }
}

SlotRef root(Kind kind, Rights rights, std::uint64_t first, std::uint64_t count) {
    Result<SlotRef> made = capabilities.root(steward_environment, kind, rights, first, count);
    ASSERT(made.has_value());
    return *made;
}

void give_roots(StewardStart& start, std::uint64_t archive, std::uint64_t archive_bytes) {
    auto handle = [](SlotRef ref) { return capabilities.handle_of(ref); };
    start.version = abi_version;
    start.machine = handle(root(Kind::Machine, right::Create | right::Log | right::Power | right::Grant, 0, 1));
    for (const FrameRange& range : boot_memory_rest()) {
        if (start.frame_run_count == steward_frame_runs_max)
            break;
        start.frame_runs[start.frame_run_count++] = {handle(root(Kind::Frames, frames_all, range.first, range.count)),
                                                     range.first, range.count};
    }
    std::uint64_t archive_frames = (archive_bytes + page_bytes - 1) >> page_shift;
    start.archive = {handle(root(Kind::Frames, right::Read | right::Grant, archive >> page_shift, archive_frames)),
                     archive >> page_shift, archive_frames};
    start.slices = handle(root(Kind::Slices, right::Bind | right::Grant, 0, core_count * wheel_slots));
    if (machine_info.function_count)
        start.functions = handle(root(Kind::Function, right::Read | right::Write | right::Bind | right::Grant, 0,
                                      machine_info.function_count));
    bool has_rdrand = cpuid(1).ecx >> 30 & 1;
    for (std::uint64_t& word : start.seed) {
        word = rdtsc() * 0x9e37'79b9'7f4a'7c15ull;
        unsigned long drawn = 0;
        if (has_rdrand)
            asm volatile("rdrand %0" : "=r"(drawn) : : "cc"); // Safe: CPUID says it exists; failure leaves zero.
        word ^= drawn;
    }
}

} // namespace

void steward_start(std::uint64_t archive, std::uint64_t archive_bytes) {
    const char* image = find_image(archive, archive_bytes);
    StewardHeader header;
    __builtin_memcpy(&header, image, sizeof header);
    if (header.magic != steward_magic || header.load_address % page_bytes || header.memory_bytes % page_bytes ||
        header.text_bytes % page_bytes || header.file_bytes > header.memory_bytes ||
        header.text_bytes > header.memory_bytes || header.memory_bytes > image_bytes_max)
        panic("the first member of the boot archive is not a steward image");
    std::uint64_t begin = header.load_address, end = begin + header.memory_bytes;
    std::uint64_t pages = header.memory_bytes >> page_shift;

    // One run for everything of the steward, and a capability for it.
    std::uint64_t run_frames = 3 + table_frames + 1 + 2 * (2 + pages / 512 + 2) + pages + 2;
    Run run{boot_frames(run_frames, 2), 0};
    run.end = run.next + run_frames;
    std::uint64_t run_first = run.next;
    frame_map.declare_run(run_first, run_frames, FrameType::Data);
    frame_map.declare_run(archive >> page_shift, (archive_bytes + page_bytes - 1) >> page_shift, FrameType::Data);
    frames_release_rest();
    Result<std::uint16_t> made = environment_make(no_environment, run.take(3 + table_frames), table_frames);
    ASSERT(made.has_value() && *made == steward_environment);
    Environment& environment = environments[steward_environment];
    SlotRef own = root(Kind::Frames, frames_all, run_first, run_frames);
    auto slot = static_cast<std::uint16_t>(slot_index(own));

    std::uint64_t state_frame = run.take(1);
    add_tables(environment, begin, end, slot, run);
    std::uint64_t first = run.take(pages);
    __builtin_memcpy(at_frame<char>(first), image, header.file_bytes);
    for (std::uint64_t page = 0; page < pages; page++) {
        Rights rights =
            page * page_bytes < header.text_bytes ? right::Read | right::Execute : right::Read | right::Write;
        ASSERT(mapping
                   .map(environment.tree,
                        {begin + page * page_bytes, first + page, 1, rights, 7, slot, steward_environment})
                   .has_value());
    }
    auto frame_of = [&](std::uint64_t address) {
        ASSERT(address >= begin + header.text_bytes && address < end && address % page_bytes == 0);
        return first + ((address - begin) >> page_shift);
    };
    give_roots(*at_frame<StewardStart>(frame_of(header.start_block)), archive, archive_bytes);
    for (std::uint64_t i = 0; i < run_frames; i++)
        frame_map.at(run_first + i).owner = steward_environment;

    ASSERT(vcore_make(environment, {state_frame, frame_of(header.upcall_page), 0}).has_value());
    Vcore& vcore = *vcore_table[environment.vcore[0]];
    vcore.saved.rip = header.entry;
    vcore.saved.rsp = end;
    vcore.saved.rdi = header.start_block;
    vcore.saved.rflags = rflags_user_fixed;
    vcore.saved.cs = user_code_selector;
    vcore.saved.ss = user_data_selector;
    vcore.page->masked = 1;
    vcore.state = VcoreState::Ready;
    for (std::uint16_t& owner : wheels[0].slot)
        owner = vcore.number;
}

} // namespace exo
