// See disk_controller.hpp.
#include "steward/disk_controller.hpp"

namespace exo::steward {

nvme::QueueMemory DiskController::memory_at(std::uint64_t offset) const {
    return {place_.memory.address + offset, place_.memory.device_address + offset};
}

const char* DiskController::open(const DiskPlace& place) {
    place_ = place;
    if (const char* wrong = bring_up())
        return wrong;
    const auto granted = controller_.request_queue_pairs(1 + disk_layout::lent_pairs);
    if (!granted)
        return nvme::describe(granted.error());
    if (*granted < 2)
        return "a disk has too few queues to be shared";
    lent_ = static_cast<std::uint16_t>(*granted - 1);
    if (const char* wrong = create_pairs())
        return wrong;
    return find_namespace();
}

const char* DiskController::stop() {
    const auto stopped = controller_.reset();
    return stopped ? nullptr : nvme::describe(stopped.error());
}

const char* DiskController::reopen() {
    const nvme::NamespaceIdentity before = name_space_;
    const std::uint32_t id = name_space_id_;
    // What was out has come to its end with the reset.
    while (own_.recover()) {
    }
    if (const char* wrong = bring_up())
        return wrong;
    const auto granted = controller_.request_queue_pairs(1 + disk_layout::lent_pairs);
    if (!granted)
        return nvme::describe(granted.error());
    if (*granted < 1 + lent_)
        return "it has fewer queues than before";
    if (const char* wrong = create_pairs())
        return wrong;
    if (const char* wrong = find_namespace())
        return wrong;
    const bool same =
        name_space_id_ == id && name_space_.blocks == before.blocks && name_space_.block_bytes == before.block_bytes;
    return same ? nullptr : "it has become another disk";
}

const char* DiskController::bring_up() {
    const nvme::QueueMemory admin = memory_at(disk_layout::admin_at);
    const auto done =
        controller_.open(place_.registers, place_.doorbells, place_.clock, {admin.address, admin.device_address});
    return done ? nullptr : nvme::describe(done.error());
}

const char* DiskController::create_pairs() {
    auto done = controller_.create_queue_pair(own_, own_pair, memory_at(disk_layout::own_pair_at),
                                              disk_layout::own_depth, std::nullopt);
    for (std::uint16_t i = 0; i < lent_ && done; i++) {
        const auto id = static_cast<std::uint16_t>(first_lent_pair + i);
        done = controller_.create_queue_pair(handed_over_, id, memory_at(disk_layout::lent_pair_at(i)),
                                             extent_queue_entries, id);
    }
    return done ? nullptr : nvme::describe(done.error());
}

const char* DiskController::find_namespace() {
    std::uint32_t present[1];
    const auto count = controller_.namespaces(present);
    if (!count)
        return nvme::describe(count.error());
    if (*count == 0)
        return "a disk that is to be shared has no namespace";
    const auto identity = controller_.identify_namespace(present[0]);
    if (!identity)
        return nvme::describe(identity.error());
    name_space_id_ = present[0];
    name_space_ = *identity;
    return nullptr;
}

bool DiskController::finish() {
    own_.publish();
    nvme::Completion done;
    const bool came = poll_until(place_.clock, command_timeout_us, [&] {
        done = own_.take();
        return done.token != nullptr;
    });
    return came && (done.status & nvme::status_code::mask) == nvme::status_code::success;
}

bool DiskController::run(const nvme::SubmissionEntry& words) {
    if (own_.room() == 0)
        return false;
    nvme::SubmissionEntry given = words;
    given.command |= std::uint64_t{name_space_id_} << nvme::command::namespace_shift;
    own_.command(this, given);
    return finish();
}

bool DiskController::transfer(nvme::Opcode opcode, std::uint64_t first, std::uint32_t blocks) {
    const std::uint64_t bytes = std::uint64_t{blocks} * name_space_.block_bytes;
    const nvme::Run run{place_.memory.device_address + disk_layout::buffer_at, bytes};
    if (own_.room() == 0 || !own_.transfer(opcode, this, name_space_id_, first, blocks, {&run, 1}))
        return false;
    return finish();
}

} // namespace exo::steward
