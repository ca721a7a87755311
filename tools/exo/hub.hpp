// A hub: a name that joins machines of one user on this host. A process of its own carries the frames (hub_switch.hpp);
// whoever needs it first starts it, and it ends by itself some seconds after the last machine has left.
#pragma once

#include "tools/exo/options.hpp"

#include <string>
#include <vector>

namespace exo::tool {

inline constexpr unsigned hub_machines_max = 99;

// Where the switch of a hub listens; the folder is the user's own.
std::string hub_socket_path(std::string_view name);

// Starts the hub's switch unless it runs; the path of its socket.
Outcome<std::string> open_hub(std::string_view name);

// The numbers of this machine on its hubs, held until the end. No two machines of a hub have the same.
class HubMembership {
public:
    // Fills in hub_socket and machine_number of every interface on a hub with other machines.
    static Outcome<HubMembership> join(RunOptions& options);
    ~HubMembership();
    HubMembership(HubMembership&& other) noexcept : locks_(std::move(other.locks_)) { other.locks_.clear(); }
    HubMembership& operator=(HubMembership&&) = delete;

private:
    HubMembership() = default;
    std::vector<int> locks_; // open files, each locked
};

// As `join` would with an empty hub, for a machine that is only shown.
void name_hubs(RunOptions& options);

// `exo hub NAME`: opens it and prints the socket's path, for machines that are not started by `exo run`.
int run_hub(std::span<const std::string> words);

} // namespace exo::tool
