// The break moves in bytes, the memory behind it in pages. Interface: program_break.hpp.
#include "libos-hpc/memory/program_break.hpp"

#include "libos-hpc/memory/regions.hpp"
#include "libos-hpc/start/program.hpp"
#include "libos/thread/mutex.hpp"

namespace exo::hpc {
namespace {

[[clang::no_destroy]] constinit Mutex lock;
std::uint64_t current = 0;
std::uint64_t first = 0;

} // namespace

std::uint64_t move_program_break(std::uint64_t wanted) {
    MutexGuard guard(lock);
    if (!first)
        first = current = page_round_up(program_facts().image_end);
    if (wanted < first || !is_program_memory(first, wanted - first))
        return current;
    std::uint64_t mapped = page_round_up(current), end = page_round_up(wanted);
    if (end > mapped) {
        RegionRequest request;
        request.address = mapped;
        request.bytes = end - mapped;
        request.placement = Placement::FixedNoReplace;
        request.tag = region_tag::heap;
        if (!address_space().map(request))
            return current;
    } else if (end < mapped && !address_space().unmap(end, mapped - end)) {
        return current;
    }
    return current = wanted;
}

} // namespace exo::hpc
