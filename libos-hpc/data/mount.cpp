// Interface: mount.hpp.
#include "libos-hpc/data/mount.hpp"

#include "libos-hpc/data/data_node.hpp"
#include "libos-hpc/data/members.hpp"
#include "libos-hpc/object/text.hpp"
#include "libos-hpc/random/random.hpp"
#include "libos-hpc/start/program.hpp"
#include "libos/memory/frame_allocator.hpp"
#include "libos/store/blank.hpp"
#include "libos/time/clock.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

constexpr std::uint64_t device_first = 48; // st_dev of the first
constexpr int status_refused = 1;
constexpr std::uint64_t cache_bytes_min = 8u << 20, cache_bytes_max = 256u << 20;
constexpr std::uint64_t cache_bytes_shared = 8u << 20; // half of what a shared disk reaches of its user's memory

[[clang::no_destroy]] constinit Mutex lock; // of mounting, and of the list
Volume* volumes[data_volumes_max];          // by disk: those of a set have the same

[[noreturn]] void refuse(std::uint64_t index, const char* why, std::string_view more = "") {
    Text text("exo: disk ");
    text.decimal(index).add(" cannot be mounted: ").add(why).add(more).add('\n');
    write_error(text.view());
    end_program(status_refused);
}

store::Status make_file_system(block::Device& device) {
    store::CreateSpec spec;
    fill_random(std::as_writable_bytes(std::span(spec.uuid)));
    fill_random(std::as_writable_bytes(std::span(&spec.salt, 1)));
    spec.now_ns = realtime_ns();
    return files::Files::create(device, spec,
                                {[](void*) { return static_cast<std::int64_t>(realtime_ns()); }, nullptr});
}

const char* advice_for(store::Problem problem) {
    return problem == store::Problem::LogDamaged  ? "; exo disk fsck --repair goes back to what is before the damage"
           : problem == store::Problem::NotAStore ? "; exo disk create --force makes one, and overwrites what it holds"
                                                  : "";
}

// A volume, or why there is none.
struct Opened {
    Volume* volume = nullptr;
    store::Problem problem = store::Problem::None;
};

Opened open_volume(const Members& members) {
    auto* const volume = heap_new<Volume>(members.all(), device_first + members.disks[0]);
    if (!volume)
        return {.problem = store::Problem::NoMemory};
    const std::uint64_t memory = frames().statistics().total * page_bytes;
    const store::Status opened =
        volume->open({.access = members.read_only ? store::Access::ReadOnly : store::Access::ReadWrite,
                      .cache_bytes = members.shared ? cache_bytes_shared
                                                    : std::clamp(memory / 16, cache_bytes_min, cache_bytes_max)});
    if (opened)
        return {.volume = volume};
    heap_delete(volume);
    return {.problem = opened.error()};
}

// An empty file system on a disk that holds nothing yet. What was found there before remains the problem otherwise.
Opened open_blank(const Members& members, std::uint64_t index) {
    const store::Result<bool> blank = store::is_blank(*members.devices[0]);
    if (!blank || !*blank)
        return {.problem = store::Problem::NotAStore};
    if (some_set_lacks_a_disk())
        refuse(index, "it is empty, and a set among the other disks lacks one; exo disk fsck --repair fills it");
    if (const store::Status made = make_file_system(*members.devices[0]); !made)
        return {.problem = made.error()};
    return open_volume(members);
}

[[noreturn]] void refuse_incomplete(const Members& members, std::uint64_t index) {
    Text more(" (");
    more.decimal(members.count).add(" of ").decimal(members.wanted).add(" are here)");
    refuse(index, store::problem_text(store::Problem::Incomplete), more.view());
}

// What a set goes on without.
void say_what_is_missing(Volume& volume, std::uint64_t index) {
    VolumeUse use(volume);
    const store::Disk& disk = use->store().disk();
    for (unsigned member = 0; member < disk.member_count(); ++member) {
        if (!(disk.missing() >> member & 1))
            continue;
        Text text("exo: of the set that disk ");
        text.decimal(index).add(" is of, disk ").decimal(member + 1).add(" of ").decimal(disk.member_count());
        text.add(disk.is_here(member) ? " is out of date" : " is missing");
        text.add("; what it held is computed from the others\n");
        write_error(text.view());
    }
}

void mount(const Members& members, std::uint64_t index) {
    Opened opened = open_volume(members);
    if (opened.problem == store::Problem::NotAStore && !members.is_set() && !members.read_only)
        opened = open_blank(members, index);
    if (opened.problem == store::Problem::Incomplete)
        refuse_incomplete(members, index);
    if (!opened.volume)
        refuse(index, store::problem_text(opened.problem), advice_for(opened.problem));
    say_what_is_missing(*opened.volume, index);
    for (std::size_t i = 0; i < members.count; ++i)
        volumes[members.disks[i]] = opened.volume;
}

// Calls `visit` for each volume, once.
template <typename Visit>
void each_volume(Visit&& visit) {
    for (std::size_t i = 0; i < data_volumes_max; ++i) {
        if (volumes[i] && volumes[i]->number() == device_first + i)
            visit(*volumes[i]);
    }
}

} // namespace

std::size_t data_count() {
    return std::min(disk_count(), data_volumes_max);
}

Ref<Node> open_data(std::uint64_t index) {
    MutexGuard guard(lock);
    if (!volumes[index]) {
        const Members members = members_with(index);
        if (members.taken)
            return Ref<Node>();
        if (members.count == 0)
            refuse(index, members.problem);
        mount(members, index);
    }
    return root_of(*volumes[index]);
}

Done sync_data() {
    Done result;
    each_volume([&](Volume& volume) {
        if (const Done done = volume.sync_all(); !done)
            result = done;
    });
    return result;
}

void close_data() {
    each_volume([](Volume& volume) {
        if (!volume.in_use_by_this_thread())
            volume.close();
    });
}

} // namespace exo::hpc
