// The image a C library looks for at AT_SYSINFO_EHDR (vdso(7)): functions that answer without a system call.
#pragma once

namespace exo::hpc {

// An ELF shared object in memory, whose symbols are the functions of functions.cpp.
const void* vdso_image();

} // namespace exo::hpc
