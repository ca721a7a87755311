// The CRC-64 that ends what DUMP gives: polynomial 0xad93d23594c935a9, octets and remainder reflected, beginning with
// 0, nothing added at the end (of "123456789" it is 0xe9c6d914c4b8d9ca).
#pragma once

#include <cstdint>
#include <string_view>

namespace exo::kv {

std::uint64_t crc64(std::string_view octets);

} // namespace exo::kv
