// Raw DEFLATE (RFC 1951) by ISA-L's igzip: no header, no checksum, each run of octets by itself. What it works in is
// too large for a stack and is taken from the heap, once.
#pragma once

#include <cstddef>
#include <span>

namespace exo::coding {

class Deflater {
public:
    Deflater() = default;
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;
    ~Deflater();

    // False: no memory. Twice is as good as once.
    [[nodiscard]] bool open();
    // How many octets of `to` what is in `from` takes; 0: more than there are.
    std::size_t pack(std::span<const std::byte> from, std::span<std::byte> to);

private:
    struct State;
    State* state_ = nullptr;
};

class Inflater {
public:
    Inflater() = default;
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater();

    // False: no memory. Twice is as good as once.
    [[nodiscard]] bool open();
    // Whether `from`, whoever made it, is one whole stream of exactly as many octets as `to` has, which it then holds;
    // otherwise `to` holds anything.
    bool unpack(std::span<const std::byte> from, std::span<std::byte> to);

private:
    struct State;
    State* state_ = nullptr;
};

} // namespace exo::coding
