// Seen from inside the guest: how a program that runs as /init ends the machine.
// Static-binary side only; the matching QEMU device is in guest_command.cpp.
#pragma once

#include <cstdio>

#include <sys/io.h>
#include <sys/reboot.h>
#include <termios.h>
#include <unistd.h>

namespace bench::linux_peer {

inline constexpr unsigned short exit_port = 0x501;
inline constexpr unsigned char exit_success = 0x10; // QEMU ends with status 33
inline constexpr unsigned char exit_failure = 0x11; // QEMU ends with status 35

// Says the status on the console, then leaves QEMU.
[[noreturn]] inline void end_machine(int status) {
    std::printf("EXIT %d\n", status);
    std::fflush(stdout);
    tcdrain(STDOUT_FILENO); // the serial line must be empty before the machine goes
    if (iopl(3) == 0)
        outb(status == 0 ? exit_success : exit_failure, exit_port);
    reboot(RB_AUTOBOOT);
    _exit(1);
}

} // namespace bench::linux_peer
