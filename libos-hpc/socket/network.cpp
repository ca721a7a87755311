// Interface: network.hpp.
#include "libos-hpc/socket/network.hpp"

#include "libos-hpc/start/program.hpp"
#include "libos/memory/heap.hpp"
#include "libos/net/configure.hpp"
#include "libos/net/open_port.hpp"
#include "libos/start/kit.hpp"

namespace exo::hpc {
namespace {

bool was_tried = false;
ProgramNetwork* opened = nullptr;

bool has_nic(const StartInfo& start) {
    for (std::uint64_t i = 0; i < start.function_count; ++i) {
        if (net::is_nic(start.functions[i]))
            return true;
    }
    return false;
}

} // namespace

ProgramNetwork* current_network() {
    return opened;
}

ProgramNetwork* open_network() {
    if (was_tried)
        return opened;
    was_tried = true;
    if (!has_nic(start_info()))
        return nullptr;
    auto* const made = heap_new<ProgramNetwork>();
    if (!made)
        return nullptr;
    // What it brought up before it failed stays where it is: NICs may write there.
    // Its end takes the network down, so it does not begin within the network's poll: an address is waited for.
    if (const int status = net::configure(start_info(), made->network, write_error, nullptr))
        end_program(status);
    if (!made->tcp.open(made->network))
        return nullptr;
    opened = made;
    return opened;
}

} // namespace exo::hpc
