// Installed programs of the host's in the peer's guest: a server that Debian built, as it is, with what it is linked
// with.
#pragma once

#include "bench/linux/guest_command.hpp"

namespace bench::linux_peer {

// The program and its shared libraries, each at its own path. The error is a sentence for the user.
std::expected<std::vector<InitramfsFile>, std::string> host_program_files(const std::filesystem::path& program);

// The paths that the loader found, as ldd(1) prints them.
std::vector<std::filesystem::path> linked_paths(std::string_view printed);

} // namespace bench::linux_peer
