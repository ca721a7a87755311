// What a result says about where it was measured, and whether KVM is worth using here.
#pragma once

#include "bench/harness/options.hpp"
#include "bench/harness/system.hpp"

namespace bench {

// CPU model, count of CPUs, QEMU's version.
std::string host();

// Short hash of the commit, "-modified" when the tree differs from it, "unknown" outside git.
std::string commit();

// KVM only where the CPU flags show VT-x or AMD-V and /dev/kvm opens: a machine can have
// the device without either, and guests then crawl. Asking for KVM without is an error.
std::expected<Accelerator, std::string> choose_accelerator(AcceleratorChoice choice);

} // namespace bench
