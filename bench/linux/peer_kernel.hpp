// The peer's kernel: Debian's own linux-image-amd64, as it is installed or fetched for the purpose; the host's
// installation is never changed. What a guest is started with is in guest_command.hpp.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace bench::linux_peer {

// Path of an ELF vmlinux under build/third-party/linux/, made on first use from the kernel's bzImage. Where none is
// installed the package is downloaded with apt-get, which needs a network. The error is a sentence for the user.
std::expected<std::filesystem::path, std::string> peer_kernel(const std::filesystem::path& build_directory);

// The folder of that kernel's modules: the installed one, or unpacked from the package beside the vmlinux.
std::expected<std::filesystem::path, std::string> peer_module_folder(const std::filesystem::path& build_directory,
                                                                     const std::string& version);

} // namespace bench::linux_peer
