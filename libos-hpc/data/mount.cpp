// Interface: mount.hpp.
#include "libos-hpc/data/mount.hpp"

#include "libos-hpc/data/data_node.hpp"
#include "libos-hpc/data/disks.hpp"
#include "libos-hpc/object/text.hpp"
#include "libos-hpc/random/random.hpp"
#include "libos-hpc/start/program.hpp"
#include "libos/memory/frame_allocator.hpp"
#include "libos/time/clock.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

constexpr std::uint64_t device_first = 48; // st_dev of the first
constexpr int status_refused = 1;
constexpr std::uint64_t cache_bytes_min = 8u << 20, cache_bytes_max = 256u << 20;

[[clang::no_destroy]] constinit Mutex lock; // of mounting, and of the list
Volume* volumes[data_volumes_max];

[[noreturn]] void refuse(std::uint64_t index, const char* why, const char* more = "") {
    Text text("exo: disk ");
    text.decimal(index).add(" cannot be mounted: ").add(why).add(more).add('\n');
    write_error(text.view());
    end_program(status_refused);
}

// Whether there is nothing but zeroes in a disk's first and last MiB, and in pages all over it: it was just made.
store::Result<bool> is_blank(block::Device& device) {
    constexpr std::uint64_t edge_bytes = 1u << 20;
    constexpr std::uint32_t piece_bytes = 64 * 1024, samples = 256;
    store::Disk disk(device);
    const block::Piece piece = device.allocate(piece_bytes);
    if (!piece.address)
        return store::fail(store::Problem::NoMemory);
    const auto is_zero = [&](std::uint64_t at, std::uint32_t bytes) -> store::Result<bool> {
        if (const store::Status read = disk.read(at, {piece.address, piece.device_address, bytes}); !read)
            return store::fail(read.error());
        return std::all_of(piece.address, piece.address + bytes, [](std::byte octet) { return octet == std::byte{}; });
    };
    const std::uint64_t whole = device.bytes() / piece_bytes;
    const std::uint64_t edge = std::min(whole, edge_bytes / piece_bytes);
    store::Result<bool> blank = true;
    for (std::uint64_t i = 0; i < edge && blank && *blank; ++i) {
        blank = is_zero(i * piece_bytes, piece_bytes);
        if (blank && *blank)
            blank = is_zero((whole - 1 - i) * piece_bytes, piece_bytes);
    }
    for (std::uint64_t i = 0; i < samples && blank && *blank; ++i)
        blank = is_zero(whole * i / samples * piece_bytes, store::page_bytes);
    device.release(piece);
    return blank;
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

Volume* open_volume(const ClaimedDisk& disk, std::uint64_t index, store::Problem& problem) {
    auto* const volume = heap_new<Volume>(*disk.device, device_first + index);
    if (!volume) {
        problem = store::Problem::NoMemory;
        return nullptr;
    }
    const std::uint64_t memory = frames().statistics().total * page_bytes;
    const store::Status opened =
        volume->open({.access = disk.read_only ? store::Access::ReadOnly : store::Access::ReadWrite,
                      .cache_bytes = std::clamp(memory / 16, cache_bytes_min, cache_bytes_max)});
    if (opened)
        return volume;
    problem = opened.error();
    heap_delete(volume);
    return nullptr;
}

} // namespace

std::size_t data_count() {
    return std::min(disk_count(), data_volumes_max);
}

Ref<Node> open_data(std::uint64_t index) {
    MutexGuard guard(lock);
    if (!volumes[index]) {
        const ClaimedDisk disk = claim_disk(index, DiskUse::FileSystem);
        if (disk.taken)
            return Ref<Node>();
        if (!disk.device)
            refuse(index, disk.problem);
        store::Problem problem = store::Problem::None;
        volumes[index] = open_volume(disk, index, problem);
        if (problem == store::Problem::NotAStore && !disk.read_only) {
            const store::Result<bool> blank = is_blank(*disk.device);
            if (blank && *blank) {
                problem = store::Problem::None;
                if (const store::Status made = make_file_system(*disk.device); !made)
                    problem = made.error();
                else
                    volumes[index] = open_volume(disk, index, problem);
            }
        }
        if (!volumes[index])
            refuse(index, store::problem_text(problem), advice_for(problem));
    }
    return root_of(*volumes[index]);
}

Done sync_data() {
    Done result;
    for (Volume* const volume : volumes) {
        if (!volume)
            continue;
        if (const Done done = volume->sync_all(); !done)
            result = done;
    }
    return result;
}

void close_data() {
    for (Volume* const volume : volumes) {
        if (volume && !volume->in_use_by_this_thread())
            volume->close();
    }
}

} // namespace exo::hpc
