// See child.hpp. The child sees the test program's read-only segments at the program's own addresses, by
// capabilities derived from the program's image frames with no right to write.
#include "tests/lab/child.hpp"

namespace lab {

using namespace exo;

namespace {

constexpr std::uint64_t table_frames = 2; // 128 capabilities
constexpr std::uint64_t child_board = 0x7000'0000'0000ull;
constexpr std::uint64_t child_stack_top = 0x7000'0010'0000ull;
constexpr std::uint64_t child_upcall = 0x7000'0020'0000ull;
constexpr std::uint64_t stack_pages = 4;

// The run of the program's frames that holds a frame of its image.
Handle image_handle(std::uint64_t frame) {
    for (std::uint64_t i = 0; i < start().frame_run_count; i++) {
        const StartFrames& run = start().frame_runs[i];
        if (frame >= run.first && frame < run.first + run.count)
            return run.handle;
    }
    return no_handle;
}

// The lowest two pages of the child's stack serve its upcalls and its gate; each has the start block on top.
std::uint64_t inner_stack(ChildStart* start, unsigned page) {
    std::uint64_t top = child_stack_top - (stack_pages - 1 - page) * page_bytes - 16;
    *reinterpret_cast<ChildStart* volatile*>(top) = start; // Safe: the child's own stack.
    return top;
}

} // namespace

void open_upcalls(ChildStart* start, void (*handler)(ChildStart*, UpcallFrame*), std::uint64_t wanted) {
    start->handler = handler;
    volatile UpcallPage& page = *start->upcall;
    page.upcall_stack = inner_stack(start, 0);
    page.upcall_entry = reinterpret_cast<std::uint64_t>(lab_upcall_entry);
    page.resume_begin = reinterpret_cast<std::uint64_t>(lab_resume_begin);
    page.resume_end = reinterpret_cast<std::uint64_t>(lab_resume_end);
    page.resume_restart = reinterpret_cast<std::uint64_t>(lab_resume_restart);
    page.wanted = wanted;
    page.masked = 0;
}

void open_gate(ChildStart* start,
               void (*gate)(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, ChildStart*)) {
    start->gate = gate;
    volatile UpcallPage& page = *start->upcall;
    page.gate_stack = inner_stack(start, 1);
    page.gate_entry = reinterpret_cast<std::uint64_t>(lab_gate_entry);
}

Child::Child(const ChildOptions& options) : core_(options.core) {
    ok_ = build(options);
}

bool Child::build(const ChildOptions& options) {
    environment_frame_ = take(3 + table_frames, 2);
    first_frame_ = take(options.frame_count, 2);
    if (!environment_frame_ || !first_frame_)
        return false;
    CallResult made = sys::environment_create(machine(), lab::frames(), environment_frame_, table_frames);
    if (!made.ok())
        return false;
    environment_ = made.value();
    CapabilityInfo about;
    if (!sys::inspect(environment_, &about).ok())
        return false;
    number_ = about.first;
    lent_ =
        sys::derive(lab::frames(), Kind::Frames, options.frame_rights | right::Grant, first_frame_, options.frame_count)
            .value();
    CallResult granted = sys::grant(lent_, environment_);
    if (!granted.ok())
        return false;
    child_frames_ = granted.value();

    // Its own pages; tables come from the test's spare frames too, but through the child's capability.
    std::uint64_t next = first_frame_;
    auto child_take = [&next](std::uint64_t count, std::uint64_t alignment) {
        std::uint64_t first = (next + alignment - 1) / alignment * alignment;
        next = first + count;
        return first;
    };
    auto tables = [&](std::uint64_t begin, std::uint64_t end) {
        for (std::uint32_t level = 3; level >= 1; level--) {
            std::uint64_t span = page_bytes << (9 * level);
            for (std::uint64_t at = begin & ~(span - 1); at < end; at += span) {
                std::uint64_t before = next;
                CallResult result = bind(environment_, table_row(child_frames_, at, child_take(2, 2), level));
                if (result.is(Error::Occupied))
                    next = before;
                else if (!result.ok())
                    return false;
            }
        }
        return true;
    };
    auto show = [&](std::uint64_t address, std::uint64_t frame, std::uint64_t count, Handle handle, Rights rights) {
        return tables(address, address + count * page_bytes) &&
               bind(environment_, page_row(handle, address, frame, count, rights)).ok();
    };
    std::uint64_t board_frame = child_take(2, 1), stack_frame = child_take(stack_pages, 1);
    upcall_frame_ = child_take(1, 1);
    state_frame_ = child_take(1, 1);
    std::byte* board = map(board_frame, 2);
    std::byte* upcall = map(upcall_frame_, 1);
    if (!board || !upcall)
        return false;
    board_ = reinterpret_cast<Board*>(board); // Safe: a zeroed page of its own.
    start_ = reinterpret_cast<ChildStart*>(board + page_bytes);
    upcall_ = reinterpret_cast<UpcallPage*>(upcall);
    upcall_->masked = options.masked;
    if (!show(child_board, board_frame, 2, child_frames_, right::Read | right::Write) ||
        !show(child_stack_top - stack_pages * page_bytes, stack_frame, stack_pages, child_frames_,
              right::Read | right::Write) ||
        !show(child_upcall, upcall_frame_, 1, child_frames_, right::Read | right::Write))
        return false;
    for (std::uint64_t i = 0; i < lab::start().mapping_count; i++) {
        const StartMapping& mapping = lab::start().mappings[i];
        bool image = mapping.address >= lab::start().image_begin && mapping.address < lab::start().image_end;
        if (!image || mapping.rights & right::Write)
            continue;
        CallResult part = sys::derive(image_handle(mapping.first_frame), Kind::Frames,
                                      right::Read | right::Execute | right::Grant, mapping.first_frame, mapping.pages);
        if (!part.ok())
            return false;
        CallResult given = sys::grant(part.value(), environment_);
        if (!given.ok() || !show(mapping.address, mapping.first_frame, mapping.pages, given.value(),
                                 static_cast<Rights>(mapping.rights)))
            return false;
    }
    VcoreSpec spec{child_frames_, state_frame_, upcall_frame_, options.core};
    if (!sys::vcore_create(environment_, &spec).ok())
        return false;
    *start_ = {reinterpret_cast<Board*>(child_board), // Safe: addresses of the child, not of the test.
               reinterpret_cast<UpcallPage*>(child_upcall),
               child_frames_,
               first_frame_,
               options.frame_count,
               next,
               number_,
               0,
               {},
               options.argument,
               nullptr,
               nullptr};
    return true;
}

Handle Child::grant(Handle capability) {
    CallResult given = sys::grant(capability, environment_);
    if (!given.ok())
        return no_handle;
    start_->given[given_count_++] = given.value();
    return given.value();
}

bool Child::give_time(std::uint32_t first, std::uint32_t count) {
    const StartInfo& info = lab::start();
    for (std::uint64_t i = 0; i < info.vcore_count; i++) {
        if (info.vcore_core[i] != core_)
            continue;
        std::uint64_t slot = core_ * wheel_slots + first;
        CallResult part = sys::derive(info.slices[i], Kind::Slices, right::Bind | right::Grant, slot, count);
        (void)unbind(self, {BindKind::Slice, 0, info.slices[i], i, slot, count, 0});
        if (!part.ok())
            return false;
        CallResult given = sys::grant(part.value(), environment_);
        return given.ok() && bind(environment_, {BindKind::Slice, 0, given.value(), 0, slot, count, 0}).ok();
    }
    return false;
}

bool Child::start(ChildFunction function) {
    return sys::start(environment_, 0, reinterpret_cast<std::uint64_t>(function), child_stack_top - 8,
                      child_board + page_bytes)
        .ok();
}

const EnvironmentInfo& Child::info() const {
    return reinterpret_cast<const EnvironmentInfo*>(info_environments)[number_]; // Safe: an info page.
}

EnvironmentState Child::state() const {
    const volatile EnvironmentState& shown = info().state;
    return shown;
}

bool Child::finish(std::uint64_t microseconds) {
    return until([this] { return board_->done != 0 || state() != EnvironmentState::Alive; }, microseconds);
}

bool Child::destroy() {
    if (environment_ == no_handle)
        return true;
    bool clean = until([this] {
        CallResult result = sys::stop(environment_, 0);
        return result.ok() || !result.is(Error::Again);
    });
    (void)sys::drop(environment_);
    environment_ = no_handle;
    // Slots that the child had come back to whoever of the test's vcores owned them.
    const StartInfo& info = lab::start();
    for (std::uint64_t i = 0; i < info.vcore_count; i++)
        if (CapabilityInfo own; sys::inspect(info.slices[i], &own).ok())
            (void)bind(self, {BindKind::Slice, 0, info.slices[i], i, own.first, own.count, 0});
    return clean && state() == EnvironmentState::Free;
}

Child::~Child() {
    (void)destroy();
}

} // namespace lab
