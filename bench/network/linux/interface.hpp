// The guest's network interfaces, without any program of Linux's: rtnetlink and network namespaces.
#pragma once

#include "bench/network/datagram.hpp"

namespace bench::network {

inline constexpr const char* client_interface = "eth0";
inline constexpr const char* other_interface = "eth1";

// Every one ends the program with a sentence when Linux refuses.
[[noreturn]] void give_up(const char* what);
void check(bool done, const char* what);

int interface_index(const char* name);
Mac interface_mac(const char* name);
void bring_up(const char* name);
void add_address(const char* name, std::uint32_t address, int prefix);
// So that no ARP interferes.
void add_neighbour(const char* name, std::uint32_t address, const Mac& mac);
// Moves the interface into a new network namespace, which the calling thread is in afterwards. Sockets that are
// open stay where they were made.
void move_to_new_namespace(const char* name);
void write_setting(const char* path, const char* value);

} // namespace bench::network
