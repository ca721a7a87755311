// From the starter's block to the program's _start: the kit, the first task, the standard streams, the stack. Whatever
// can wait for its first use does. The only symbols a program sees of the library OS are here and in entry.S.
#include "libos-hpc/call/dispatch.hpp"
#include "libos-hpc/file/descriptors.hpp"
#include "libos-hpc/signal/exceptions.hpp"
#include "libos-hpc/start/program.hpp"
#include "libos-hpc/start/program_stack.hpp"
#include "libos-hpc/system/usage.hpp"
#include "libos-hpc/thread/task.hpp"
#include "libos/start/kit.hpp"
#include "libos/upcall/mask.hpp"

extern "C" {
// For programs that make exokernel calls of their own.
[[gnu::visibility("default")]] const exo::StartInfo* exo_start_info();
[[noreturn]] void exo_hpc_start(const exo::StartInfo* start);
}

const exo::StartInfo* exo_start_info() {
    return &exo::start_info();
}

namespace {

constexpr std::uint64_t start_failed_status = 125;
constexpr std::uint64_t initial_flags = 0x202; // interrupts on, as always in user mode

[[noreturn]] void give_up(const char* why) {
    exo::log_line({{"libos-hpc: the program could not start: "}, {why}});
    exo::exit_environment(start_failed_status);
}

} // namespace

void exo_hpc_start(const exo::StartInfo* start) {
    using namespace exo;
    exo_kit_start(start);
    hpc::open_accounting();
    if (!hpc::open_first_task() || !hpc::open_descriptors())
        give_up("no memory is left");
    hpc::open_dispatch();
    hpc::open_exceptions();
    auto stack = hpc::make_program_stack(*start);
    if (!stack)
        give_up(error_name(stack.error()));
    hpc::name_first_task();
    mask();
    RegisterFrame* frame = this_thread().user_frame();
    *frame = {};
    frame->rip = hpc::program_facts().entry;
    frame->rsp = *stack;
    frame->rflags = initial_flags;
    hpc::current_task().in_kit = false;
    exo_resume(frame);
}
