// What programs say about memory they have: madvise(2), mincore(2), msync(2), mlock(2).
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/user.hpp"
#include "libos-hpc/file/mapped_files.hpp"
#include "libos-hpc/linux/memory.hpp"
#include "libos-hpc/memory/regions.hpp"
#include "libos/trace/trace.hpp"

namespace exo::hpc::call {
namespace {

using namespace linux_abi;

// A range of whole pages that are all mapped. Errors: INVAL, NOMEM.
Done check_range(std::uint64_t address, std::uint64_t& bytes) {
    if (address % page_bytes)
        return fail(Errno::INVAL);
    bytes = page_round_up(bytes);
    if (bytes && (!is_program_memory(address, bytes) || !address_space().allows(address, bytes, 0)))
        return fail(Errno::NOMEM);
    return {};
}

Answer populate(std::uint64_t address, std::uint64_t bytes) {
    if (auto done = address_space().populate(address, bytes); !done)
        return answer(memory_errno(done.error()));
    return 0;
}

// Whether a range holds a private mapping of a file, whose contents could not be had back. Shared ones show the file's
// own pages, which stay.
bool holds_private_file(std::uint64_t address, std::uint64_t bytes) {
    Region region;
    for (std::uint64_t at = address; address_space().region_after(at, &region) && region.begin < address + bytes;
         at = region.end) {
        if (region.tag >= region_tag::file_first && !region.shared)
            return true;
    }
    return false;
}

} // namespace

Answer madvise(std::uint64_t address, std::uint64_t bytes, std::uint32_t what) {
    if (auto checked = check_range(address, bytes); !checked)
        return answer(checked);
    switch (what) {
    case advice::dont_need:
        if (bytes && holds_private_file(address, bytes)) {
            trace_missing("madvise of a privately mapped file", what);
            return answer(Errno::INVAL);
        }
        if (bytes) {
            if (auto done = address_space().discard(address, bytes); !done)
                return answer(memory_errno(done.error()));
        }
        return 0;
    case advice::populate_read:
    case advice::populate_write:
        return bytes ? populate(address, bytes) : 0;
    case advice::normal:
    case advice::random:
    case advice::sequential:
    case advice::will_need:
    case advice::free: // the contents may stay, so they do
    case advice::dont_fork:
    case advice::do_fork:
    case advice::mergeable:
    case advice::unmergeable:
    case advice::huge_page: // all memory has the largest pages that fit
    case advice::no_huge_page:
    case advice::dont_dump:
    case advice::do_dump:
    case advice::cold:
    case advice::page_out:
        return 0;
    default:
        return answer(Errno::INVAL);
    }
}

Answer mincore(std::uint64_t address, std::uint64_t bytes, User<std::uint8_t> vector) {
    if (auto checked = check_range(address, bytes); !checked)
        return answer(checked);
    for (std::uint64_t i = 0; i < bytes / page_bytes; ++i) {
        std::uint8_t resident = address_space().physical(address + i * page_bytes).has_value();
        if (!vector.at(i).store(resident))
            return answer(Errno::FAULT);
    }
    return 0;
}

Answer msync(std::uint64_t address, std::uint64_t bytes, std::uint32_t flags) {
    constexpr std::uint32_t defined = sync_flag::async | sync_flag::invalidate | sync_flag::sync;
    if ((flags & ~defined) || ((flags & sync_flag::async) && (flags & sync_flag::sync)))
        return answer(Errno::INVAL);
    if (auto checked = check_range(address, bytes); !checked)
        return answer(checked);
    return answer(sync_shared_files(address, bytes, flags & sync_flag::sync));
}

// There is no swap: what is mapped stays. What is not there yet is brought in.
Answer mlock(std::uint64_t address, std::uint64_t bytes) {
    std::uint64_t begin = address & ~(page_bytes - 1);
    bytes += address - begin;
    if (auto checked = check_range(begin, bytes); !checked)
        return answer(checked);
    return bytes ? populate(begin, bytes) : 0;
}

Answer mlock2(std::uint64_t address, std::uint64_t bytes, std::uint32_t flags) {
    constexpr std::uint32_t on_fault = 1;
    if (flags & ~on_fault)
        return answer(Errno::INVAL);
    return flags ? 0 : mlock(address, bytes);
}

Answer munlock(std::uint64_t address, std::uint64_t bytes) {
    std::uint64_t begin = address & ~(page_bytes - 1);
    bytes += address - begin;
    return answer(check_range(begin, bytes));
}

Answer mlockall(std::uint32_t flags) {
    constexpr std::uint32_t current = 1, future = 2, on_fault = 4;
    if (flags == 0 || flags == on_fault || (flags & ~(current | future | on_fault)))
        return answer(Errno::INVAL);
    Region region;
    for (std::uint64_t at = 0; (flags & current) && address_space().region_after(at, &region); at = region.end) {
        if (region.backing == Backing::DemandZero && region.begin < program_memory_end) {
            if (Answer done = populate(region.begin, region.end - region.begin))
                return done;
        }
    }
    return 0;
}

Answer munlockall() {
    return 0;
}

} // namespace exo::hpc::call
