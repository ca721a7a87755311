// A machine for tests: memory, frame map and mappings, with all that is observable about them as one
// comparable value, so that a test can say "nothing changed". Nothing here decides anything.
// Invariants are checked by books.hpp.
#pragma once

#include "secure-bindings/mapping/mapping.hpp"
#include "secure-bindings/mapping/table_book.hpp"

#include <cstdlib>
#include <cstring>
#include <map>
#include <sys/mman.h>
#include <vector>

namespace exo::test {

inline constexpr std::uint64_t small_machine_frames = 4096;                     // 16 MiB: eight large regions
inline constexpr std::uint64_t huge_machine_frames = frames_per_huge * 2 + 600; // two huge regions and a piece

// Everything the books hold.
struct Snapshot {
    std::vector<FrameEntry> frames;
    std::vector<RegionEntry> large;
    std::vector<RegionEntry> huge;
    std::map<std::uint64_t, std::vector<std::uint64_t>> contents; // of frames that are not Data

    bool operator==(const Snapshot& other) const {
        return same(frames, other.frames) && same(large, other.large) && same(huge, other.huge) &&
               contents == other.contents;
    }

private:
    template <typename T>
    static bool same(const std::vector<T>& a, const std::vector<T>& b) {
        return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
    }
};

class Machine {
public:
    explicit Machine(std::uint64_t count = small_machine_frames)
        : entries_(count), large_((count + frames_per_large - 1) / frames_per_large),
          huge_((count + frames_per_huge - 1) / frames_per_huge), bytes_(count * page_bytes) {
        void* memory =
            mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) {
            std::abort();
        }
        memory_ = static_cast<std::byte*>(memory);
        frames = FrameMap(entries_, large_, huge_, memory_);
        frames.declare_run(0, count, FrameType::Data);
    }
    ~Machine() { munmap(memory_, bytes_); }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    Snapshot snapshot() const {
        Snapshot all{entries_, large_, huge_, {}};
        for (std::uint64_t frame = 0; frame < entries_.size(); ++frame) {
            const FrameType type = entries_[frame].type;
            if (type != FrameType::Data && type != FrameType::Absent) {
                const std::uint64_t* words = frames.words(frame);
                all.contents[frame].assign(words, words + entries_per_table);
            }
        }
        return all;
    }

    // A root whose kernel half is filled with `kernel_word`, as a kernel would leave entries of its own there.
    Tree processor_tree(std::uint64_t root, std::uint16_t environment) {
        if (!mapping.make_root(FrameType::PageTable, root, environment, 4, 1)) {
            std::abort();
        }
        for (std::uint32_t i = user_entries_of_root; i < entries_per_table; ++i) {
            frames.words(root)[i] = kernel_word;
        }
        return {root, 4, FrameType::PageTable, environment};
    }
    Tree dma_tree(std::uint64_t root, std::uint16_t function, std::uint8_t levels, std::uint16_t holder) {
        if (!mapping.make_root(FrameType::DmaTable, root, function, levels, 1, holder)) {
            std::abort();
        }
        return {root, levels, FrameType::DmaTable, function};
    }
    // Tables of every level down to `lowest` for an address, from frames at *next.
    void add_tables(const Tree& tree, std::uint64_t address, std::uint8_t lowest, std::uint64_t* next,
                    std::uint16_t slot = 1, std::uint16_t holder = holder_is_tenant) {
        for (std::uint8_t level = tree.levels - 1; level >= lowest && level > 0; --level) {
            const Status status = mapping.add_table(tree, address, level, *next, slot, holder);
            if (status) {
                *next += 2;
            } else if (status.error() != Error::Occupied) {
                std::abort();
            }
        }
    }

    // Present, like nothing a user could make: if anything walked the kernel's half it would leave the machine.
    static constexpr std::uint64_t kernel_word = 0x0007'7777'7777'7003ull;

private:
    std::vector<FrameEntry> entries_;
    std::vector<RegionEntry> large_;
    std::vector<RegionEntry> huge_;
    std::size_t bytes_;
    std::byte* memory_ = nullptr;

public:
    FrameMap frames;
    Mapping mapping{frames};
};

} // namespace exo::test
