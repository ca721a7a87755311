// Interface: members.hpp.
#include "libos-hpc/data/members.hpp"

#include "libos/memory/bytes.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

bool same_set(const store::MemberLabel& left, const store::MemberLabel& right) {
    return compare_bytes(left.uuid, right.uuid, sizeof left.uuid) == 0;
}

std::size_t members_of(const store::MemberLabel& label) {
    return std::size_t{label.data_disks} + label.parity_disks;
}

std::size_t looked_at_max() {
    return std::min(disk_count(), data_volumes_max);
}

void claim(Members& members, std::size_t index) {
    const ClaimedDisk disk = claim_disk(index, DiskUse::FileSystem);
    members.taken = members.taken || disk.taken;
    if (disk.problem)
        members.problem = disk.problem;
    if (!disk.device)
        return;
    members.disks[members.count] = index;
    members.devices[members.count++] = disk.device;
    members.read_only = members.read_only || disk.read_only;
    members.shared = members.shared || disk.shared;
}

} // namespace

Members members_with(std::size_t index) {
    Members members;
    const DiskLook own = look_at_disk(index);
    if (own.taken) {
        members.taken = true;
        return members;
    }
    if (!own.label) {
        claim(members, index);
        return members;
    }
    members.wanted = members_of(*own.label);
    std::size_t found[data_volumes_max];
    std::size_t count = 0;
    bool unseen = false;
    for (std::size_t i = 0; i < looked_at_max(); ++i) {
        const DiskLook other = i == index ? own : look_at_disk(i);
        unseen = unseen || other.taken;
        if (other.label && same_set(*own.label, *other.label))
            found[count++] = i;
    }
    // Without a disk that is only being used otherwise the set would go on, and that disk be out of date.
    members.taken = unseen && count < members.wanted;
    for (std::size_t i = 0; i < count && !members.taken; ++i)
        claim(members, found[i]);
    return members;
}

bool some_set_lacks_a_disk() {
    for (std::size_t i = 0; i < looked_at_max(); ++i) {
        const DiskLook one = look_at_disk(i);
        std::size_t count = 0;
        for (std::size_t j = 0; j < looked_at_max() && one.label; ++j) {
            const DiskLook other = look_at_disk(j);
            count += other.label && same_set(*one.label, *other.label);
        }
        if (one.label && count < members_of(*one.label))
            return true;
    }
    return false;
}

} // namespace exo::hpc
