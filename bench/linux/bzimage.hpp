// Finds the compressed ELF kernel inside a Linux bzImage.
// Reads only the setup header (Linux x86 boot protocol, 2.08 and later); it does
// not decompress: see peer_kernel.hpp for the step that does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace bench::linux_peer {

struct CompressedKernel {
    std::span<const std::uint8_t> payload;
    std::string_view decompressor; // name of the host tool that understands the payload
};

// The error is a sentence for the user.
std::expected<CompressedKernel, std::string> find_payload(std::span<const std::uint8_t> bzimage);

} // namespace bench::linux_peer
