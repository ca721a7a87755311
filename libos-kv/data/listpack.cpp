// See listpack.hpp. Encodings, by the first octet: 0nnnnnnn a number up to 127; 10nnnnnn a string of up to 63 octets;
// 110nnnnn a number of 13 bits; 1110nnnn a string of up to 4,095; f0 one of a length of 32 bits; f1 to f4 numbers of
// 16, 24, 32 and 64 bits.
#include "libos-kv/data/listpack.hpp"

namespace exo::kv {

namespace {

constexpr std::uint16_t count_unknown = 0xffff; // of entries that the header's two octets cannot count
constexpr std::size_t encoded_head_max = 9;

std::uint64_t read_little(const char* at, std::size_t octets) {
    std::uint64_t value = 0;
    for (std::size_t index = 0; index < octets; index++)
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(at[index])) << (8 * index);
    return value;
}
void write_little(char* at, std::uint64_t value, std::size_t octets) {
    for (std::size_t index = 0; index < octets; index++)
        at[index] = static_cast<char>(value >> (8 * index));
}

std::size_t backward_bytes(std::size_t length) {
    return length <= 127 ? 1 : length < 16383 ? 2 : length < 2097151 ? 3 : length < 268435455 ? 4 : 5;
}
void write_backward(char* at, std::size_t length) {
    const std::size_t octets = backward_bytes(length);
    for (std::size_t index = octets; index-- > 0; length >>= 7)
        at[index] = static_cast<char>((length & 127) | (index ? 128 : 0));
}

// Octets of a number's encoding, the first one included; 0: not a number.
std::size_t encode_number(std::int64_t value, char* at) {
    if (value >= 0 && value <= 127) {
        at[0] = static_cast<char>(value);
        return 1;
    }
    if (value >= -4096 && value <= 4095) {
        const auto bits = static_cast<std::uint64_t>(value) & 0x1fff;
        at[0] = static_cast<char>(0xc0 | bits >> 8);
        at[1] = static_cast<char>(bits);
        return 2;
    }
    std::size_t octets = 8;
    if (value >= INT16_MIN && value <= INT16_MAX)
        octets = 2;
    else if (value >= -8388608 && value <= 8388607)
        octets = 3;
    else if (value >= INT32_MIN && value <= INT32_MAX)
        octets = 4;
    at[0] = static_cast<char>(octets == 8 ? 0xf4 : 0xef + octets);
    write_little(at + 1, static_cast<std::uint64_t>(value), octets);
    return 1 + octets;
}

std::size_t encode_length(std::size_t size, char* at) {
    if (size < 64) {
        at[0] = static_cast<char>(0x80 | size);
        return 1;
    }
    if (size < 4096) {
        at[0] = static_cast<char>(0xe0 | size >> 8);
        at[1] = static_cast<char>(size);
        return 2;
    }
    at[0] = static_cast<char>(0xf0);
    write_little(at + 1, size, 4);
    return 5;
}

// Octets of a number behind its first; 0: another kind.
std::size_t number_octets(unsigned char head) {
    return head == 0xf1 ? 2 : head == 0xf2 ? 3 : head == 0xf3 ? 4 : head == 0xf4 ? 8 : 0;
}

} // namespace

Listpack::Listpack(std::string_view sound_block) {
    block_ = static_cast<char*>(allocate(block_bytes(sound_block.size())));
    copy_bytes(block_, sound_block.data(), sound_block.size());
}

void Listpack::reset() {
    if (block_)
        release(block_, held_bytes());
    block_ = nullptr;
}

void Listpack::resize(std::size_t bytes) {
    const std::size_t old = this->bytes(), held = held_bytes(), wanted = block_bytes(bytes);
    if (held != wanted) {
        auto* block = static_cast<char*>(allocate(wanted));
        copy_bytes(block, data(), old < bytes ? old : bytes);
        if (block_)
            release(block_, held);
        block_ = block;
    }
    write_little(block_, bytes, 4);
}

std::size_t Listpack::content_bytes(std::size_t at) const {
    const char* entry = data() + at;
    const auto head = static_cast<unsigned char>(*entry);
    if (head < 0x80)
        return 1;
    if (head < 0xc0)
        return 1u + (head & 63);
    if (head < 0xe0)
        return 2;
    if (head < 0xf0)
        return 2 + ((head & 15u) << 8 | static_cast<unsigned char>(entry[1]));
    return head == 0xf0 ? 5 + read_little(entry + 1, 4) : 1 + number_octets(head);
}

std::size_t Listpack::entry_bytes(std::size_t at) const {
    const std::size_t content = content_bytes(at);
    return content + backward_bytes(content);
}

std::size_t Listpack::count() const {
    const std::uint64_t noted = read_little(data() + 4, 2);
    if (noted != count_unknown)
        return noted;
    std::size_t entries = 0;
    for (std::size_t at = first(); at != end; at = next(at))
        entries++;
    return entries;
}

void Listpack::note(std::int64_t entries) {
    const auto noted = static_cast<std::int64_t>(read_little(data() + 4, 2));
    if (noted == count_unknown)
        return;
    const std::int64_t now = noted + entries;
    write_little(block_ + 4, now >= count_unknown ? count_unknown : static_cast<std::uint64_t>(now), 2);
}

std::size_t Listpack::last() const {
    return bytes() == header_bytes + 1 ? end : previous(bytes() - 1);
}

std::size_t Listpack::previous(std::size_t at) const {
    if (at == header_bytes)
        return end;
    std::size_t length = 0;
    std::size_t back = at;
    for (unsigned shift = 0;; shift += 7) {
        const auto octet = static_cast<unsigned char>(data()[--back]);
        length |= static_cast<std::size_t>(octet & 127) << shift;
        if (!(octet & 128))
            break;
    }
    return back - length;
}

std::size_t Listpack::seek(std::int64_t index) const {
    if (index < 0) {
        std::size_t at = last();
        for (; at != end && index < -1; index++)
            at = previous(at);
        return at;
    }
    std::size_t at = first();
    for (; at != end && index > 0; index--)
        at = next(at);
    return at;
}

PackedValue Listpack::get(std::size_t at) const {
    const char* entry = data() + at;
    const auto head = static_cast<unsigned char>(*entry);
    PackedValue value;
    const std::size_t content = content_bytes(at);
    if (head < 0x80) {
        value.is_number = true;
        value.number = head;
    } else if (head < 0xc0) {
        value.octets = {entry + 1, content - 1};
    } else if (head < 0xe0) {
        value.is_number = true;
        const std::int64_t bits = (head & 31) << 8 | static_cast<unsigned char>(entry[1]);
        value.number = bits >= 4096 ? bits - 8192 : bits;
    } else if (head < 0xf0) {
        value.octets = {entry + 2, content - 2};
    } else if (head == 0xf0) {
        value.octets = {entry + 5, content - 5};
    } else {
        value.is_number = true;
        const std::size_t octets = number_octets(head);
        const std::uint64_t bits = read_little(entry + 1, octets) << (64 - 8 * octets);
        value.number = static_cast<std::int64_t>(bits) >> (64 - 8 * octets);
    }
    return value;
}

std::size_t Listpack::find(std::size_t at, std::string_view octets, std::size_t stride) const {
    const auto number = parse_integer(octets);
    while (at != end) {
        const PackedValue value = get(at);
        if (value.is_number ? number && *number == value.number : same_octets(value.octets, octets))
            return at;
        for (std::size_t step = 0; step < stride && at != end; step++)
            at = next(at);
    }
    return end;
}

std::size_t Listpack::insert(std::size_t at, std::string_view octets) {
    char head[encoded_head_max];
    const auto number = parse_integer(octets);
    const std::size_t head_bytes = number ? encode_number(*number, head) : encode_length(octets.size(), head);
    const std::size_t content = head_bytes + (number ? 0 : octets.size());
    const std::size_t bytes = content + backward_bytes(content);
    const std::size_t before = this->bytes();
    resize(before + bytes);
    char* entry = block_ + at;
    move_bytes(entry + bytes, entry, before - at);
    copy_bytes(entry, head, head_bytes);
    if (!number)
        copy_bytes(entry + head_bytes, octets.data(), octets.size());
    write_backward(entry + content, content);
    note(1);
    return at;
}

std::size_t Listpack::erase(std::size_t at, std::size_t entries) {
    std::size_t stop = at;
    std::int64_t erased = 0;
    for (; entries && static_cast<unsigned char>(data()[stop]) != 0xff; entries--, erased++)
        stop += entry_bytes(stop);
    if (erased == 0)
        return next_or_end(at);
    const std::size_t before = bytes();
    move_bytes(block_ + at, block_ + stop, before - stop);
    resize(before - (stop - at));
    note(-erased);
    return next_or_end(at);
}

std::size_t Listpack::replace(std::size_t at, std::string_view octets) {
    erase(at);
    return insert(at, octets);
}

bool Listpack::is_sound(std::string_view block) {
    if (block.size() < header_bytes + 1 || read_little(block.data(), 4) != block.size() ||
        static_cast<unsigned char>(block.back()) != 0xff)
        return false;
    const Listpack pack(block);
    std::size_t at = header_bytes, entries = 0;
    while (at < block.size() - 1) {
        const auto head = static_cast<unsigned char>(block[at]);
        if (head > 0xf4 || at + encoded_head_max + 1 > block.size() + encoded_head_max)
            return false;
        const std::size_t needed = head == 0xf0 ? 5 : head >= 0xc0 ? 2 : 1;
        if (at + needed >= block.size())
            return false;
        const std::size_t content = pack.content_bytes(at);
        const std::size_t bytes = content + backward_bytes(content);
        if (bytes >= block.size() - at)
            return false;
        char backward[5];
        write_backward(backward, content);
        if (compare_bytes(backward, block.data() + at + content, bytes - content) != 0)
            return false;
        at += bytes;
        entries++;
    }
    const std::uint64_t noted = read_little(block.data() + 4, 2);
    return at == block.size() - 1 && (noted == count_unknown || noted == entries);
}

} // namespace exo::kv
