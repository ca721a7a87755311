// Which of the disks that were given is which member of a set, from their labels: the one of the latest epoch says
// which members have everything, and a member counts that is named there and has itself been there since it joined
// last. Labels change one after the other, so after a crash some may be of the epoch before; they name the same set.
#include "libos/memory/bytes.hpp"
#include "libos/memory/heap.hpp"
#include "libos/store/checksum.hpp"
#include "libos/store/disk.hpp"

namespace exo::store {

namespace {

std::uint32_t checksum_of(MemberLabel label) {
    label.crc32c = 0;
    return crc32c(0, &label, sizeof label);
}

std::uint64_t second_label_byte(const block::Device& device) {
    return device.bytes() / page_bytes * page_bytes - page_bytes;
}

bool makes_sense(const MemberLabel& label) {
    constexpr std::uint32_t epochs_max = 1u << 31; // what is beyond would be counted on to 0
    const unsigned members = label.data_disks + label.parity_disks;
    return coding::ErasureCode::is_possible(label.data_disks, label.parity_disks) && label.index < members &&
           label.present >> members == 0 && label.member_bytes % page_bytes == 0 && label.epoch < epochs_max &&
           Geometry::of_set(label.member_bytes, label.data_disks).segment_count >= segments_min;
}

bool of_one_set(const MemberLabel& label, const MemberLabel& other) {
    return compare_bytes(label.uuid, other.uuid, sizeof label.uuid) == 0 && label.data_disks == other.data_disks &&
           label.parity_disks == other.parity_disks && label.member_bytes == other.member_bytes;
}

} // namespace

// Whichever copy is whole, the later one if both are. False: the disk has none, or none that can be used (`problem`).
bool Disk::read_label(unsigned device, MemberLabel& label, Problem& problem) {
    bool found = false;
    const block::Device& from = *devices_[device];
    if (from.bytes() < 4 * page_bytes)
        return false;
    const block::Piece memory = allocate(page_bytes);
    for (unsigned copy = 0; memory.address && copy < 2; copy++) {
        MemberLabel read;
        if (!read_member(device, copy == 0 ? label_byte : second_label_byte(from), memory))
            continue;
        copy_bytes(&read, memory.address, sizeof read);
        if (compare_bytes(read.magic, label_magic, sizeof label_magic) != 0)
            continue;
        if (read.version > format_version_plain)
            problem = Problem::Newer;
        else if (read.crc32c == checksum_of(read) && makes_sense(read) && (!found || read.epoch > label.epoch)) {
            label = read;
            found = true;
        }
    }
    if (memory.address)
        release(memory);
    return found;
}

Status Disk::open_stripes(unsigned data, unsigned parity) {
    memory_owner_ = memory_owner_ ? memory_owner_ : devices_[0];
    stripes_ = heap_new<Stripes>(data, parity, Geometry::of_set(label_.member_bytes, data));
    if (!stripes_)
        return fail(Problem::NoMemory);
    Stripes& set = *stripes_;
    set.rows_max = set.geometry.whole_rows(segment_bytes_min) / set.geometry.row_bytes() + 1;
    set.pieces = static_cast<block::Piece*>(heap_allocate(set.units() * set.rows_max * sizeof(block::Piece)));
    set.parity_memory = allocate(set.rows_max * parity * page_bytes);
    set.sources = allocate(set.units() * page_bytes);
    set.zeroes = allocate(page_bytes);
    set.label_memory = allocate(page_bytes);
    if (!set.pieces || !set.parity_memory.address || !set.sources.address || !set.zeroes.address ||
        !set.label_memory.address)
        return fail(Problem::NoMemory);
    return {};
}

Status Disk::assemble(bool spares) {
    MemberLabel labels[members_max];
    bool known[members_max] = {};
    const MemberLabel* top = nullptr;
    for (unsigned i = 0; i < count_; i++) {
        Problem problem = Problem::None;
        known[i] = read_label(i, labels[i], problem);
        if (!known[i] && problem != Problem::None)
            return fail(problem);
        if (known[i] && (!top || labels[i].epoch > top->epoch))
            top = &labels[i];
    }
    if (!top)
        return count_ == 1 ? Status{} : fail(Problem::NotASet);
    label_ = *top;
    const unsigned members = label_.data_disks + label_.parity_disks;
    block::Device* ordered[members_max] = {};
    block::Device* strangers[members_max] = {};
    unsigned stranger_count = 0;
    memory_owner_ = devices_[0];
    std::uint32_t present = 0, stale = 0;
    for (unsigned i = 0; i < count_; i++) {
        const MemberLabel& label = labels[i];
        if (!known[i] && spares) {
            strangers[stranger_count++] = devices_[i];
            continue;
        }
        if (!known[i] || !of_one_set(label, label_))
            return fail(Problem::NotOfSet);
        if (ordered[label.index])
            return fail(Problem::Doubled);
        const bool named = (label_.present >> label.index & 1) != 0;
        if ((label.epoch == label_.epoch && label.present != label_.present) ||
            (!named && label.epoch >= label_.dropped[label.index]))
            return fail(Problem::Diverged);
        if (devices_[i]->bytes() < label_.member_bytes)
            return fail(Problem::Shrunk);
        ordered[label.index] = devices_[i];
        (named && label.epoch >= label_.joined[label.index] ? present : stale) |= 1u << label.index;
    }
    if (static_cast<unsigned>(__builtin_popcount(present)) < label_.data_disks)
        return fail(Problem::Incomplete);
    spares_ = spares ? stale : 0;
    for (unsigned member = 0; member < members && stranger_count; member++)
        if (!ordered[member]) {
            block::Device* const spare = strangers[--stranger_count];
            if (spare->bytes() < label_.member_bytes)
                return fail(Problem::TooSmall);
            ordered[member] = spare;
            spares_ |= 1u << member;
        }
    count_ = members;
    present_ = present;
    copy_bytes(devices_, ordered, sizeof devices_);
    if (!is_suitable())
        return fail(Problem::Unsuitable);
    return open_stripes(label_.data_disks, label_.parity_disks);
}

Status Disk::make_set(const std::uint8_t (&uuid)[16], unsigned data, unsigned parity) {
    if (!coding::ErasureCode::is_possible(data, parity) || count_ != data + parity)
        return fail(Problem::BadCode);
    if (!is_suitable())
        return fail(Problem::Unsuitable);
    std::uint64_t least = ~0ull;
    for (unsigned i = 0; i < count_; i++)
        least = devices_[i]->bytes() < least ? devices_[i]->bytes() : least;
    label_ = {};
    copy_bytes(label_.magic, label_magic, sizeof label_magic);
    label_.version = format_version_plain;
    copy_bytes(label_.uuid, uuid, sizeof label_.uuid);
    label_.data_disks = static_cast<std::uint16_t>(data);
    label_.parity_disks = static_cast<std::uint16_t>(parity);
    label_.member_bytes = least / page_bytes * page_bytes;
    if (Geometry::of_set(label_.member_bytes, data).segment_count < segments_min)
        return fail(Problem::TooSmall);
    label_.epoch = 1;
    label_.present = present_;
    for (std::uint32_t& epoch : label_.joined)
        epoch = 1;
    if (const Status opened = open_stripes(data, parity); !opened)
        return opened;
    return write_labels();
}

// To each member that is present; one that does not take it is left out, and then the others say that, too.
Status Disk::write_labels() {
    for (bool again = true; again;) {
        again = false;
        for (unsigned copy = 0; copy < 2 && !again; copy++) {
            std::uint32_t failed = 0;
            Transfer flushed;
            for (unsigned member = 0; member < count_; member++) {
                if (!uses(member))
                    continue;
                MemberLabel label = label_;
                label.index = static_cast<std::uint16_t>(member);
                label.crc32c = checksum_of(label);
                copy_bytes(stripes_->label_memory.address, &label, sizeof label);
                Transfer written;
                start_run(member, block::Operation::Write, 0,
                          copy == 0 ? label_byte : second_label_byte(*devices_[member]), {&stripes_->label_memory, 1},
                          written);
                (void)finish(written);
                failed |= written.failed_members;
            }
            start_flush(flushed);
            (void)finish(flushed);
            failed |= flushed.failed_members;
            if (!failed)
                continue;
            present_ &= ~failed;
            if (static_cast<unsigned>(__builtin_popcount(present_)) < label_.data_disks)
                return fail(Problem::DeviceFailed);
            label_.epoch++;
            for (unsigned member = 0; member < count_; member++)
                if (failed >> member & 1)
                    label_.dropped[member] = label_.epoch;
            label_.present = present_;
            again = true;
        }
    }
    return {};
}

Status Disk::leave_out(std::uint32_t members) {
    members |= label_.present & ~present_;
    present_ &= ~members;
    if (static_cast<unsigned>(__builtin_popcount(present_)) < label_.data_disks)
        return fail(Problem::DeviceFailed);
    label_.epoch++;
    label_.present = present_;
    for (unsigned member = 0; member < count_; member++)
        if (members >> member & 1)
            label_.dropped[member] = label_.epoch;
    return write_labels();
}

Status Disk::leave_out_missing() {
    return stripes_ && label_.present != present_ ? leave_out(0) : Status{};
}

Status Disk::join_spares() {
    label_.epoch++;
    for (unsigned member = 0; member < count_; member++)
        if (spares_ >> member & 1)
            label_.joined[member] = label_.epoch;
    present_ |= spares_;
    spares_ = 0;
    label_.present = present_;
    return write_labels();
}

} // namespace exo::store
