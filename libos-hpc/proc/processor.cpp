// CPUID leaves 0, 1, 4, 7, 0xd, 0x80000001..8. Feature names are those Linux prints. Interface: processor.hpp.
#include "libos-hpc/proc/processor.hpp"

#include "libos/memory/bytes.hpp"
#include "libos/time/clock.hpp"

namespace exo::hpc {
namespace {

struct Registers {
    std::uint32_t a, b, c, d;
};

Registers cpuid(std::uint32_t leaf, std::uint32_t sub_leaf = 0) {
    Registers r;
    // Safe: reads processor identification only.
    asm volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(sub_leaf));
    return r;
}

enum class Word : std::uint8_t { Leaf1D, Leaf1C, Leaf7B, Leaf7C, Leaf7D, Leaf7A1, LeafD1, ExtendedD, ExtendedC };

struct FlagName {
    Word word;
    std::uint8_t bit;
    const char* name;
};

constexpr FlagName flag_names[] = {
    {Word::Leaf1D, 0, "fpu"},          {Word::Leaf1D, 4, "tsc"},         {Word::Leaf1D, 5, "msr"},
    {Word::Leaf1D, 6, "pae"},          {Word::Leaf1D, 8, "cx8"},         {Word::Leaf1D, 9, "apic"},
    {Word::Leaf1D, 15, "cmov"},        {Word::Leaf1D, 19, "clflush"},    {Word::Leaf1D, 23, "mmx"},
    {Word::Leaf1D, 24, "fxsr"},        {Word::Leaf1D, 25, "sse"},        {Word::Leaf1D, 26, "sse2"},
    {Word::Leaf1D, 28, "ht"},          {Word::ExtendedD, 11, "syscall"}, {Word::ExtendedD, 20, "nx"},
    {Word::ExtendedD, 26, "pdpe1gb"},  {Word::ExtendedD, 27, "rdtscp"},  {Word::ExtendedD, 29, "lm"},
    {Word::Leaf1C, 0, "pni"},          {Word::Leaf1C, 1, "pclmulqdq"},   {Word::Leaf1C, 3, "monitor"},
    {Word::Leaf1C, 9, "ssse3"},        {Word::Leaf1C, 12, "fma"},        {Word::Leaf1C, 13, "cx16"},
    {Word::Leaf1C, 17, "pcid"},        {Word::Leaf1C, 19, "sse4_1"},     {Word::Leaf1C, 20, "sse4_2"},
    {Word::Leaf1C, 21, "x2apic"},      {Word::Leaf1C, 22, "movbe"},      {Word::Leaf1C, 23, "popcnt"},
    {Word::Leaf1C, 25, "aes"},         {Word::Leaf1C, 26, "xsave"},      {Word::Leaf1C, 28, "avx"},
    {Word::Leaf1C, 29, "f16c"},        {Word::Leaf1C, 30, "rdrand"},     {Word::Leaf1C, 31, "hypervisor"},
    {Word::ExtendedC, 0, "lahf_lm"},   {Word::ExtendedC, 5, "abm"},      {Word::ExtendedC, 6, "sse4a"},
    {Word::Leaf7B, 0, "fsgsbase"},     {Word::Leaf7B, 3, "bmi1"},        {Word::Leaf7B, 5, "avx2"},
    {Word::Leaf7B, 7, "smep"},         {Word::Leaf7B, 8, "bmi2"},        {Word::Leaf7B, 9, "erms"},
    {Word::Leaf7B, 16, "avx512f"},     {Word::Leaf7B, 17, "avx512dq"},   {Word::Leaf7B, 18, "rdseed"},
    {Word::Leaf7B, 19, "adx"},         {Word::Leaf7B, 20, "smap"},       {Word::Leaf7B, 21, "avx512ifma"},
    {Word::Leaf7B, 23, "clflushopt"},  {Word::Leaf7B, 24, "clwb"},       {Word::Leaf7B, 28, "avx512cd"},
    {Word::Leaf7B, 29, "sha_ni"},      {Word::Leaf7B, 30, "avx512bw"},   {Word::Leaf7B, 31, "avx512vl"},
    {Word::Leaf7C, 1, "avx512vbmi"},   {Word::Leaf7C, 2, "umip"},        {Word::Leaf7C, 8, "gfni"},
    {Word::Leaf7C, 9, "vaes"},         {Word::Leaf7C, 10, "vpclmulqdq"}, {Word::Leaf7C, 11, "avx512_vnni"},
    {Word::Leaf7C, 22, "rdpid"},       {Word::Leaf7D, 4, "fsrm"},        {Word::Leaf7A1, 4, "avx_vnni"},
    {Word::Leaf7A1, 5, "avx512_bf16"}, {Word::LeafD1, 0, "xsaveopt"},    {Word::LeafD1, 1, "xsavec"},
    {Word::LeafD1, 2, "xgetbv1"},
};

constexpr std::uint32_t extended_base = 0x80000000;

} // namespace

Processor::Processor() {
    Registers names = cpuid(0);
    copy_bytes(vendor_, &names.b, 4);
    copy_bytes(vendor_ + 4, &names.d, 4);
    copy_bytes(vendor_ + 8, &names.c, 4);
    vendor_[12] = 0;
    Registers one = cpuid(1);
    std::uint32_t base_family = (one.a >> 8) & 0xf;
    view_.family = base_family + (base_family == 0xf ? (one.a >> 20) & 0xff : 0);
    view_.model = ((one.a >> 4) & 0xf) | (base_family == 6 || base_family == 0xf ? ((one.a >> 16) & 0xf) << 4 : 0);
    view_.stepping = one.a & 0xf;
    view_.line_bytes = ((one.b >> 8) & 0xff) * 8;
    std::uint32_t extended_max = cpuid(extended_base).a;
    fill_bytes(model_name_, 0, sizeof model_name_);
    if (extended_max >= extended_base + 4) {
        for (std::uint32_t i = 0; i < 3; ++i) {
            Registers piece = cpuid(extended_base + 2 + i);
            copy_bytes(model_name_ + i * sizeof piece, &piece, sizeof piece);
        }
    }
    if (extended_max >= extended_base + 8) {
        std::uint32_t sizes = cpuid(extended_base + 8).a;
        view_.address_bits_physical = sizes & 0xff;
        view_.address_bits_virtual = (sizes >> 8) & 0xff;
    }
    Registers seven = names.a >= 7 ? cpuid(7) : Registers{};
    Registers seven_one = seven.a >= 1 ? cpuid(7, 1) : Registers{};
    Registers xsave = names.a >= 0xd ? cpuid(0xd, 1) : Registers{};
    Registers extended = cpuid(extended_base + 1);
    const std::uint32_t words[] = {one.d,       one.c,   seven.b,    seven.c,   seven.d,
                                   seven_one.a, xsave.a, extended.d, extended.c};
    for (const FlagName& flag : flag_names) {
        if ((words[static_cast<unsigned>(flag.word)] >> flag.bit) & 1)
            flags_.add(flags_.size() ? " " : "").add(flag.name);
    }
    view_.clock_khz = tsc_hz() / 1000;
    CacheView caches[caches_max];
    for (unsigned i = 0, count = read_caches(caches); i < count; ++i)
        view_.cache_kib = static_cast<std::uint32_t>(caches[i].bytes / 1024);
}

ProcessorView Processor::view() const {
    ProcessorView view = view_;
    view.vendor = vendor_;
    view.model_name = model_name_;
    while (view.model_name.starts_with(' '))
        view.model_name.remove_prefix(1);
    view.flags = flags_.view();
    return view;
}

unsigned read_caches(CacheView (&caches)[caches_max]) {
    constexpr std::string_view types[] = {"", "Data", "Instruction", "Unified"};
    unsigned count = 0;
    std::uint32_t leaf_max = cpuid(0).a;
    // Intel describes caches in leaf 4, AMD in the same format in 0x8000001d.
    std::uint32_t leaf = leaf_max >= 4 && (cpuid(4).a & 0x1f) ? 4 : extended_base + 0x1d;
    if (leaf != 4 && cpuid(extended_base).a < leaf)
        return 0;
    for (std::uint32_t i = 0; i < caches_max; ++i) {
        Registers r = cpuid(leaf, i);
        std::uint32_t type = r.a & 0x1f;
        if (type == 0 || type > 3)
            break;
        CacheView& cache = caches[count++];
        cache.type = types[type];
        cache.level = (r.a >> 5) & 7;
        cache.line_bytes = (r.b & 0xfff) + 1;
        cache.ways = (r.b >> 22) + 1;
        cache.sets = r.c + 1;
        cache.bytes = std::uint64_t{cache.line_bytes} * cache.ways * cache.sets * (((r.b >> 12) & 0x3ff) + 1);
    }
    return count;
}

std::uint64_t hardware_capabilities() {
    return cpuid(1).d;
}

} // namespace exo::hpc
