// The memory of lwIP's objects, in place of its own memp.c and mem.c: a pool of each kind. A pool takes memory from the
// kit's heap as it needs some, up to the number that lwipopts.h and pools.def say, and keeps it; a program that opens
// no connection has none.
#include "libos/net/tcp/refused.hpp"
#include "libos/net/tcp/stack.hpp"
#include "libos/net/tcp/state.hpp"

#include "libos/memory/heap.hpp"

#include <algorithm>
#include <cstdint>

#include <lwip/mem.h>
#include <lwip/memp.h>
#include <lwip/priv/tcp_priv.h>

namespace {

// Taken from the heap at once, if one block is not larger.
constexpr std::size_t slab_octets = 16 * 1024;

struct Block {
    Block* next;
};

struct Pool {
    std::uint16_t block_octets;
    std::uint16_t unmade; // blocks that may still be made
    std::uint16_t out;    // blocks that are in use
    Block* free;
};

// Behind each connection's block lies what else is known of it.
constexpr std::size_t octets_of(memp_t kind, std::size_t octets) {
    return LWIP_MEM_ALIGN_SIZE(octets) + (kind == MEMP_TCP_PCB ? sizeof(exo::net::BlockPlace) : 0);
}

// In the order of memp_t.
Pool pools[] = {
#define LWIP_MEMPOOL(name, count, octets, description) {octets_of(MEMP_##name, octets), count, 0, nullptr},
#include <lwip/priv/memp_std.h>
};
static_assert(sizeof pools / sizeof pools[0] == MEMP_MAX);

void make_blocks(Pool& pool) {
    const std::size_t count = std::min<std::size_t>(pool.unmade, std::max(slab_octets / pool.block_octets, 1ul));
    auto* const slab = count ? static_cast<std::byte*>(exo::heap_allocate(count * pool.block_octets)) : nullptr;
    if (!slab)
        return;
    pool.unmade = static_cast<std::uint16_t>(pool.unmade - count);
    for (std::size_t i = count; i--;)
        // Safe: the slab is this pool's alone, and aligned for what lwIP keeps in it.
        pool.free = new (slab + i * pool.block_octets) Block{pool.free};
}

// Before each block of mem_malloc: the pool it is of.
constexpr std::size_t owner_octets = LWIP_MEM_ALIGN_SIZE(sizeof(memp_malloc_helper));

} // namespace

bool exo::net::engine_has_memory() {
    for (const memp_t kind : {MEMP_TCP_SEG, MEMP_PBUF, MEMP_POOL_FIRST}) {
        if (!pools[kind].free && pools[kind].unmade == 0)
            return false;
    }
    return true;
}

std::size_t exo::net::TcpStack::free_segments() {
    return segments_max - pools[MEMP_TCP_SEG].out;
}
static_assert(exo::net::TcpStack::segments_max == MEMP_NUM_TCP_SEG);

extern "C" {

void* memp_malloc(memp_t kind) {
    using namespace exo::net;
    Pool& pool = pools[kind];
    if (!pool.free)
        make_blocks(pool);
    if (!pool.free && kind == MEMP_TCP_PCB)
        (void)tcp_globals().blocks.reclaim();
    Block* const block = pool.free;
    if (!block)
        return nullptr;
    pool.free = block->next;
    pool.out++;
    if (kind == MEMP_TCP_PCB) {
        auto* const pcb = reinterpret_cast<tcp_pcb*>(block); // Safe: what lwIP asked for.
        (new (&place_of(*pcb)) BlockPlace)->block = pcb;
    }
    return block;
}

void memp_free(memp_t kind, void* block) {
    if (block && kind == MEMP_TCP_PCB)
        exo::net::forget(*static_cast<tcp_pcb*>(block));
    if (!block)
        return;
    pools[kind].free = new (block) Block{pools[kind].free}; // Safe: lwIP is done with it.
    pools[kind].out--;
}

void* mem_malloc(mem_size_t octets) {
    // The pools of pools.def follow each other, from short to long.
    for (int kind = MEMP_POOL_FIRST; kind <= MEMP_POOL_LAST; kind++) {
        if (octets + owner_octets > pools[kind].block_octets)
            continue;
        if (void* const block = memp_malloc(static_cast<memp_t>(kind))) {
            static_cast<memp_malloc_helper*>(block)->poolnr = static_cast<memp_t>(kind);
            return static_cast<std::byte*>(block) + owner_octets;
        }
    }
    return nullptr;
}

void mem_free(void* memory) {
    if (!memory)
        return;
    void* const block = static_cast<std::byte*>(memory) - owner_octets;
    memp_free(static_cast<memp_malloc_helper*>(block)->poolnr, block);
}

// A block keeps its size.
void* mem_trim(void* memory, mem_size_t) {
    return memory;
}
}
