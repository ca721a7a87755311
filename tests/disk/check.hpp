// What a case of this folder needs: a disk, and a way to be listed.
#pragma once

#include "libos/block/open_disk.hpp"
#include "libos/time/clock.hpp"
#include "tests/lab/cases.hpp"

namespace disk_tests {

using exo::block::Command;
using exo::block::Completion;
using exo::block::Device;
using exo::block::Operation;
using exo::block::Piece;
using exo::block::Status;

using Case = lab::SubjectCase<Device>;

// Lists of the files of this folder.
extern const Case data_cases[4];
extern const Case refusal_cases[2];
extern const Case kernel_cases[3];
extern const Case error_cases[2]; // with errors injected beneath the disk, see run.bash
extern const Case event_cases[1];
extern const Case taken_cases[1]; // of an extent, which is closed afterwards
extern const Case slow_cases[1];  // on a disk that carries out one read a second, see run.bash
// Of extents of a disk that does not carry out writes, see run.bash.
extern const Case hung_cases[2];
extern const Case neighbour_cases[1];
extern const Case leaving_cases[1];

// Logs how many instructions a command takes.
void count_instructions(Device& disk);

// Memory that the device reaches, given back at the end of the scope.
class Buffer {
public:
    Buffer(Device& disk, std::uint32_t bytes) : disk_(disk), piece_(disk.allocate(bytes)) {
        LAB_CHECK(piece_.address != nullptr);
    }
    ~Buffer() { disk_.release(piece_); }
    Buffer(const Buffer&) = delete;
    std::byte* address() const { return piece_.address; }
    Piece piece(std::uint32_t offset, std::uint32_t bytes) const {
        return {piece_.address + offset, piece_.device_address + offset, bytes};
    }

private:
    Device& disk_;
    Piece piece_;
};

Command transfer(Operation operation, std::uint64_t first_block, std::uint32_t blocks, const Piece& piece);
// Gives one command and polls until it has ended, or for some seconds.
Status run(Device& disk, const Command& command);

// Block number `block` of a disk written in generation `generation`: says of itself where it belongs.
void fill_block(std::byte* place, std::uint32_t bytes, std::uint64_t block, std::uint64_t generation);
bool is_block(const std::byte* place, std::uint32_t bytes, std::uint64_t block, std::uint64_t generation);

} // namespace disk_tests
