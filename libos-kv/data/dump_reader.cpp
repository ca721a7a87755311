// See dump_reader.hpp.
#include "libos-kv/data/dump_reader.hpp"

#include "libos-kv/data/database.hpp"
#include "libos-kv/data/dump_format.hpp"
#include "libos-kv/data/lzf.hpp"

namespace exo::kv {

bool DumpReader::take(std::size_t octets, std::string_view& taken) {
    if (octets > left_.size())
        return false;
    taken = left_.substr(0, octets);
    left_.remove_prefix(octets);
    return true;
}

bool DumpReader::little(std::size_t octets, std::uint64_t& value) {
    std::string_view taken;
    if (!take(octets, taken))
        return false;
    value = 0;
    for (std::size_t index = octets; index-- > 0;)
        value = value << 8 | static_cast<unsigned char>(taken[index]);
    return true;
}

bool DumpReader::length(std::uint64_t& value, bool& is_special) {
    std::uint64_t head;
    if (!little(1, head))
        return false;
    is_special = false;
    std::size_t octets = 0; // that follow, the highest first
    switch (static_cast<DumpedLength>(head >> 6)) {
    case DumpedLength::Special:
        is_special = true;
        [[fallthrough]];
    case DumpedLength::Six:
        value = head & 63;
        return true;
    case DumpedLength::Fourteen:
        value = head & 63;
        octets = 1;
        break;
    case DumpedLength::Wide:
        if (head != wide_32 && head != wide_64)
            return false;
        value = 0;
        octets = head == wide_32 ? 4 : 8;
        break;
    }
    std::string_view taken;
    if (!take(octets, taken))
        return false;
    for (const char octet : taken)
        value = value << 8 | static_cast<unsigned char>(octet);
    return true;
}

bool DumpReader::count(std::uint64_t& value) {
    bool is_special;
    return length(value, is_special) && !is_special;
}

bool DumpReader::packed(Text& scratch) {
    std::uint64_t packed_size, size;
    std::string_view octets;
    if (!count(packed_size) || !count(size) || !take(packed_size, octets))
        return false;
    // Looked at before so much memory is taken.
    if (size > string_octets_max || size > octets.size() * lzf_gain_max)
        return false;
    if (size > room_) {
        is_too_large_ = true;
        return false;
    }
    room_ -= size;
    scratch.clear();
    return unpack_lzf(octets, scratch.grow(size), size);
}

bool DumpReader::string(Text& scratch, std::string_view& value) {
    std::uint64_t size;
    bool is_special;
    if (!length(size, is_special))
        return false;
    if (!is_special)
        return take(size, value);
    if (size == static_cast<std::uint64_t>(DumpedSpecial::Packed)) {
        if (!packed(scratch))
            return false;
    } else {
        std::uint64_t bits;
        const std::size_t octets = std::size_t{1} << size;
        if (size > static_cast<std::uint64_t>(DumpedSpecial::Number32) || !little(octets, bits))
            return false;
        const std::size_t unused_bits = 64 - 8 * octets;
        scratch.assign(IntegerText(static_cast<std::int64_t>(bits << unused_bits) >> unused_bits));
    }
    value = scratch;
    return true;
}

bool DumpReader::real(double& value) {
    std::uint64_t bits;
    if (!little(sizeof value, bits))
        return false;
    value = __builtin_bit_cast(double, bits);
    return !__builtin_isnan(value);
}

} // namespace exo::kv
