// igzip's level 1 makes Huffman codes for each run. Its states are plain memory that its init functions fill.
#include "libos/coding/deflate.hpp"

#include "libos/memory/heap.hpp"

#include <igzip_lib.h>

namespace exo::coding {

struct Deflater::State {
    isal_zstream stream;
    std::uint8_t level_memory[ISAL_DEF_LVL1_SMALL]; // for runs of up to 16 KiB
};

struct Inflater::State {
    inflate_state state;
};

namespace {

// Safe: octets are octets, and igzip changes none of what it reads.
std::uint8_t* octets(const std::byte* at) {
    return reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(at));
}

} // namespace

Deflater::~Deflater() {
    if (state_)
        heap_free(state_);
}

bool Deflater::open() {
    if (!state_)
        state_ = static_cast<State*>(heap_allocate(sizeof(State)));
    return state_ != nullptr;
}

std::size_t Deflater::pack(std::span<const std::byte> from, std::span<std::byte> to) {
    isal_zstream& stream = state_->stream;
    isal_deflate_stateless_init(&stream);
    stream.level = 1;
    stream.level_buf = state_->level_memory;
    stream.level_buf_size = sizeof state_->level_memory;
    stream.end_of_stream = 1;
    stream.next_in = octets(from.data());
    stream.avail_in = static_cast<std::uint32_t>(from.size());
    stream.next_out = octets(to.data());
    stream.avail_out = static_cast<std::uint32_t>(to.size());
    return isal_deflate_stateless(&stream) == COMP_OK ? stream.total_out : 0;
}

Inflater::~Inflater() {
    if (state_)
        heap_free(state_);
}

bool Inflater::open() {
    if (!state_)
        state_ = static_cast<State*>(heap_allocate(sizeof(State)));
    return state_ != nullptr;
}

bool Inflater::unpack(std::span<const std::byte> from, std::span<std::byte> to) {
    if (from.empty())
        return false;
    inflate_state& state = state_->state;
    isal_inflate_init(&state);
    state.next_in = octets(from.data());
    state.avail_in = static_cast<std::uint32_t>(from.size());
    state.next_out = octets(to.data());
    state.avail_out = static_cast<std::uint32_t>(to.size());
    return isal_inflate_stateless(&state) == ISAL_DECOMP_OK && state.total_out == to.size() && state.avail_in == 0;
}

} // namespace exo::coding
