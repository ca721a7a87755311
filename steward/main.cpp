// The first environment's life: read the manifest, divide the machine, start the programs, wait for them,
// say how they ended, turn the machine off. Parts: README.md.
#include "libos/start/start_info.hpp"
#include "secure-bindings/abi/boot.hpp"
#include "secure-bindings/abi/info.hpp"
#include "secure-bindings/abi/syscall.hpp"
#include "steward/disk_keeper.hpp"
#include "steward/log.hpp"
#include "steward/plan.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace exo::steward {

extern "C" {
alignas(page_bytes) std::byte steward_upcall_page[page_bytes];
alignas(page_bytes) std::byte steward_start_block[page_bytes];
}

namespace {

constexpr std::uint64_t archive_window = 0x4'0000'0000ull;
constexpr std::uint64_t status_cannot_start = 126;

Manifest manifest;
ProgramPlan plans[programs_max];
FrameRun memory[steward_frame_runs_max];
NicPlan nic_plans[max_nics];
SharedNic nics[max_nics];
DiskPlan disk_plans[shared_disks_max];
SharedDisk disks[shared_disks_max];
PrimaryPlan primary_plans[primaries_max];
PrimaryDisk primaries[primaries_max];

[[noreturn]] void power_off(const StewardStart& start, std::uint64_t status) {
    {
        Line line("exo: ");
        line << "exit status " << status;
    }
    for (;;)
        (void)sys::shutdown(start.machine, status ? 1 : 0);
}

// As a shell shows the end by a signal: 128 + its number (SIGFPE 8, SIGILL 4, SIGTRAP 5, SIGBUS 7, SIGSEGV 11).
std::uint64_t status_of_fault(std::uint64_t vector) {
    switch (vector) {
    case 0:
    case 16:
    case 19:
        return 128 + 8;
    case 6:
        return 128 + 4;
    case 1:
    case 3:
        return 128 + 5;
    case 17:
        return 128 + 7;
    default:
        return 128 + 11;
    }
}

// What the program itself has to say about its end, a line of ours for each of its own. It wrote that, so nothing in it
// is believed; frames that it made something else of cannot be looked at.
void repeat_last_words(const Started& program, std::string_view path) {
    static_assert(sizeof(StartInfo) <= page_bytes);
    const std::byte* window = open_window(program.memory, program.start_frame, 1);
    if (!window)
        return;
    const auto* words = reinterpret_cast<const volatile char*>(window + offsetof(StartInfo, last_words)); // Safe: text.
    char text[last_words_bytes_max];
    std::size_t length = 0;
    while (length < sizeof text && (text[length] = words[length]) != 0)
        length++;
    close_window(1);
    for (std::string_view rest(text, length); !rest.empty();) {
        std::string_view words_of_line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(words_of_line.size() + 1, rest.size()));
        Line line;
        line << path << ": ";
        for (char c : words_of_line)
            line << (c >= ' ' && c <= '~' ? std::string_view(&c, 1) : "?");
    }
}

// What the info pages show of an environment that has ended.
std::uint64_t report(const EnvironmentInfo& info, std::string_view path) {
    if (info.state == EnvironmentState::Stopped)
        return info.status & 0xff;
    Line line;
    line << path << " broke its contract with the kernel: vector " << info.fault_vector << " at ";
    line.hex(info.fault_rip) << ", address ";
    line.hex(info.fault_address) << ", error code ";
    line.hex(info.fault_error_code);
    return status_of_fault(info.fault_vector);
}

const EnvironmentInfo& info_of(std::uint64_t number) {
    // Safe: mapped read only in every environment; written by the kernel only.
    return reinterpret_cast<const EnvironmentInfo*>(info_environments)[number];
}

bool ended(std::uint64_t number) {
    const volatile EnvironmentState& shown = info_of(number).state;
    EnvironmentState state = shown;
    return state == EnvironmentState::Stopped || state == EnvironmentState::Faulted;
}

// Maps the archive for reading and finds a file in it.
std::span<const std::byte> map_archive(const StewardStart& start, std::uint64_t bytes) {
    std::uint64_t end = archive_window + start.archive.count * page_bytes;
    if (!add_tables(self, memory[0].handle, archive_window, end, memory[0]) ||
        !map_pages(self, start.archive.handle, archive_window, start.archive.first, start.archive.count, right::Read))
        return {};
    // Safe: just mapped.
    return {reinterpret_cast<const std::byte*>(archive_window), bytes};
}

std::expected<void, const char*> prepare(const StewardStart& start, const MachineInfo& machine) {
    for (std::uint64_t i = 0; i < start.frame_run_count; i++)
        memory[i] = {start.frame_runs[i].handle, start.frame_runs[i].first,
                     start.frame_runs[i].first + start.frame_runs[i].count};
    // The steward works from the largest run.
    for (std::uint64_t i = 1; i < start.frame_run_count; i++)
        if (memory[i].left() > memory[0].left())
            std::swap(memory[i], memory[0]);
    if (start.frame_run_count == 0 || !start_window(memory[0]))
        return std::unexpected("there is no memory to work with");
    std::span<const std::byte> bytes = map_archive(start, machine.archive_bytes);
    auto archive = archive::Archive::open(bytes);
    if (!archive)
        return std::unexpected(archive::describe(archive.error()));
    archive::Entry entry;
    if (!archive->find("manifest", entry))
        return std::unexpected("the boot archive has no manifest");
    std::string_view text(reinterpret_cast<const char*>(entry.data.data()), entry.data.size()); // Safe: bytes as text.
    if (auto parsed = parse_manifest(text, manifest); !parsed) {
        Line line;
        line << "manifest, line " << parsed.error().line;
        return std::unexpected(parsed.error().text);
    }
    // Safe: as info_of.
    auto* devices = reinterpret_cast<const DeviceInfo*>(info_devices);
    auto planned = make_plans(manifest, {machine.core_count, {devices, machine.function_count}},
                              {memory, start.frame_run_count}, plans, {nic_plans, disk_plans, primary_plans});
    if (!planned)
        return planned;
    for (std::size_t i = 0; i < manifest.nic_count; i++) {
        auto shared = share_nic(start.functions, nic_plans[i]);
        if (!shared)
            return std::unexpected(shared.error());
        nics[i] = *shared;
    }
    for (std::size_t i = 0; i < manifest.disk_count; i++)
        if (const char* wrong = disks[i].open(start.functions, disk_plans[i], i))
            return std::unexpected(wrong);
    for (std::size_t i = 0; i < manifest.primary_count; i++)
        if (const char* wrong = primaries[i].open(start.functions, primary_plans[i], i))
            return std::unexpected(wrong);
    for (const ExtentRemoval& removal : std::span(manifest.removals).first(manifest.removal_count))
        if (const char* wrong = disks[removal.disk].remove(removal.owner))
            return std::unexpected(wrong);
    for (std::size_t i = 0; i < manifest.program_count; i++) {
        if (!archive->find(manifest.programs[i].path, entry))
            return std::unexpected("the boot archive does not have the program");
        plans[i].image = entry.data;
        plans[i].roots = &start;
        plans[i].nics = nics;
        plans[i].disks = disks;
        plans[i].archive_bytes = machine.archive_bytes;
    }
    return {};
}

// The steward had all of core 0 until now; from here on it runs on time that nobody uses, and in the slots that are
// kept for looking after shared disks.
void give_up_time(const StewardStart& start) {
    BindOp row{BindKind::Slice, 0, start.slices, 0, 0, wheel_slots - kept_slots(manifest), 0};
    (void)sys::unbind(self, &row, 1);
}

// A program from its start on.
struct Life {
    enum class State { None, Running, Ending } state = State::None;
    Started started;
    std::uint64_t ended_tsc; // Ending: since when

    // Takes it apart, as far as it goes at once. False: something of it is still held.
    bool take_apart() const {
        constexpr unsigned calls_max = 10'000;
        CallResult stopped = sys::stop(started.environment, 0);
        for (unsigned calls = 1; stopped.is(Error::Again) && calls < calls_max; calls++)
            stopped = sys::stop(started.environment, 0);
        return !stopped.is(Error::Again);
    }
};

Life lives[programs_max];

// Looks at every program. Returns the status of the first that has ended and whose status is not 0.
std::uint64_t look_at_programs(DiskKeeper& keeper, std::size_t& left) {
    std::uint64_t status = 0;
    for (std::size_t i = 0; i < manifest.program_count; i++) {
        Life& life = lives[i];
        if (life.state == Life::State::Running && ended(life.started.number)) {
            const std::uint64_t how = report(info_of(life.started.number), manifest.programs[i].path);
            status = status ? status : how;
            if (how != 0)
                repeat_last_words(life.started, manifest.programs[i].path);
            life.state = Life::State::Ending;
            life.ended_tsc = __builtin_ia32_rdtsc();
        }
        if (life.state != Life::State::Ending)
            continue;
        if (life.take_apart()) {
            life.state = Life::State::None;
            left--;
        } else if (keeper.release_held(i, life.ended_tsc)) {
            life.ended_tsc = __builtin_ia32_rdtsc();
        }
    }
    return status;
}

// When the steward has something to do though nothing happens: 0: never.
std::uint64_t next_round(const DiskKeeper& keeper) {
    constexpr std::uint64_t again_cycles = 1'000'000; // what is held is not free before a device has done something
    for (const Life& life : lives)
        if (life.state == Life::State::Ending)
            return __builtin_ia32_rdtsc() + again_cycles;
    return keeper.next_look();
}

} // namespace

extern "C" [[noreturn]] void steward_main(const StewardStart* start) {
    // Safe: as info_of.
    auto& machine = *reinterpret_cast<const MachineInfo*>(info_machine);
    auto& page = *reinterpret_cast<UpcallPage*>(steward_upcall_page);
    log_open(start->machine);
    if (auto prepared = prepare(*start, machine); !prepared) {
        {
            Line line;
            line << prepared.error();
        }
        power_off(*start, status_cannot_start);
    }
    give_up_time(*start);
    std::size_t left = 0;
    std::uint64_t status = 0;
    for (std::size_t i = 0; i < manifest.program_count; i++) {
        auto result = start_program(plans[i]);
        if (result) {
            lives[i] = {Life::State::Running, *result, 0};
            left++;
            continue;
        }
        Line line;
        line << manifest.programs[i].path << " cannot start: " << result.error();
        status = status_cannot_start;
    }
    DiskKeeper keeper(manifest, std::span(disks).first(manifest.disk_count));
    while (left) {
        (void)sys::wait(next_round(keeper), pending::news);
        __atomic_exchange_n(&page.pending, 0, __ATOMIC_ACQ_REL);
        keeper.look(__atomic_exchange_n(&page.events, 0, __ATOMIC_ACQ_REL));
        const std::uint64_t how = look_at_programs(keeper, left);
        status = status ? status : how;
    }
    power_off(*start, status);
}

} // namespace exo::steward
