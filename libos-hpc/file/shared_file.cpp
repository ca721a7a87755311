// Frames for a file's pages, and moving contents between the two. See shared_file.hpp.
#include "libos-hpc/file/shared_file.hpp"

#include "libos/memory/bytes.hpp"
#include "libos/memory/frame_allocator.hpp"

#include <algorithm>
#include <bit>

namespace exo::hpc {
namespace {

constexpr std::uint64_t chunk_bytes = 64 * 1024;

// Memory for a piece of a file, to compare it or to have it whole before it is shown.
class Chunk {
public:
    Chunk() : bytes_(static_cast<std::byte*>(heap_allocate(chunk_bytes))) {}
    ~Chunk() { heap_free(bytes_); }
    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;
    explicit operator bool() const { return bytes_ != nullptr; }
    std::byte* data() { return bytes_; }

    // The file's bytes from `offset` on, zeroes behind its end.
    Done load(Node& node, std::uint64_t offset, std::uint64_t bytes) {
        std::uint64_t have = 0;
        while (have < bytes) {
            auto got = node.read_at(offset + have, {bytes_ + have, bytes - have});
            if (!got)
                return fail(got.error());
            if (*got == 0)
                break;
            have += *got;
        }
        std::fill(bytes_ + have, bytes_ + bytes, std::byte{0});
        return {};
    }

private:
    std::byte* bytes_;
};

Done write_all(Node& node, std::uint64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        auto put = node.write_at(offset, bytes);
        if (!put)
            return fail(put.error());
        if (*put == 0)
            return fail(Errno::IO);
        offset += *put;
        bytes = bytes.subspan(*put);
    }
    return {};
}

// Pages of `memory` that differ from those of `there`, runs of them together.
Done write_differing(Node& node, std::uint64_t offset, const std::byte* memory, const std::byte* there,
                     std::uint64_t bytes) {
    auto differs = [&](std::uint64_t at) {
        const std::uint64_t length = std::min(page_bytes, bytes - at);
        return !std::equal(memory + at, memory + at + length, there + at);
    };
    for (std::uint64_t at = 0; at < bytes;) {
        std::uint64_t end = at;
        while (end < bytes && differs(end))
            end += page_bytes;
        if (end == at) {
            at += page_bytes;
            continue;
        }
        if (auto done = write_all(node, offset + at, {memory + at, std::min(end, bytes) - at}); !done)
            return done;
        at = end;
    }
    return {};
}

// As many neighbours as there are, at most `count`.
Outcome<SharedRun> new_run(std::uint64_t first, std::uint64_t count) {
    for (unsigned order = std::min<unsigned>(std::bit_width(count) - 1, order_2m);; --order) {
        if (auto frame = frames().allocate(order))
            return SharedRun{first, std::uint64_t{1} << order, *frame};
        if (order == 0)
            return fail(Errno::NOMEM);
    }
}

Done load_run(Node& node, const SharedRun& run, Chunk& chunk) {
    for (std::uint64_t at = 0; at < run.count * page_bytes; at += chunk_bytes) {
        const std::uint64_t bytes = std::min(chunk_bytes, run.count * page_bytes - at);
        if (auto done = chunk.load(node, run.first * page_bytes + at, bytes); !done)
            return done;
        std::copy(chunk.data(), chunk.data() + bytes, frame_memory(run.frame) + at);
    }
    return {};
}

} // namespace

template <typename Visit>
void SharedFile::each_piece(std::uint64_t offset, std::uint64_t bytes, Visit&& visit) const {
    for (const SharedRun& run : runs) {
        const std::uint64_t begin = std::max(offset, run.first * page_bytes);
        const std::uint64_t end = std::min(offset + bytes, run.end() * page_bytes);
        if (begin < end)
            visit(frame_memory(run.frame) + (begin - run.first * page_bytes), begin, end - begin);
    }
}

Done SharedFile::bring_in(std::uint64_t first, std::uint64_t end) {
    Chunk chunk;
    if (!chunk)
        return fail(Errno::NOMEM);
    for (std::size_t i = 0; first < end;) {
        if (i < runs.size() && runs[i].first <= first) {
            first = std::max(first, runs[i++].end());
            continue;
        }
        const std::uint64_t gap_end = i < runs.size() ? std::min(end, runs[i].first) : end;
        auto run = new_run(first, gap_end - first);
        if (!run)
            return fail(run.error());
        auto loaded = load_run(*file->node(), *run, chunk);
        if (!loaded || !runs.push(*run)) {
            frames().free(run->frame, run->count);
            return loaded ? fail(Errno::NOMEM) : loaded;
        }
        std::rotate(&runs[i], &runs[runs.size() - 1], &runs[runs.size() - 1] + 1);
    }
    return {};
}

Done SharedFile::write_back(std::uint64_t first, std::uint64_t end) {
    if (!file->writable())
        return {};
    auto found = file->node()->attributes();
    Chunk chunk;
    if (!found || !chunk)
        return fail(found ? Errno::NOMEM : found.error());
    Node& node = *file->node();
    for (const SharedRun& run : runs) {
        const std::uint64_t last = std::min(std::min(run.end(), end) * page_bytes, found->bytes);
        for (std::uint64_t at = std::max(run.first, first) * page_bytes; at < last; at += chunk_bytes) {
            const std::uint64_t bytes = std::min(chunk_bytes, last - at);
            auto done = chunk.load(node, at, bytes);
            if (done)
                done = write_differing(node, at, frame_memory(run.frame) + (at - run.first * page_bytes), chunk.data(),
                                       bytes);
            if (!done)
                return done;
        }
    }
    return {};
}

Done SharedFile::reload() {
    Chunk chunk;
    if (!chunk)
        return fail(Errno::NOMEM);
    Done result;
    for (const SharedRun& run : runs)
        if (auto done = load_run(*file->node(), run, chunk); !done)
            result = done;
    return result;
}

void SharedFile::drop_unused() {
    for (std::size_t i = runs.size(); i-- > 0;) {
        const SharedRun& run = runs[i];
        const bool used = std::any_of(ranges.begin(), ranges.end(), [&run](const SharedRange& range) {
            return range.first < run.end() && run.first < range.page_end();
        });
        if (used)
            continue;
        frames().free(run.frame, run.count);
        runs.erase(i);
    }
}

void SharedFile::copy_out(std::uint64_t offset, ReadBuffer into) const {
    each_piece(offset, into.size(), [&](const std::byte* memory, std::uint64_t at, std::uint64_t bytes) {
        std::copy(memory, memory + bytes, into.data() + (at - offset));
    });
}

void SharedFile::copy_in(std::uint64_t offset, WriteBuffer from) {
    each_piece(offset, from.size(), [&](std::byte* memory, std::uint64_t at, std::uint64_t bytes) {
        std::copy(from.data() + (at - offset), from.data() + (at - offset) + bytes, memory);
    });
}

} // namespace exo::hpc
