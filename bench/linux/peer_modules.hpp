// Modules of the peer's kernel: the files of those that are named and of those they depend on, in the order in which a
// guest has to load them. From the installed kernel's folder, or from its package as peer_kernel.hpp fetches it.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench::linux_peer {

// The error is a sentence for the user.
std::expected<std::vector<std::filesystem::path>, std::string>
peer_modules(const std::filesystem::path& build_directory, std::span<const std::string_view> names);

// The modules that a module's own file names (its .modinfo: depends=A,B).
std::vector<std::string> module_dependencies(std::span<const std::uint8_t> module);

// The version in a kernel's banner, such as 6.1.0-26-amd64; empty when there is none.
std::string kernel_version(std::string_view vmlinux);

} // namespace bench::linux_peer
