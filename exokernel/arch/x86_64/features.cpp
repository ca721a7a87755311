// CPUID and control registers (Intel SDM 2A CPUID, 3A 2.5).
#include "exokernel/arch/x86_64/features.hpp"

#include "exokernel/arch/x86_64/cpu.hpp"
#include "exokernel/log/log.hpp"
#include "exokernel/memory/info_pages.hpp"

namespace exo {

Features features;
extern "C" std::uint32_t smap_on;
std::uint32_t smap_on; // read by user_copy

namespace {

namespace cr4 {
constexpr std::uint64_t global_pages = 1 << 7, fxsave = 1 << 9, simd_exceptions = 1 << 10, umip = 1 << 11,
                        fsgsbase = 1 << 16, pcid = 1 << 17, osxsave = 1 << 18, smep = 1 << 20, smap = 1 << 21;
}
constexpr std::uint64_t cr0_monitor_coprocessor = 1 << 1, cr0_emulation = 1 << 2, cr0_numeric_error = 1 << 5,
                        cr0_write_protect = 1 << 16;
constexpr std::uint64_t xcr0_wanted = 0xe7; // x87, SSE, AVX, the three AVX-512 parts
constexpr std::uint32_t xsave_bytes_max = 2696;

} // namespace

void features_detect() {
    CpuidResult basic = cpuid(1);
    CpuidResult extended = cpuid(7);
    CpuidResult far_extended = cpuid(0x80000001);
    features.smep = extended.ebx >> 7 & 1;
    features.smap = extended.ebx >> 20 & 1;
    features.umip = extended.ecx >> 2 & 1;
    features.fsgsbase = extended.ebx & 1;
    features.pcid = basic.ecx >> 17 & 1;
    features.x2apic = basic.ecx >> 21 & 1;
    features.hypervisor = basic.ecx >> 31 & 1;
    features.huge_pages = far_extended.edx >> 26 & 1;
    features.xsave = basic.ecx >> 26 & 1;
    if (!features.xsave || !features.fsgsbase)
        panic("this processor lacks %s, which library OSes need", features.xsave ? "FSGSBASE" : "XSAVE");
    CpuidResult state = cpuid(0xd, 0);
    features.xcr0 = state.eax & xcr0_wanted;
    if ((features.xcr0 & 0xe0) != 0xe0)
        features.xcr0 &= 7; // AVX-512 comes whole or not at all
    machine_info.feature_bits = (features.pcid ? feature::pcid : 0) | (features.fsgsbase ? feature::fsgsbase : 0) |
                                (features.smap ? feature::smap : 0) | (features.umip ? feature::umip : 0) |
                                (features.huge_pages ? feature::huge_pages : 0) |
                                (features.x2apic ? feature::x2apic : 0) |
                                (features.hypervisor ? feature::hypervisor : 0);
}

void features_enable() {
    write_cr0((read_cr0() & ~cr0_emulation) | cr0_monitor_coprocessor | cr0_numeric_error | cr0_write_protect);
    std::uint64_t value = read_cr4() | cr4::global_pages | cr4::fxsave | cr4::simd_exceptions | cr4::osxsave;
    value |= features.fsgsbase ? cr4::fsgsbase : 0;
    value |= features.smep ? cr4::smep : 0;
    value |= features.smap ? cr4::smap : 0;
    value |= features.umip ? cr4::umip : 0;
    value |= features.pcid ? cr4::pcid : 0;
    write_cr4(value);
    write_xcr0(features.xcr0);
    smap_on = features.smap;
    if (!features.xsave_bytes) {
        features.xsave_bytes = cpuid(0xd, 0).ebx; // for the bits now in XCR0
        if (features.xsave_bytes > xsave_bytes_max)
            panic("vector state of %u bytes does not fit a vcore frame", features.xsave_bytes);
        machine_info.xsave_bytes = features.xsave_bytes;
    }
    wrmsr(msr::efer, rdmsr(msr::efer) | 1); // SYSCALL
}

} // namespace exo
