// Compressed pages on their way to the end of the log: as many as are worth a batch of their own.
#pragma once

#include "libos/coding/deflate.hpp"
#include "libos/store/store.hpp"

namespace exo::store {

class Store::Packer {
public:
    explicit Packer(Store& store) : store_(store) {}
    Packer(const Packer&) = delete;
    Packer& operator=(const Packer&) = delete;
    ~Packer();

    // Errors: NoMemory.
    Status open();
    // Takes a page that is on disk. False: compressed it saves too little, and it is not taken. Errors: as read_page
    // and commit.
    Result<bool> add(std::uint64_t object, std::uint64_t index);
    // What was taken is durable, and the index says where it is.
    Status flush();

private:
    static constexpr std::uint32_t pages_max = 64, entries_max = 512;

    Status take_page();

    Store& store_;
    coding::Deflater deflater_;
    std::uint32_t used_ = 0; // octets of streams
    std::uint32_t page_count_ = 0, entry_count_ = 0;
    Page* pages_[pages_max];
    StreamEntry entries_[entries_max];
    std::byte stream_[stream_bytes_max]; // the last that was made
};

} // namespace exo::store
