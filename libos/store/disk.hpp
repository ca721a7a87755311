// What a store lies on: one block::Device, or a set of them that looks like one. Transfers are split into commands that
// devices take, and completions counted back to whoever waits, so that a read can be waited for while a batch is being
// written. Of a set: members.hpp finds out which disk is which, stripes.hpp says what lies where; a member that does
// not take what is written is left out from then on, and what it holds is computed from the others.
#pragma once

#include "libos/block/device.hpp"
#include "libos/store/problem.hpp"
#include "libos/store/stripes.hpp"

#include <span>

namespace exo::store {

// One transfer under way, or several that are waited for together. Stays where it is until it is done.
struct Transfer {
    std::uint32_t commands_left = 0;
    bool failed = false;
    std::uint32_t failed_members = 0; // bits

    bool done() const { return commands_left == 0; }
};

class Disk {
public:
    explicit Disk(block::Device& device) : count_(1), devices_{&device}, present_(1) {}
    // At most members_max devices, in any order.
    explicit Disk(std::span<block::Device* const> devices);
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;
    ~Disk();

    // What device number `device`, as they were given, says of the set that it is a member of. False: it says nothing,
    // or nothing that can be used; `problem` is Newer when a later version wrote it. Not once the set is assembled.
    bool read_label(unsigned device, MemberLabel& label, Problem& problem);
    // Finds out whether the devices are a set, and puts them in order. `spares`: those that are not of the set, or were
    // left out of it, are kept to be rebuilt on. Errors: NotASet, NotOfSet, Doubled, Diverged, Incomplete, Shrunk,
    // Newer, Unsuitable, NoMemory.
    Status assemble(bool spares);
    // Makes a set of the devices, in their order; everything on them is lost. Errors: BadCode, as assemble.
    Status make_set(const std::uint8_t (&uuid)[16], unsigned data, unsigned parity);
    bool is_set() const { return stripes_ != nullptr; }
    const MemberLabel& label() const { return label_; } // of a set; index: of no member
    std::uint32_t present() const { return present_; }
    std::uint32_t missing() const { return ((1u << member_count()) - 1) & ~present_; }
    unsigned member_count() const { return stripes_ ? stripes_->units() : 1; }
    std::uint32_t spares() const { return spares_; } // bits: members that are missing and can be rebuilt

    // What the devices, or what stands for them, are.
    std::uint32_t block_bytes() const { return stripes_ ? page_bytes : devices_[0]->block_bytes(); }
    std::uint32_t data_disks() const { return stripes_ ? label_.data_disks : 0; } // 0: no set
    bool offers(std::uint32_t what) const;
    bool is_suitable() const; // blocks and transfers of all
    bool is_gone() const;     // no command to any disk will do anything

    // Memory that all devices reach; see block::Device.
    block::Piece allocate(std::uint32_t bytes);
    void release(const block::Piece& memory);

    // Starts carrying pieces, whole blocks together, from or to octet `at` on; the pieces stay until the transfer is
    // done, and each is at most transfer_bytes_max. Waits only for room in the device's queue. Flags:
    // block::command_flag. Of a set: what is written begins with a row and fills its last row with zeroes, and one
    // write is under way at a time.
    void start(block::Operation operation, std::uint8_t flags, std::uint64_t at, std::span<const block::Piece> pieces,
               Transfer& transfer);
    void start_flush(Transfer& transfer);
    // How many commands `start` would make of a write, to the disk that gets most.
    std::uint32_t commands_of(std::span<const block::Piece> pieces) const;

    // Looks at the devices once.
    void poll();
    // Sleeps until a device that has something under way may have a completion (block::Device::sleep).
    void sleep(std::uint64_t deadline_tsc);
    // Until the transfer is done. Errors: DeviceFailed.
    Status finish(Transfer& transfer);
    // The same of a write or flush; members that failed are left out of their set, if there remain enough.
    Status finish_write(Transfer& transfer);

    // Each of these starts and finishes. `bad`: members that are not to be believed.
    Status read(std::uint64_t at, const block::Piece& piece, std::uint32_t bad = 0);
    Status write(std::uint64_t at, const block::Piece& piece);
    // What was written is on the medium.
    Status flush();

    // One page that has that checksum, in whatever way it can be had; true: by redundancy. Errors: Damaged,
    // DeviceFailed.
    Result<bool> read_page(std::uint64_t sector, const block::Piece& piece, std::uint64_t salt, std::uint64_t checksum);
    // Of a set: the page alone, to where it belongs, its row's parity left as it is. Errors: DeviceFailed.
    Status write_page(std::uint64_t sector, const block::Piece& piece);
    // Whether the units of a row that are there agree; when there are none to spare they do. `mend`: parity that does
    // not is written anew. Errors: DeviceFailed.
    Result<bool> row_agrees(std::uint64_t sector, bool mend);
    // Computes what spares should hold of `bytes` octets, whole rows, from `at` on, and writes it. Errors:
    // DeviceFailed.
    Status rebuild(std::uint64_t at, std::uint64_t bytes);

    // The same place on one member, or on each that is present; of one disk, member 0.
    Status read_member(unsigned member, std::uint64_t at, const block::Piece& piece);
    Status write_members(std::uint64_t at, const block::Piece& piece);
    // From now on what is missing is known to be missing, durably. Errors: DeviceFailed.
    Status leave_out_missing();
    // Spares that were rebuilt are members from now on, durably. Errors: DeviceFailed.
    Status join_spares();

    block::Device& device(unsigned member) const { return *devices_[member]; }
    bool is_here(unsigned member) const { return devices_[member] != nullptr; }

private:
    friend class RowReader;
    bool uses(unsigned member) const { return (present_ >> member & 1) != 0; }
    void start_run(unsigned member, block::Operation operation, std::uint8_t flags, std::uint64_t at,
                   std::span<const block::Piece> pieces, Transfer& transfer);
    std::uint32_t make_rows(const RowPlace& place, std::span<const block::Piece> pieces);
    void start_rows(std::uint8_t flags, std::uint64_t at, std::span<const block::Piece> pieces, Transfer& transfer);
    void start_pages(std::uint64_t at, std::span<const block::Piece> pieces, std::uint32_t bad, Transfer& transfer);
    void give(unsigned member, const block::Command& command, Transfer& transfer);
    void wait();
    Status recover(std::uint64_t sector, unsigned unit, std::uint32_t bad, const block::Piece& into);
    Status write_labels();
    Status leave_out(std::uint32_t members);
    Status open_stripes(unsigned data, unsigned parity);

    unsigned count_ = 0;                       // of devices_ that may be there
    block::Device* devices_[members_max] = {}; // of a set: by member
    std::uint32_t under_way_[members_max] = {};
    std::uint32_t present_ = 0, spares_ = 0;
    std::uint32_t idle_polls_ = 0;
    block::Device* memory_owner_ = nullptr; // of memory, when it is not devices_[0]
    Stripes* stripes_ = nullptr;            // of a set
    MemberLabel label_{};
};

} // namespace exo::store
