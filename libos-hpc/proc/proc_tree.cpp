// Gathers the facts of this program and machine, and hands them to the texts. Interface: proc_tree.hpp.
#include "libos-hpc/proc/proc_tree.hpp"

#include "libos-hpc/fs/text_node.hpp"
#include "libos-hpc/memory/regions.hpp"
#include "libos-hpc/name/names.hpp"
#include "libos-hpc/proc/descriptor_links.hpp"
#include "libos-hpc/proc/processor.hpp"
#include "libos-hpc/proc/texts.hpp"
#include "libos-hpc/signal/actions.hpp"
#include "libos-hpc/start/program.hpp"
#include "libos-hpc/system/usage.hpp"
#include "libos-hpc/thread/task.hpp"
#include "libos/memory/address_space.hpp"
#include "libos/start/kit.hpp"
#include "libos/thread/scheduler.hpp"
#include "libos/time/clock.hpp"

namespace exo::hpc {
namespace {

constexpr TreeKind kind{linux_abi::file_system::proc, 3};
constexpr std::uint64_t ns_per_tick = 1'000'000'000 / linux_abi::ticks_per_second;

ProcessView this_process() {
    AddressSpaceStatistics memory = address_space().statistics();
    ProcessView view;
    view.name = current_task().name;
    view.id = process_id;
    view.parent = parent_process_id;
    view.threads = tasks().count();
    view.virtual_bytes = memory.region_bytes;
    view.resident_bytes = mapped_bytes(memory);
    view.resident_peak_bytes = memory.peak_mapped_bytes;
    view.user_ticks = process_cpu_ns() / ns_per_tick;
    view.processors_allowed = this_thread().affinity() &
                              ((scheduler().vcore_count() >= 64) ? ~0ull : (1ull << scheduler().vcore_count()) - 1);
    view.signals_blocked = current_task().blocked;
    for (int number = 1; number <= linux_abi::signal::count; ++number) {
        std::uint64_t handler = signal_actions().get(number).handler;
        if (handler == linux_abi::handler_ignore)
            view.signals_ignored |= linux_abi::signal_bit(number);
        else if (handler != linux_abi::handler_default)
            view.signals_caught |= linux_abi::signal_bit(number);
    }
    return view;
}

void cpuinfo(Text& text, std::uint64_t) {
    Processor processor;
    write_cpuinfo(text, processor.view(), scheduler().vcore_count());
}

void meminfo(Text& text, std::uint64_t) {
    FrameStatistics statistics = frames().statistics();
    write_meminfo(text, {.total = statistics.total * page_bytes,
                         .free = statistics.free * page_bytes,
                         .huge_free = statistics.free * page_bytes});
}

void maps(Text& text, std::uint64_t) {
    Region region;
    for (std::uint64_t at = 0; address_space().region_after(at, &region); at = region.end) {
        write_mapping(text, {.begin = region.begin,
                             .end = region.end,
                             .readable = (region.rights & right::Read) != 0,
                             .writable = (region.rights & right::Write) != 0,
                             .executable = (region.rights & right::Execute) != 0,
                             .shared = region.shared,
                             .offset = region.offset,
                             .name = region_name(region)});
    }
}

void status(Text& text, std::uint64_t) {
    write_status(text, this_process());
}
void process_stat(Text& text, std::uint64_t) {
    write_process_stat(text, this_process());
}
void statm(Text& text, std::uint64_t) {
    write_statm(text, this_process());
}
void machine_stat(Text& text, std::uint64_t) {
    write_machine_stat(text, scheduler().vcore_count(), process_cpu_ns() / ns_per_tick,
                       machine_info().boot_epoch_seconds);
}
void uptime(Text& text, std::uint64_t) {
    write_uptime(text, monotonic_ns() / (1'000'000'000 / 100));
}
void load(Text& text, std::uint64_t) {
    text.add("0.00 0.00 0.00 1/1 ").signed_decimal(process_id).add('\n');
}
void command_name(Text& text, std::uint64_t) {
    text.add(std::string_view(current_task().name)).add('\n');
}
void command_line(Text& text, std::uint64_t) {
    const StartInfo& start = start_info();
    for (std::uint32_t i = 0; i < start.argument_count; ++i)
        text.add(start_list_string(start.arguments_offset, i)).add('\0');
}
void environment(Text& text, std::uint64_t) {
    const StartInfo& start = start_info();
    for (std::uint32_t i = 0; i < start.environment_count; ++i)
        text.add(start_list_string(start.environment_offset, i)).add('\0');
}
void limits(Text& text, std::uint64_t) {
    text.add("Limit                     Soft Limit           Hard Limit           Units     \n");
    text.add("Max stack size            8388608              unlimited            bytes     \n");
    text.add("Max open files            1024                 1024                 files     \n");
}
void program_link(Text& text, std::uint64_t) {
    text.add(program_path());
}
void root_link(Text& text, std::uint64_t) {
    text.add('/');
}
void self_link(Text& text, std::uint64_t) {
    text.signed_decimal(process_id);
}
void working_link(Text& text, std::uint64_t) {
    if (auto place = names().working_directory())
        text.add(place->path().view());
}
void version(Text& text, std::uint64_t) {
    text.add("Linux version 6.1.0-exokernel (libos-hpc)\n");
}
void file_systems(Text& text, std::uint64_t) {
    text.add("nodev\tproc\nnodev\tsysfs\nnodev\ttmpfs\nnodev\tramfs\nnodev\t9p\n");
}
void mounts(Text& text, std::uint64_t) {
    text.add("archive / ramfs ro 0 0\nproc /proc proc ro 0 0\nsysfs /sys sysfs ro 0 0\ntmpfs /tmp tmpfs rw 0 0\n");
}
void number(Text& text, std::uint64_t value) {
    text.decimal(value).add('\n');
}
void kernel_release(Text& text, std::uint64_t) {
    text.add("6.1.0-exokernel\n");
}
void kernel_type(Text& text, std::uint64_t) {
    text.add("Linux\n");
}
void host_name(Text& text, std::uint64_t) {
    text.add("exokernel\n");
}

using Directory = Ref<TreeDirectory>;

struct File {
    const char* name;
    TextMaker maker;
    std::uint64_t argument = 0;
};

bool add_files(TreeDirectory& to, std::span<const File> files) {
    bool complete = true;
    for (const File& file : files)
        complete = complete && to.add(file.name, text_file(kind, file.maker, file.argument));
    return complete;
}

constexpr File process_files[] = {{"maps", maps},           {"status", status},        {"stat", process_stat},
                                  {"statm", statm},         {"cmdline", command_line}, {"comm", command_name},
                                  {"environ", environment}, {"limits", limits},        {"mounts", mounts}};
constexpr File machine_files[] = {{"cpuinfo", cpuinfo},         {"meminfo", meminfo}, {"stat", machine_stat},
                                  {"uptime", uptime},           {"loadavg", load},    {"version", version},
                                  {"filesystems", file_systems}};
constexpr File memory_files[] = {
    {"overcommit_memory", number, 0}, {"max_map_count", number, regions_max}, {"nr_hugepages", number, 0}};
constexpr File kernel_files[] = {{"osrelease", kernel_release}, {"ostype", kernel_type},
                                 {"hostname", host_name},       {"ngroups_max", number, 65536},
                                 {"pid_max", number, 4194304},  {"threads-max", number, threads_max}};

} // namespace

Ref<Node> make_proc_tree(std::uint64_t) {
    auto root = make<TreeDirectory>(kind), process = make<TreeDirectory>(kind), sys = make<TreeDirectory>(kind),
         memory = make<TreeDirectory>(kind), kernel = make<TreeDirectory>(kind);
    if (!root || !process || !sys || !memory || !kernel)
        return Ref<Node>();
    Text own_number;
    own_number.signed_decimal(process_id);
    bool complete =
        add_files(*root, machine_files) && add_files(*process, process_files) && add_files(*memory, memory_files) &&
        add_files(*kernel, kernel_files) && process->add("exe", text_link(kind, program_link)) &&
        process->add("cwd", text_link(kind, working_link)) && process->add("root", text_link(kind, root_link)) &&
        process->add("fd", make<DescriptorLinks>(kind)) && sys->add("vm", Ref<Node>(memory)) &&
        sys->add("kernel", Ref<Node>(kernel)) && root->add("sys", Ref<Node>(sys)) &&
        root->add(own_number.view(), Ref<Node>(process)) && root->add("self", text_link(kind, self_link)) &&
        root->add("thread-self", text_link(kind, self_link));
    return complete ? Ref<Node>(root) : Ref<Node>();
}

} // namespace exo::hpc
