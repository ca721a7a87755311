// Fields of 9P messages as the fake server reads and writes them. Written apart from the client's encoder and decoder,
// so that a mistake there does not cancel out here.
#pragma once

#include "tests/unit/ninep/fake_server.hpp"

#include <cstring>
#include <stdexcept>

namespace exo::test {

inline constexpr std::uint32_t type_mask = 0170000, directory_type = 0040000, regular_type = 0100000,
                               link_type = 0120000;

inline bool is_dir(const NodePointer& node) {
    return (node->mode & type_mask) == directory_type;
}

// A Linux error number on its way to the client.
struct Failure {
    int number;
};

// Takes fields off a request; a request that is too short is the client's fault and ends the test.
struct Fields {
    const std::string& text;
    std::size_t at = 7;

    std::uint64_t number(std::size_t width) {
        if (text.size() - at < width)
            throw std::logic_error("the client sent a truncated message");
        std::uint64_t value = 0;
        std::memcpy(&value, text.data() + at, width);
        at += width;
        return value;
    }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::string string() { return bytes(number(2)); }
    std::string bytes(std::size_t count) {
        if (text.size() - at < count)
            throw std::logic_error("the client sent a truncated message");
        at += count;
        return text.substr(at - count, count);
    }
};

struct Reply {
    std::string text;
    Reply& number(std::uint64_t value, std::size_t width) {
        text.append(reinterpret_cast<const char*>(&value), width);
        return *this;
    }
    Reply& qid(const Node& node) {
        const std::uint32_t type = node.mode & type_mask;
        number(type == directory_type ? 0x80 : type == link_type ? 2 : 0, 1);
        return number(0, 4).number(node.number, 8);
    }
    Reply& string(const std::string& value) {
        number(value.size(), 2);
        text += value;
        return *this;
    }
};

} // namespace exo::test
