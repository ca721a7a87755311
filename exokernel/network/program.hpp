// Programs on flows: owners' packet code, verified and compiled, run on what their flows receive. All memory is the
// owner's, out of its reach as long as the program is there (FrameType::FilterCode). Under the kernel lock.
#pragma once

#include "exokernel/memory/code_window.hpp"
#include "secure-bindings/abi/filter_binding.hpp"
#include "secure-bindings/abi/flow.hpp"
#include "secure-bindings/capability/slot.hpp"

#include <span>

namespace exo {

struct Nic;
struct Ring;

inline constexpr std::uint16_t no_program = 0xffff;
inline constexpr std::size_t programs_max = code_places;

enum class ProgramState : std::uint8_t { Free, Verifying, Bound };

struct Program {
    ProgramState state;
    FilterKind kind;
    std::uint16_t place; // in the code window, once bound
    std::uint16_t nic;
    FlowNumber flow;
    SlotRef by;    // whose authority bound it to the flow
    SlotRef payer; // the Frames capability
    std::uint64_t first_frame;
    std::uint64_t code_frames; // in use of the first ones
    std::uint32_t entry;       // octets into the place
    std::uint32_t scratch_bytes;
};

extern Program programs[programs_max];

struct ProgramRequest {
    SlotRef by;
    SlotRef payer;
    std::uint64_t first_frame;
    FilterRequest filter;
};
// Goes on with verifying the program that the request asks for, or begins to. Errors: Again, Refused (report says why),
// Occupied (the flow has one, or is being given another), OutOfRange (frames), InUse, BadArgument, BadAddress,
// TableFull.
Status program_bind(Nic& nic, FlowNumber flow, const ProgramRequest& request);
void program_end(std::uint16_t program);
void end_programs_of(const Nic& nic);
// The program of which a FilterCode frame's tenant tells.
inline Program& program_of_tenant(std::uint16_t tenant) {
    return programs[tenant];
}

// Runs a program on a frame that came, which has `room` for it. `ring`: the flow's, or null. What a filter returns is a
// verdict here, too: Deliver or Drop.
struct ProgramFrame {
    std::byte* octets;
    std::uint16_t length;
    bool checksum_good;
};
FilterVerdict program_run(const Program& program, const ProgramFrame& frame, Ring* ring);

} // namespace exo
