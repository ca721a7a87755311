// What this host can give a machine: processors, memory, hardware virtualisation. Facts and refusals only; nothing is
// reserved. Next: qemu_command.hpp, which turns a checked request into a machine.
#pragma once

#include "tools/exo/options.hpp"

namespace exo::tool {

enum class Accelerator { kvm, tcg };

// Any host may run this many vcores, for tests of SMP; beyond it, as many as it has processors.
inline constexpr unsigned vcores_always_allowed = 8;

unsigned host_processors();

// Shares exist and are folders, the memory and the processors are there, the trace file's folder exists.
Outcome<void> check_host(const RunOptions& options);

// KVM only where the processor shows VT-x or AMD-V and a virtual machine can really be made:
// /dev/kvm alone proves nothing. Fails only when KVM was demanded.
Outcome<Accelerator> choose_accelerator(Acceleration wanted);

} // namespace exo::tool
