// The kernel's command line: which subset of the machine this kernel may use.
//   cores=FIRST-LAST     positions in the firmware's list of processors (default: all; the boot core's must be in it)
//   memory=BEGIN-END     physical addresses, hexadecimal, may be given up to 8 times (default: all)
//   virtual-functions=N  of each physical function that has them (default 0)
//   registers=BEGIN-END  addresses that nothing decodes, hexadecimal, for registers of virtual functions
//   slot-us=N            length of a wheel slot in microseconds (default 1000)
//   grace-us=N           grace after a slice end (default 200)
#pragma once

#include "exokernel/device/device.hpp"

#include <cstdint>

namespace exo {

struct BootOptions {
    std::uint32_t first_core = 0;
    std::uint32_t last_core = ~0u;
    struct {
        std::uint64_t begin, end;
    } memory[8];
    std::uint32_t memory_count = 0;
    VirtualFunctionWish virtual_functions;
    std::uint64_t slot_us = 1000;
    std::uint64_t grace_us = 200;
};

// Unknown words and bad numbers are named in the log and ignored.
BootOptions parse_options(const char* command_line);

} // namespace exo
