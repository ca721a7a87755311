// The peer's kernel: Debian's own linux-image-amd64, fetched and unpacked, never
// installed on the host. What a guest is started with is in guest_command.hpp.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace bench::linux_peer {

// Path of an ELF vmlinux under build/third-party/linux/, made on first use: the
// package is downloaded with apt-get, its bzImage unpacked and decompressed. Needs
// a network the first time only. The error is a sentence for the user.
std::expected<std::filesystem::path, std::string> peer_kernel(const std::filesystem::path& build_directory);

} // namespace bench::linux_peer
