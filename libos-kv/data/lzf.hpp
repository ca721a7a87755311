// Strings that Redis packed with LZF, as dumps may hold them. Nothing is packed here.
#pragma once

#include <cstddef>
#include <string_view>

namespace exo::kv {

// No octet that is packed stands for more than this many: three of them for 264 at most.
inline constexpr std::size_t lzf_gain_max = 88;

// Writes exactly `size` octets; false: `packed` is not what they were packed to, and some of them may be undefined.
bool unpack_lzf(std::string_view packed, char* out, std::size_t size);

} // namespace exo::kv
