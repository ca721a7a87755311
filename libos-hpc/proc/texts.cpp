// Line by line as proc(5) lays them out. Interface: texts.hpp.
#include "libos-hpc/proc/texts.hpp"

namespace exo::hpc {
namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t page_bytes = 4096;
constexpr std::size_t maps_name_column = 73;

void kib_line(Text& text, std::string_view name, std::uint64_t bytes) {
    std::size_t start = text.size();
    text.add(name).add(':');
    constexpr std::size_t number_column = 16;
    text.pad_to(start, number_column).decimal(bytes / kib, 8).add(" kB\n");
}

void status_kib(Text& text, std::string_view name, std::uint64_t bytes) {
    text.add(name).add(":\t").decimal(bytes / kib, 8).add(" kB\n");
}

void mask_line(Text& text, std::string_view name, std::uint64_t mask) {
    text.add(name).add(":\t").hexadecimal(mask, 16).add('\n');
}

std::string_view short_name(std::string_view name) {
    constexpr std::size_t shown = 15;
    return name.substr(0, shown);
}

} // namespace

void write_cpuinfo(Text& text, const ProcessorView& processor, std::size_t count) {
    constexpr std::uint64_t khz_per_mhz = 1000;
    for (std::size_t i = 0; i < count; ++i) {
        text.add("processor\t: ").decimal(i);
        text.add("\nvendor_id\t: ").add(processor.vendor);
        text.add("\ncpu family\t: ").decimal(processor.family);
        text.add("\nmodel\t\t: ").decimal(processor.model);
        text.add("\nmodel name\t: ").add(processor.model_name);
        text.add("\nstepping\t: ").decimal(processor.stepping);
        text.add("\ncpu MHz\t\t: ").decimal(processor.clock_khz / khz_per_mhz);
        text.add('.').decimal(processor.clock_khz % khz_per_mhz, 3, '0');
        if (processor.cache_kib)
            text.add("\ncache size\t: ").decimal(processor.cache_kib).add(" KB");
        text.add("\nphysical id\t: 0\nsiblings\t: ").decimal(count);
        text.add("\ncore id\t\t: ").decimal(i);
        text.add("\ncpu cores\t: ").decimal(count);
        text.add("\nfpu\t\t: yes\nfpu_exception\t: yes\nwp\t\t: yes\nflags\t\t: ").add(processor.flags);
        text.add("\nclflush size\t: ").decimal(processor.line_bytes);
        text.add("\ncache_alignment\t: ").decimal(processor.line_bytes);
        text.add("\naddress sizes\t: ").decimal(processor.address_bits_physical).add(" bits physical, ");
        text.decimal(processor.address_bits_virtual).add(" bits virtual\n\n");
    }
}

void write_meminfo(Text& text, const MemoryView& memory) {
    constexpr std::uint64_t huge_bytes = 2ull << 20;
    kib_line(text, "MemTotal", memory.total);
    kib_line(text, "MemFree", memory.free);
    kib_line(text, "MemAvailable", memory.free);
    kib_line(text, "Buffers", 0);
    kib_line(text, "Cached", 0);
    kib_line(text, "SwapCached", 0);
    kib_line(text, "SwapTotal", 0);
    kib_line(text, "SwapFree", 0);
    kib_line(text, "CommitLimit", memory.total);
    text.add("HugePages_Total:").decimal(memory.total / huge_bytes, 8).add('\n');
    text.add("HugePages_Free: ").decimal(memory.huge_free / huge_bytes, 8).add('\n');
    text.add("HugePages_Rsvd: ").decimal(0, 8).add('\n');
    text.add("HugePages_Surp: ").decimal(0, 8).add('\n');
    kib_line(text, "Hugepagesize", huge_bytes);
}

void write_mapping(Text& text, const MappingView& mapping) {
    std::size_t start = text.size();
    text.hexadecimal(mapping.begin, 8).add('-').hexadecimal(mapping.end, 8).add(' ');
    text.add(mapping.readable ? 'r' : '-').add(mapping.writable ? 'w' : '-').add(mapping.executable ? 'x' : '-');
    text.add(mapping.shared ? 's' : 'p').add(' ').hexadecimal(mapping.offset, 8).add(" 00:00 0 ");
    if (!mapping.name.empty())
        text.pad_to(start, maps_name_column).add(mapping.name);
    text.add('\n');
}

void write_status(Text& text, const ProcessView& process) {
    text.add("Name:\t").add(short_name(process.name)).add("\nUmask:\t0022\nState:\tR (running)\nTgid:\t");
    text.signed_decimal(process.id).add("\nNgid:\t0\nPid:\t").signed_decimal(process.id).add("\nPPid:\t");
    text.signed_decimal(process.parent).add("\nTracerPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t1024\n");
    text.add("Groups:\t0 \n");
    status_kib(text, "VmPeak", process.virtual_bytes);
    status_kib(text, "VmSize", process.virtual_bytes);
    status_kib(text, "VmLck", 0);
    status_kib(text, "VmHWM", process.resident_peak_bytes);
    status_kib(text, "VmRSS", process.resident_bytes);
    status_kib(text, "VmSwap", 0);
    text.add("Threads:\t").decimal(process.threads).add('\n');
    mask_line(text, "SigBlk", process.signals_blocked);
    mask_line(text, "SigIgn", process.signals_ignored);
    mask_line(text, "SigCgt", process.signals_caught);
    text.add("Cpus_allowed:\t");
    write_cpu_mask(text, process.processors_allowed);
    text.add("\nCpus_allowed_list:\t");
    write_cpu_list(text, process.processors_allowed);
    text.add("\nMems_allowed_list:\t0\n");
}

void write_process_stat(Text& text, const ProcessView& process) {
    text.signed_decimal(process.id).add(" (").add(short_name(process.name)).add(") R ").signed_decimal(process.parent);
    // Process group, session, terminal, its group, flags, faults (4).
    text.add(' ').signed_decimal(process.id).add(' ').signed_decimal(process.id).add(" 0 -1 0 0 0 0 0 ");
    text.decimal(process.user_ticks).add(" 0 0 0 20 0 ").decimal(process.threads).add(" 0 ");
    text.decimal(process.start_ticks).add(' ').decimal(process.virtual_bytes).add(' ');
    text.decimal(process.resident_bytes / page_bytes).add(" 18446744073709551615");
    constexpr unsigned fields_left = 27; // code and stack addresses, signals, processor and the like: not shown
    for (unsigned i = 0; i < fields_left; ++i)
        text.add(" 0");
    text.add('\n');
}

void write_statm(Text& text, const ProcessView& process) {
    text.decimal(process.virtual_bytes / page_bytes).add(' ').decimal(process.resident_bytes / page_bytes);
    text.add(" 0 0 0 ").decimal(process.resident_bytes / page_bytes).add(" 0\n");
}

void write_machine_stat(Text& text, std::size_t processors, std::uint64_t user_ticks, std::uint64_t boot_seconds) {
    text.add("cpu  ").decimal(user_ticks).add(" 0 0 0 0 0 0 0 0 0\n");
    for (std::size_t i = 0; i < processors; ++i)
        text.add("cpu").decimal(i).add(' ').decimal(user_ticks / processors).add(" 0 0 0 0 0 0 0 0 0\n");
    text.add("intr 0\nctxt 0\nbtime ").decimal(boot_seconds).add("\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n");
}

void write_uptime(Text& text, std::uint64_t centiseconds) {
    text.decimal(centiseconds / 100).add('.').decimal(centiseconds % 100, 2, '0').add(" 0.00\n");
}

void write_cpu_list(Text& text, std::uint64_t mask) {
    bool first = true;
    for (unsigned i = 0; i < 64; ++i) {
        if (!((mask >> i) & 1))
            continue;
        unsigned end = i;
        while (end < 63 && ((mask >> (end + 1)) & 1))
            ++end;
        if (!first)
            text.add(',');
        first = false;
        text.decimal(i);
        if (end != i)
            text.add('-').decimal(end);
        i = end;
    }
}

void write_cpu_mask(Text& text, std::uint64_t mask) {
    constexpr unsigned group_bits = 32, group_digits = 8;
    if (mask >> group_bits)
        text.hexadecimal(mask >> group_bits).add(',').hexadecimal(mask & 0xffffffff, group_digits);
    else
        text.hexadecimal(mask);
}

} // namespace exo::hpc
