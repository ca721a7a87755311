// The end of a program whose exception nobody handles: told once on the kernel log, then the environment stops with the status
// a shell would show.
#include "libos/start/kit.hpp"
#include "libos/upcall/dispatch.hpp"
#include "libos/start/fault_signal.hpp"

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

} // namespace exo
