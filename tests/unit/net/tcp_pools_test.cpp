// The pools that stand in for lwIP's own: limits, one block for one owner, and the longer pool when the shorter is used
// up.
#include <doctest/doctest.h>

#include <cstring>
#include <set>
#include <vector>

#include <lwip/mem.h>
#include <lwip/memp.h>
#include <lwip/priv/tcp_priv.h>

TEST_CASE("a pool has as many objects as its list says, each for one owner at a time") {
    std::set<void*> taken;
    while (void* const listener = memp_malloc(MEMP_TCP_PCB_LISTEN)) {
        std::memset(listener, 0x5a, sizeof(tcp_pcb_listen)); // the sanitizer watches the ends
        CHECK(taken.insert(listener).second);
    }
    CHECK(taken.size() == MEMP_NUM_TCP_PCB_LISTEN);
    void* const one = *taken.begin();
    memp_free(MEMP_TCP_PCB_LISTEN, one);
    CHECK(memp_malloc(MEMP_TCP_PCB_LISTEN) == one);
    CHECK(memp_malloc(MEMP_TCP_PCB_LISTEN) == nullptr);
    for (void* const listener : taken)
        memp_free(MEMP_TCP_PCB_LISTEN, listener);
    memp_free(MEMP_TCP_PCB_LISTEN, nullptr);
}

TEST_CASE("blocks of any size come from the shortest pool that has one") {
    constexpr std::size_t short_blocks = 4096, long_blocks = 64, short_octets = 160, long_octets = 1792;
    std::vector<void*> all;
    for (void* block; (block = mem_malloc(short_octets)) != nullptr; all.push_back(block))
        std::memset(block, 0xa5, short_octets);
    CHECK(all.size() == short_blocks + long_blocks);
    CHECK(mem_malloc(1) == nullptr);
    for (void* const block : all) {
        CHECK(mem_trim(block, 1) == block);
        mem_free(block);
    }
    all.clear();
    for (void* block; (block = mem_malloc(long_octets)) != nullptr; all.push_back(block))
        std::memset(block, 0xa5, long_octets);
    CHECK(all.size() == long_blocks);
    CHECK(mem_malloc(long_octets + 1) == nullptr);
    for (void* const block : all)
        mem_free(block);
    mem_free(nullptr);
}
