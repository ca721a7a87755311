// Exceptions that the program does not handle. A page fault is the address space's first: it brings demand-zero memory
// in. The rest ends the program: told once on the kernel log, then the environment stops with the status a shell would
// show.
#include "libos/memory/address_space.hpp"
#include "libos/start/fault_signal.hpp"
#include "libos/start/kit.hpp"
#include "libos/upcall/dispatch.hpp"
#include "libos/upcall/user_memory.hpp"

namespace exo {

void unhandled_exception(RegisterFrame& frame) {
    log_line({{"exo: "},
              {fault_name(frame.cause)},
              {" at rip "},
              hexadecimal(frame.rip),
              {", address "},
              hexadecimal(frame.fault_address),
              {", error code "},
              hexadecimal(frame.error_code),
              {", rsp "},
              hexadecimal(frame.rsp)});
    exit_environment(128 + fault_signal(frame.cause));
}

void default_page_fault(RegisterFrame& frame) {
    const Access access = (frame.error_code & fault::fetch)   ? Access::Execute
                          : (frame.error_code & fault::write) ? Access::Write
                                                              : Access::Read;
    if (address_space().handle_fault(frame.fault_address, access) != FaultResult::Resolved && !recover_user_copy(frame))
        unhandled_exception(frame);
}

} // namespace exo
