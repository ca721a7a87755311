// The address space and the frame allocator on the host: a model of the kernel, and host memory where the direct map
// is. For the tests of this folder; machine_tables() is in address_space_test.cpp.
#pragma once

#include "libos/memory/address_space.hpp"
#include "libos/memory/fake_kernel.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <sys/mman.h>

namespace exo {

inline constexpr std::uint64_t frame_count = 16384; // 64 MiB
inline FakeKernel* kernel_now;

// One allocator for all tests: the frames that a test leaves behind show in the next one's count.
struct Fixture {
    Fixture() : kernel(std::make_unique<FakeKernel>()), space(std::make_unique<AddressSpace>()) {
        kernel_now = kernel.get();
        if (frames().zone_count() == 0) {
            void* memory = mmap(reinterpret_cast<void*>(direct_map_address), frame_count * page_bytes,
                                PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
            REQUIRE(memory == reinterpret_cast<void*>(direct_map_address));
            std::memset(memory, 0xee, frame_count * page_bytes);
            REQUIRE(frames().add_zone(77, 0, frame_count, 1)); // as if the starter had used a frame
        }
        REQUIRE(space->open(*kernel, false));
        free_before = frames().statistics().free;
    }
    ~Fixture() { CHECK(mask_depth_of_host == 0); }
    std::uint64_t used() const { return free_before - frames().statistics().free; }
    // The bytes that a program would see.
    std::byte* at(std::uint64_t address) const {
        const FakeKernel::Page* page = kernel->page_at(address);
        REQUIRE(page);
        return frame_memory(page->frame) + (address - kernel->base_of(address));
    }
    bool all_zero(std::uint64_t address, std::uint64_t bytes) const {
        for (std::uint64_t page = address; page < address + bytes; page += page_bytes)
            for (std::uint64_t i = 0; i < page_bytes; ++i)
                if (at(page)[i] != std::byte{0})
                    return false;
        return true;
    }
    std::unique_ptr<FakeKernel> kernel;
    std::unique_ptr<AddressSpace> space;
    std::uint64_t free_before = 0;
};

inline constexpr std::uint64_t kib = 1024, mib = 1024 * kib;

} // namespace exo
