// The two XDP programs of the bench, loaded and attached by bpf(2): one gives every frame to an AF_XDP socket, one
// sends UDP datagrams back from inside the driver.
#pragma once

namespace bench::network {

// How XDP is attached: inside the driver where it can be, else in Linux's generic layer above it.
const char* attach_redirect(int interface, int& socket_map);
const char* attach_echo(int interface);
// Puts an AF_XDP socket behind queue 0 of a redirecting program.
void set_socket(int socket_map, int socket);

} // namespace bench::network
