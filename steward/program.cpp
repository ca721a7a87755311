// See program.hpp. Order: environment, frames, tables and pages, start block, functions, vcores, time, start.
#include "steward/program.hpp"

#include "libos/elf/program.hpp"
#include "libos/start/start_info.hpp"
#include "secure-bindings/abi/info.hpp"
#include "secure-bindings/abi/syscall.hpp"
#include "steward/disk_keeper.hpp"
#include "steward/start_block.hpp"

namespace exo::steward {

namespace {

using Failure = const char*; // null: none

constexpr std::uint64_t table_frames = 16; // 1,024 capabilities
constexpr Rights frame_rights = right::Read | right::Write | right::Execute | right::Dma | right::Retype | right::Grant;
constexpr Rights function_rights = right::Read | right::Write | right::Bind | right::Grant;

// A child of a root, cut to a range, in the program's table. The steward's own copy in between stays, so
// that it can be asked back alone.
Handle grant_part(Handle root, Handle environment, Kind kind, Rights rights, std::uint64_t first, std::uint64_t count) {
    CallResult part = sys::derive(root, kind, rights, first, count);
    if (!part.ok())
        return no_handle;
    CallResult given = sys::grant(part.value(), environment);
    return given.ok() ? given.value() : no_handle;
}

class Loader {
public:
    explicit Loader(ProgramPlan& plan) : plan_(plan), run_(plan.memory[0]) {}

    std::expected<Started, const char*> run() {
        for (Failure (Loader::*step)() :
             {&Loader::create, &Loader::give_memory, &Loader::load_segments, &Loader::make_stack, &Loader::make_vcores,
              &Loader::give_archive, &Loader::give_functions, &Loader::give_flows, &Loader::give_extents,
              &Loader::give_machine, &Loader::write_start_block, &Loader::start})
            if (Failure failure = (this->*step)()) {
                if (environment_ != no_handle)
                    while (sys::stop(environment_, 0).is(Error::Again)) {
                    }
                return std::unexpected(failure);
            }
        return Started{environment_, number_, run_.handle, start_frame_};
    }

private:
    Failure create();
    Failure give_memory();
    Failure load_segments();
    Failure load_segment(const elf::Segment& segment);
    Failure make_stack();
    Failure make_vcores();
    Failure give_archive();
    Failure give_functions();
    Failure give_flows();
    Failure give_extents();
    Failure give_machine();
    Failure write_start_block();
    Failure start();
    Failure map(std::uint64_t address, std::uint64_t frame, std::uint64_t pages, Rights rights);

    ProgramPlan& plan_;
    FrameRun& run_;
    StartInfo info_{};
    elf::Program program_{};
    Handle environment_ = no_handle;
    Handle frames_ = no_handle; // the program's own name for run 0
    std::uint64_t number_ = 0;
    std::uint64_t start_frame_ = 0;
};

constexpr Failure no_memory = "there is not enough memory for the program";

Failure Loader::create() {
    auto parsed = elf::parse_program(plan_.image);
    if (!parsed)
        return elf::describe(parsed.error());
    program_ = *parsed;
    std::uint64_t first = run_.take(3 + table_frames, 2);
    if (!first)
        return no_memory;
    CallResult made = sys::environment_create(plan_.roots->machine, run_.handle, first, table_frames);
    if (!made.ok())
        return error_name(made.error());
    environment_ = made.value();
    CapabilityInfo about;
    if (CallResult result = sys::inspect(environment_, &about); !result.ok())
        return error_name(result.error());
    number_ = about.first;
    CallResult own = sys::grant(environment_, environment_);
    if (!own.ok())
        return error_name(own.error());
    info_.environment = own.value();
    return nullptr;
}

Failure Loader::give_memory() {
    for (std::size_t i = 0; i < plan_.memory_count; i++) {
        FrameRun& run = plan_.memory[i];
        Handle given = grant_part(run.handle, environment_, Kind::Frames, frame_rights, run.next, run.left());
        if (given == no_handle)
            return "memory could not be granted";
        info_.frame_runs[i] = {given, run.next, run.left(), run.next};
    }
    if (std::uint64_t count = plan_.spare.left()) {
        FrameRun& run = plan_.spare;
        info_.spare = {grant_part(run.handle, environment_, Kind::Frames, frame_rights, run.next, count), run.next,
                       count, run.next};
        if (info_.spare.handle == no_handle)
            return "spare frames could not be granted";
    }
    info_.frame_run_count = plan_.memory_count;
    frames_ = info_.frame_runs[0].handle;
    return nullptr;
}

Failure Loader::map(std::uint64_t address, std::uint64_t frame, std::uint64_t pages, Rights rights) {
    if (!add_tables(environment_, frames_, address, address + pages * page_bytes, run_))
        return no_memory;
    if (Status status = map_pages(environment_, frames_, address, frame, pages, rights); !status)
        return error_name(status.error());
    if (info_.mapping_count == start_mappings_max)
        return "the program has too many segments";
    info_.mappings[info_.mapping_count++] = {address, frame, pages, rights};
    return nullptr;
}

Failure Loader::load_segment(const elf::Segment& segment) {
    std::uint64_t begin = segment.address & ~(page_bytes - 1);
    std::uint64_t pages = (segment.end() - begin + page_bytes - 1) >> page_shift;
    std::uint64_t frame = run_.take(pages);
    if (!frame)
        return no_memory;
    std::uint64_t file_begin = segment.address - begin, file_end = file_begin + segment.file_bytes;
    for (std::uint64_t page = 0; page < pages; page += window_pages) {
        std::uint64_t here = pages - page < window_pages ? pages - page : window_pages;
        std::byte* window = open_window(run_.handle, frame + page, here);
        if (!window)
            return "a window on the program's memory could not be opened";
        std::uint64_t at = page * page_bytes, end = at + here * page_bytes;
        std::uint64_t from = at > file_begin ? at : file_begin;
        std::uint64_t to = end < file_end ? end : file_end;
        if (from >= to)
            from = to = at;
        __builtin_memset(window, 0, from - at);
        __builtin_memcpy(window + (from - at), plan_.image.data() + segment.file_offset + (from - file_begin),
                         to - from);
        __builtin_memset(window + (to - at), 0, end - to);
        close_window(here);
    }
    Rights rights = (segment.readable ? right::Read : 0u) | (segment.writable ? right::Write : 0u) |
                    (segment.executable ? right::Execute : 0u);
    return map(begin, frame, pages, rights | right::Read);
}

Failure Loader::load_segments() {
    for (const elf::Segment& segment : program_.segments())
        if (Failure failure = load_segment(segment))
            return failure;
    info_.image_begin = program_.lowest_address() & ~(page_bytes - 1);
    info_.image_end = (program_.end_address() + page_bytes - 1) & ~(page_bytes - 1);
    info_.program_headers = program_.program_headers_address;
    info_.program_header_count = program_.program_header_count;
    info_.program_entry = program_.entry;
    return nullptr;
}

Failure Loader::make_stack() {
    constexpr std::uint64_t pages = initial_stack_bytes / page_bytes;
    std::uint64_t frame = run_.take(pages);
    if (!frame)
        return no_memory;
    fill_frames_zero(run_.handle, frame, pages);
    return map(initial_stack_top - initial_stack_bytes, frame, pages, right::Read | right::Write);
}

Failure Loader::make_vcores() {
    std::uint64_t upcall_first = run_.take(plan_.vcore_count);
    std::uint64_t state_first = run_.take(plan_.vcore_count);
    if (!upcall_first || !state_first)
        return no_memory;
    fill_frames_zero(run_.handle, upcall_first, plan_.vcore_count);
    // Every vcore starts masked; its library OS opens it when it is ready for upcalls.
    for (std::size_t i = 0; i < plan_.vcore_count; i++) {
        std::byte* window = open_window(run_.handle, upcall_first + i, 1);
        if (!window)
            return no_memory;
        reinterpret_cast<UpcallPage*>(window)->masked = 1; // Safe: a page of that shape from now on.
        close_window(1);
    }
    if (Failure failure = map(upcall_pages_address, upcall_first, plan_.vcore_count, right::Read | right::Write))
        return failure;
    for (std::size_t i = 0; i < plan_.vcore_count; i++) {
        const VcorePlan& vcore = plan_.vcores[i];
        VcoreSpec spec{frames_, state_first + i, upcall_first + i, vcore.core};
        CallResult made = sys::vcore_create(environment_, &spec);
        if (!made.ok())
            return error_name(made.error());
        std::uint64_t slot = vcore.core * wheel_slots + vcore.first_slot;
        info_.vcore_core[i] = vcore.core;
        info_.slices[i] = vcore.slot_count == 0 ? no_handle
                                                : grant_part(plan_.roots->slices, environment_, Kind::Slices,
                                                             right::Bind | right::Grant, slot, vcore.slot_count);
        BindOp row{BindKind::Slice, 0, info_.slices[i], i, slot, vcore.slot_count, 0};
        if (vcore.slot_count && !sys::bind(environment_, &row, 1).ok())
            return "time could not be granted";
    }
    info_.vcore_count = plan_.vcore_count;
    return nullptr;
}

Failure Loader::give_archive() {
    const StewardFrames& archive = plan_.roots->archive;
    Handle given = grant_part(archive.handle, environment_, Kind::Frames, right::Read | right::Grant, archive.first,
                              archive.count);
    std::uint64_t end = archive_address + archive.count * page_bytes;
    if (given == no_handle || !add_tables(environment_, frames_, archive_address, end, run_) ||
        !map_pages(environment_, given, archive_address, archive.first, archive.count, right::Read))
        return "the boot archive could not be granted";
    info_.archive_bytes = plan_.archive_bytes;
    // The kernel's pages about the environment, beside it.
    if (!add_tables(environment_, frames_, environment_page_address, environment_page_address + page_bytes, run_) ||
        !add_tables(environment_, frames_, capability_table_address,
                    capability_table_address + table_frames * page_bytes, run_))
        return no_memory;
    for (std::uint64_t i = 0; i <= table_frames; i++) {
        std::uint64_t address = i == 0 ? environment_page_address : capability_table_address + (i - 1) * page_bytes;
        BindOp row{BindKind::Info, right::Read, no_handle, address, i, 1, 0};
        if (CallResult result = sys::bind(environment_, &row, 1); !result.ok())
            return error_name(result.error());
    }
    return nullptr;
}

Failure Loader::give_functions() {
    const ProgramWish& wish = *plan_.wish;
    for (std::size_t i = 0; i < wish.function_count; i++) {
        Handle given =
            grant_part(plan_.roots->functions, environment_, Kind::Function, function_rights, plan_.functions[i], 1);
        if (given == no_handle)
            return "a function could not be granted";
        info_.functions[info_.function_count++] = {given, plan_.functions[i], wish.functions[i].role};
    }
    return nullptr;
}

Failure Loader::give_flows() {
    const ProgramWish& wish = *plan_.wish;
    for (std::size_t i = 0; i < wish.flow_count; i++) {
        const SharedNic& nic = plan_.nics[wish.flows[i].nic];
        auto given = give_flow(nic, wish.flows[i].spec, environment_);
        if (!given)
            return given.error();
        info_.flows[info_.flow_count++] = {*given, nic.number, wish.flows[i].spec};
    }
    return nullptr;
}

Failure Loader::give_extents() {
    const ProgramWish& wish = *plan_.wish;
    for (std::size_t i = 0; i < wish.extent_count; i++) {
        auto extent = plan_.disks[wish.extents[i].disk].extent(wish.path, wish.extents[i].bytes);
        if (!extent)
            return extent.error();
        CallResult given = sys::grant(extent->handle, environment_);
        if (!given.ok())
            return "an extent could not be granted";
        const Handle event = DiskKeeper::complaint_event(
            static_cast<std::size_t>(plan_.wish - plan_.manifest->programs), wish.extents[i].disk);
        CallResult help = sys::grant(event, environment_);
        if (!help.ok())
            return "an extent could not be granted";
        info_.extents[info_.extent_count++] = {given.value(), extent->count, help.value()};
    }
    return nullptr;
}

Failure Loader::give_machine() {
    if (plan_.wish->machine_rights == 0)
        return nullptr;
    info_.machine =
        grant_part(plan_.roots->machine, environment_, Kind::Machine, plan_.wish->machine_rights | right::Grant, 0, 1);
    return info_.machine == no_handle ? "rights on the machine could not be granted" : nullptr;
}

Failure Loader::write_start_block() {
    std::uint64_t bytes = start_block_bytes(*plan_.wish, *plan_.manifest);
    std::uint64_t pages = (bytes + page_bytes - 1) >> page_shift;
    if (pages > window_pages || bytes > start_info_bytes_max)
        return "the arguments and variables are too long";
    std::uint64_t frame = run_.take(pages);
    if (!frame)
        return no_memory;
    start_frame_ = frame;
    if (Failure failure = map(start_info_address, frame, pages, right::Read | right::Write))
        return failure;
    std::byte* window = open_window(run_.handle, frame, pages);
    if (!window)
        return no_memory;
    __builtin_memset(window, 0, pages * page_bytes);
    // What is left of each run from here on is free for the program.
    info_.frame_runs[0].free = run_.next;
    for (unsigned i = 0; i < 4; i++)
        info_.seed[i] = plan_.roots->seed[i] ^ (number_ * 0x9e37'79b9'7f4a'7c15ull << i);
    exo::steward::write_start_block(*plan_.wish, *plan_.manifest, info_, {window, bytes});
    close_window(pages);
    return nullptr;
}

Failure Loader::start() {
    CallResult result = sys::start(environment_, 0, program_.entry, initial_stack_top - 8, start_info_address);
    return result.ok() ? nullptr : error_name(result.error());
}

} // namespace

std::expected<Started, const char*> start_program(ProgramPlan& plan) {
    return Loader(plan).run();
}

} // namespace exo::steward
