// See program.hpp. The owner's frames: first those for code, then one of scratch memory, then those that the verifier
// and the compiler work in, which go back when the program is bound.
#include "exokernel/network/program.hpp"

#include "exokernel/arch/x86_64/random.hpp"
#include "exokernel/memory/frames.hpp"
#include "exokernel/memory/physical.hpp"
#include "exokernel/memory/user_access.hpp"
#include "exokernel/network/nic.hpp"
#include "exokernel/network/program_helpers.hpp"
#include "secure-bindings/filter/jit.hpp"
#include "secure-bindings/filter/verifier.hpp"

#include <algorithm>
#include <memory>

namespace exo {

Program programs[programs_max];

namespace {

// What the verifier looks at in one call.
constexpr std::uint32_t instructions_per_call = 128;

struct Work {
    filter::Verifier verifier;
    filter::JitWork jit;
    FilterInstruction program[filter_instructions_max];
};

constexpr std::uint64_t scratch_frame = code_pages_each;
constexpr std::uint64_t work_frame = scratch_frame + 1;
static_assert(code_pages_each * page_bytes >= filter::jit_bytes_max(filter_instructions_max));
static_assert(filter_scratch_bytes_max <= page_bytes);
static_assert((filter_frames - work_frame) * page_bytes >= sizeof(Work));

Work& work_of(const Program& program) {
    return *at_frame<Work>(program.first_frame + work_frame);
}

Status take_frames(const Program& program, std::uint16_t number) {
    for (std::uint64_t i = 0; i < filter_frames; i++)
        if (Status status = frame_map.retype(program.first_frame + i, FrameType::FilterCode, number, 0); !status) {
            frames_clear_and_restore(program.first_frame, i);
            return status;
        }
    return {};
}

// Copies the program in and begins. On an error nothing is left.
Status begin(Program& program, std::uint16_t number, const ProgramRequest& request) {
    const FilterRequest& filter = request.filter;
    bool whole = filter.count >= 1 && filter.count <= filter_instructions_max &&
                 filter.scratch_bytes <= filter_scratch_bytes_max &&
                 (filter.kind == FilterKind::Filter || filter.kind == FilterKind::Handler) &&
                 std::ranges::all_of(filter.reserved, [](std::uint8_t octet) { return octet == 0; });
    if (!whole)
        return std::unexpected(Error::BadArgument);
    if (!covers(capabilities.at(request.payer), request.first_frame, filter_frames))
        return std::unexpected(Error::OutOfRange);
    program = {};
    program.kind = filter.kind;
    program.by = request.by;
    program.payer = request.payer;
    program.first_frame = request.first_frame;
    program.scratch_bytes = filter.scratch_bytes;
    if (Status status = take_frames(program, number); !status)
        return status;
    Work& work = *std::construct_at(&work_of(program));
    Status copied = copy_from_user(work.program, filter.program, filter.count * sizeof(FilterInstruction));
    if (!copied) {
        frames_clear_and_restore(program.first_frame, filter_frames);
        return copied;
    }
    program.state = ProgramState::Verifying;
    (void)work.verifier.start({work.program, filter.count}, {filter.kind, filter.scratch_bytes});
    return {};
}

Status compile(Program& program) {
    Work& work = work_of(program);
    Result<std::uint16_t> place = code_show(program.first_frame, code_pages_each);
    if (!place)
        return std::unexpected(place.error());
    program.place = *place;
    filter::JitTarget target{{at_frame<std::byte>(program.first_frame), code_pages_each * page_bytes},
                             reinterpret_cast<std::uint64_t>(code_at(*place)), // Safe: only the number is used.
                             random_word()};
    auto code = filter::compile(work.verifier.verified(), program_helpers, target, work.jit);
    code_hide(*place);
    if (!code)
        return std::unexpected(Error::TableFull);
    // Only what holds code stays, and is shown.
    program.code_frames = (code->bytes + page_bytes - 1) / page_bytes;
    place = code_show(program.first_frame, program.code_frames);
    if (!place)
        return std::unexpected(place.error());
    program.place = *place;
    program.entry = code->entry;
    frames_clear_and_restore(program.first_frame + program.code_frames, code_pages_each - program.code_frames);
    frames_clear_and_restore(program.first_frame + work_frame, filter_frames - work_frame);
    std::uint64_t* scratch = frame_map.words(program.first_frame + scratch_frame);
    for (unsigned i = 0; i < page_bytes / 8; i++)
        scratch[i] = 0;
    program.state = ProgramState::Bound;
    return {};
}

Status refuse(const Program& program, const FilterRequest& filter) {
    char report[filter_report_bytes_max];
    std::uint64_t room = std::min<std::uint64_t>(filter.report_bytes, sizeof report);
    if (filter.report == 0 || room == 0)
        return std::unexpected(Error::Refused);
    std::string_view text = filter::describe(work_of(program).verifier.refusal(), {report, room - 1});
    report[text.size()] = 0;
    if (Status told = copy_to_user(filter.report, report, text.size() + 1); !told)
        return told;
    return std::unexpected(Error::Refused);
}

} // namespace

Status program_bind(Nic& nic, FlowNumber flow, const ProgramRequest& request) {
    std::uint16_t number = nic.flows[flow].program;
    if (number == no_program) {
        number = 0;
        while (number < programs_max && programs[number].state != ProgramState::Free)
            number++;
        if (number == programs_max)
            return std::unexpected(Error::TableFull);
        if (Status status = begin(programs[number], number, request); !status)
            return status;
        programs[number].nic = nic.number;
        programs[number].flow = flow;
        nic.flows[flow].program = number;
    }
    Program& program = programs[number];
    if (program.state != ProgramState::Verifying || program.by != request.by || program.payer != request.payer ||
        program.first_frame != request.first_frame)
        return std::unexpected(Error::Occupied);
    switch (work_of(program).verifier.advance(instructions_per_call)) {
    case filter::Verifier::Progress::Working:
        return std::unexpected(Error::Again);
    case filter::Verifier::Progress::Refused: {
        Status refused = refuse(program, request.filter);
        program_end(number);
        return refused;
    }
    case filter::Verifier::Progress::Accepted:
        break;
    }
    Status compiled = compile(program);
    if (!compiled)
        program_end(number);
    return compiled;
}

void program_end(std::uint16_t number) {
    Program& program = programs[number];
    nics[program.nic].flows[program.flow].program = no_program;
    if (program.state == ProgramState::Bound) {
        code_hide(program.place);
        frames_clear_and_restore(program.first_frame, program.code_frames);
        frames_clear_and_restore(program.first_frame + scratch_frame, 1);
    } else {
        frames_clear_and_restore(program.first_frame, filter_frames);
    }
    program = {};
}

void end_programs_of(const Nic& nic) {
    for (std::uint16_t i = 0; i < programs_max; i++)
        if (programs[i].state != ProgramState::Free && programs[i].nic == nic.number)
            program_end(i);
}

FilterVerdict program_run(const Program& program, const ProgramFrame& frame, Ring* ring) {
    // Safe: octets by another name, in the kernel's own memory and in the scratch frame.
    auto* data = reinterpret_cast<unsigned char*>(frame.octets);
    auto* scratch = at_frame<unsigned char>(program.first_frame + scratch_frame);
    FilterContext context{data, data + frame.length, scratch, frame.length,
                          frame.checksum_good ? filter_flag::checksum_good : 0};
    program_ring = ring;
    // Safe: the entry of code that was compiled from a verified program and that nobody can write.
    auto run =
        reinterpret_cast<filter::Compiled>(reinterpret_cast<std::uint64_t>(code_at(program.place)) + program.entry);
    std::uint64_t result = run(&context);
    if (program.kind == FilterKind::Filter)
        return result ? FilterVerdict::Deliver : FilterVerdict::Drop;
    return result <= filter_verdict_last ? static_cast<FilterVerdict>(result) : FilterVerdict::Drop;
}

} // namespace exo
