// Which files are mapped where, under one lock. See mapped_files.hpp; pages and their contents are shared_file.cpp's.
//
// Reads and writes of files that nobody has mapped must not pay for those that are: they look at a count. A write that
// found it zero announces itself in another, and whoever maps a file first makes himself known, then waits until such
// writes are over before he reads the file.
#include "libos-hpc/file/mapped_files.hpp"

#include "libos-hpc/file/shared_file.hpp"
#include "libos-hpc/memory/regions.hpp"
#include "libos/thread/mutex.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

[[clang::no_destroy]] constinit Mutex lock; // of all below and every SharedFile
[[clang::no_destroy]] constinit Array<SharedFile*> files;
std::atomic<std::size_t> file_count{0};         // of `files`; seq_cst against writes_under_way
std::atomic<std::uint32_t> writes_under_way{0}; // of files that are in nobody's list

constexpr std::uint64_t pages_max = ~0ull / page_bytes;

std::span<std::byte> memory(std::uint64_t address, std::uint64_t bytes) {
    return {reinterpret_cast<std::byte*>(address), bytes}; // Safe: callers made sure that it is mapped.
}

SharedFile* find(const FileIdentity& identity) {
    for (SharedFile* shared : files)
        if (shared->identity.device == identity.device && shared->identity.inode == identity.inode)
            return shared;
    return nullptr;
}

std::size_t range_count() {
    std::size_t count = 0;
    for (const SharedFile* shared : files)
        count += shared->ranges.size();
    return count;
}

Outcome<SharedFile*> find_or_add(Ref<File>& file) {
    const auto identity = file->identity();
    if (!identity)
        return fail(identity.error());
    if (SharedFile* shared = find(*identity)) {
        if (!shared->file->writable() && file->writable())
            shared->file = file;
        return shared;
    }
    auto* shared = static_cast<SharedFile*>(heap_allocate(sizeof(SharedFile)));
    if (!shared || !files.push(shared)) {
        heap_free(shared);
        return fail(Errno::NOMEM);
    }
    ::new (shared) SharedFile{.identity = *identity, .file = file, .runs = {}, .ranges = {}};
    file_count.store(files.size(), std::memory_order_seq_cst);
    while (writes_under_way.load(std::memory_order_seq_cst) != 0)
        thread_yield();
    return shared;
}

void forget_unused(SharedFile* shared) {
    shared->drop_unused();
    if (!shared->ranges.empty())
        return;
    for (std::size_t i = 0; i < files.size(); i++)
        if (files[i] == shared)
            files.erase(i);
    file_count.store(files.size(), std::memory_order_seq_cst);
    shared->~SharedFile();
    heap_free(shared);
}

// The file's runs, one region's worth of addresses. What was mapped of them when one fails is the caller's to unmap.
Done map_runs(const SharedFile& shared, const SharedRange& range, const RegionRequest& request) {
    for (const SharedRun& run : shared.runs) {
        const std::uint64_t first = std::max(run.first, range.first), end = std::min(run.end(), range.page_end());
        if (first >= end)
            continue;
        RegionRequest piece = request;
        piece.placement = Placement::Fixed;
        piece.address = range.begin + (first - range.first) * page_bytes;
        piece.bytes = (end - first) * page_bytes;
        piece.offset = first * page_bytes;
        piece.rights = request.rights ? request.rights : right::Read;
        if (auto mapped = address_space().map_frames(piece, run.frame + (first - run.first)); !mapped)
            return fail(memory_errno(mapped.error()));
    }
    if (!request.rights)
        if (auto done = address_space().protect(range.begin, range.end - range.begin, 0); !done)
            return fail(memory_errno(done.error()));
    return {};
}

Outcome<std::uint64_t> map_locked(SharedFile& shared, std::uint64_t offset, const RegionRequest& request) {
    if (range_count() >= mapped_ranges_max)
        return fail(Errno::NOMEM);
    const std::uint64_t first = offset / page_bytes, pages = request.bytes / page_bytes;
    if (auto done = shared.bring_in(first, first + pages); !done)
        return fail(done.error());
    RegionRequest place = request;
    place.rights = 0; // until the pages are there
    place.backing = Backing::Eager;
    place.page_order = order_4k;
    auto address = address_space().map(place);
    if (!address)
        return fail(address.error() == Error::Occupied ? Errno::EXIST : memory_errno(address.error()));
    const SharedRange range{*address, *address + request.bytes, first};
    Done done = map_runs(shared, range, request);
    if (done && !shared.ranges.push(range))
        done = fail(Errno::NOMEM);
    if (!done) {
        (void)address_space().unmap(range.begin, request.bytes);
        return fail(done.error());
    }
    return range.begin;
}

// Takes [begin, end) out of the file's ranges and out of the address space.
Done unmap_part(SharedFile& shared, std::uint64_t begin, std::uint64_t end) {
    Done result;
    for (std::size_t i = shared.ranges.size(); i-- > 0;) {
        const SharedRange range = shared.ranges[i];
        const std::uint64_t from = std::max(range.begin, begin), to = std::min(range.end, end);
        if (from >= to)
            continue;
        if (auto done = shared.write_back(range.page_at(from), range.page_at(to)); !done)
            result = done;
        // What is left above needs a place before anything changes.
        if (to < range.end && !shared.ranges.push({to, range.end, range.page_at(to)}))
            return fail(Errno::NOMEM);
        if (auto done = address_space().unmap(from, to - from); !done)
            return fail(memory_errno(done.error()));
        if (from > range.begin)
            shared.ranges[i].end = from;
        else
            shared.ranges.erase(i);
    }
    return result;
}

Done unmap_locked(std::uint64_t address, std::uint64_t bytes) {
    Done result;
    for (std::size_t i = files.size(); i-- > 0;) {
        if (auto done = unmap_part(*files[i], address, address + bytes); !done)
            result = done;
        forget_unused(files[i]);
    }
    return result;
}

// The range that holds all of [address, address + bytes), and its file.
struct Found {
    SharedFile* shared = nullptr;
    SharedRange range{};
};
Found range_of(std::uint64_t address, std::uint64_t bytes) {
    for (SharedFile* shared : files)
        for (const SharedRange& range : shared->ranges)
            if (address >= range.begin && address + bytes <= range.end)
                return {shared, range};
    return {};
}

Outcome<std::uint64_t> remap_locked(const Found& found, const Remapping& wanted) {
    const std::uint64_t first = found.range.page_at(wanted.address);
    const std::uint64_t old_end = wanted.address + wanted.old_bytes;
    Region region;
    if (!address_space().region_after(wanted.address, &region))
        return fail(Errno::FAULT);
    RegionRequest request;
    request.rights = region.rights;
    request.shared = true;
    request.tag = region.tag;
    if (wanted.move != AddressSpace::Move::Fixed) {
        if (wanted.new_bytes <= wanted.old_bytes) {
            if (auto done = unmap_locked(wanted.address + wanted.new_bytes, wanted.old_bytes - wanted.new_bytes); !done)
                return fail(done.error());
            return wanted.address;
        }
        request.address = old_end;
        request.bytes = wanted.new_bytes - wanted.old_bytes;
        request.placement = Placement::FixedNoReplace;
        if (map_locked(*found.shared, first * page_bytes + wanted.old_bytes, request))
            return wanted.address;
        if (wanted.move == AddressSpace::Move::Forbidden)
            return fail(Errno::NOMEM);
    }
    request.address = wanted.target;
    request.bytes = wanted.new_bytes;
    request.placement = wanted.move == AddressSpace::Move::Fixed ? Placement::Fixed : Placement::Anywhere;
    auto moved = map_locked(*found.shared, first * page_bytes, request);
    if (moved)
        (void)unmap_locked(wanted.address, wanted.old_bytes);
    return moved;
}

// Begins a change of a file's contents: the file with the lock held if it is mapped, else null with the change
// announced. `identify` says which file it is, and is asked only when some file is mapped.
template <typename Identify>
SharedFile* begin_change(Identify&& identify) {
    writes_under_way.fetch_add(1, std::memory_order_seq_cst); // before the look at file_count; see above
    if (file_count.load(std::memory_order_seq_cst) == 0)
        return nullptr;
    writes_under_way.fetch_sub(1, std::memory_order_seq_cst);
    const Outcome<FileIdentity> identity = identify();
    lock.lock();
    SharedFile* const shared = identity ? find(*identity) : nullptr;
    if (!shared) {
        writes_under_way.fetch_add(1, std::memory_order_seq_cst);
        lock.unlock();
    }
    return shared;
}

void end_change(const SharedFile* shared) {
    if (shared)
        lock.unlock();
    else
        writes_under_way.fetch_sub(1, std::memory_order_seq_cst);
}

} // namespace

Done read_into_memory(File& file, std::uint64_t offset, std::uint64_t address, std::uint64_t bytes) {
    while (bytes) {
        auto got = file.read_at(offset, memory(address, bytes));
        if (!got)
            return fail(got.error());
        if (*got == 0)
            return {};
        offset += *got, address += *got, bytes -= *got;
    }
    return {};
}

Outcome<std::uint64_t> map_shared_file(Ref<File> file, std::uint64_t offset, const RegionRequest& request) {
    MutexGuard guard(lock);
    auto shared = find_or_add(file);
    if (!shared)
        return fail(shared.error());
    if (request.placement == Placement::Fixed)
        (void)unmap_part(**shared, request.address, request.address + request.bytes);
    auto address = map_locked(**shared, offset, request);
    forget_unused(*shared);
    return address;
}

Done unmap_shared_files(std::uint64_t address, std::uint64_t bytes) {
    if (file_count.load(std::memory_order_relaxed) == 0)
        return {};
    MutexGuard guard(lock);
    return unmap_locked(address, bytes);
}

std::optional<Outcome<std::uint64_t>> remap_shared_file(const Remapping& wanted) {
    if (file_count.load(std::memory_order_relaxed) == 0)
        return std::nullopt;
    MutexGuard guard(lock);
    const Found found = range_of(wanted.address, wanted.old_bytes);
    if (!found.shared)
        return std::nullopt;
    return remap_locked(found, wanted);
}

Done sync_shared_files(std::uint64_t address, std::uint64_t bytes, bool durable) {
    if (file_count.load(std::memory_order_relaxed) == 0)
        return {};
    MutexGuard guard(lock);
    Done result;
    for (SharedFile* shared : files) {
        bool touched = false;
        for (const SharedRange& range : shared->ranges) {
            const std::uint64_t begin = std::max(range.begin, address), end = std::min(range.end, address + bytes);
            if (begin >= end)
                continue;
            touched = true;
            if (auto done = shared->write_back(range.page_at(begin), range.page_at(end)); !done)
                result = done;
        }
        if (touched && durable)
            if (auto done = shared->file->node()->sync(); !done)
                result = done;
    }
    return result;
}

Done write_back_shared(File& file) {
    if (file_count.load(std::memory_order_relaxed) == 0)
        return {};
    const auto identity = file.identity();
    MutexGuard guard(lock);
    SharedFile* shared = identity ? find(*identity) : nullptr;
    return shared ? shared->write_back(0, pages_max) : Done();
}

SharedWrite::SharedWrite(File& file) : shared_(begin_change([&file] { return file.identity(); })) {}

SharedWrite::~SharedWrite() {
    end_change(shared_);
}

void SharedWrite::wrote(std::uint64_t offset, WriteBuffer buffer) {
    if (shared_)
        shared_->copy_in(offset, buffer);
}

SharedChange::SharedChange(Node& node)
    : shared_(begin_change([&node]() -> Outcome<FileIdentity> {
          const auto found = node.attributes();
          return found ? Outcome<FileIdentity>({found->device, found->inode}) : fail(found.error());
      })) {
    if (shared_)
        (void)shared_->write_back(0, pages_max);
}

SharedChange::~SharedChange() {
    if (shared_)
        (void)shared_->reload();
    end_change(shared_);
}

void show_shared(File& file, std::uint64_t offset, ReadBuffer read) {
    if (file_count.load(std::memory_order_acquire) == 0)
        return;
    const auto identity = file.identity();
    MutexGuard guard(lock);
    if (SharedFile* shared = identity ? find(*identity) : nullptr)
        shared->copy_out(offset, read);
}

} // namespace exo::hpc
