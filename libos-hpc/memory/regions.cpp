// Interface: regions.hpp.
#include "libos-hpc/memory/regions.hpp"

#include "libos-hpc/start/program.hpp"
#include "libos/start/kit.hpp"

namespace exo::hpc {

std::string_view region_name(const Region& region) {
    if (region.begin >= start_info().image_begin && region.end <= page_round_up(program_facts().image_end))
        return program_path();
    switch (region.tag) {
    case region_tag::heap:
        return "[heap]";
    case region_tag::stack:
        return "[stack]";
    default:
        return {};
    }
}

Errno memory_errno(Error error) {
    switch (error) {
    case Error::Occupied:
        return Errno::EXIST;
    case Error::BadArgument:
    case Error::Misaligned:
        return Errno::INVAL;
    case Error::NoRight:
        return Errno::ACCES;
    default:
        return Errno::NOMEM;
    }
}

} // namespace exo::hpc
