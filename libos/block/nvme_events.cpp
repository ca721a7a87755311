// What nvme_disk.hpp hears from the controller beside completions. (NVMe 1.4, 5.2)
#include "libos/block/nvme_disk.hpp"

#include <algorithm>

namespace exo::block {

void NvmeDisk::read_events() {
    // Each is read before the controller reports the next; one that never stops is heard again at the next look.
    for (std::size_t heard = 0; heard < events_max && !problem_; ++heard) {
        const auto event = controller_.next_event();
        if (!event)
            return;
        if (event_count_ == events_max)
            std::move(events_ + 1, events_ + event_count_--, events_);
        events_[event_count_++] = *event;
        if (event->type == nvme::EventType::Notice && event->information == nvme::notice_namespace)
            look_at_namespace();
    }
}

void NvmeDisk::look_at_namespace() {
    const auto disk = controller_.identify_namespace(name_space_);
    if (!disk || disk->block_bytes != block_bytes_)
        end_all("the disk is no longer what it was");
    else
        block_count_ = std::min(block_count_, disk->blocks);
}

std::optional<nvme::Event> NvmeDisk::next_event() {
    if (!problem_)
        read_events();
    if (event_count_ == 0)
        return std::nullopt;
    const nvme::Event first = events_[0];
    std::move(events_ + 1, events_ + event_count_--, events_);
    return first;
}

const char* NvmeDisk::limit_temperature(std::uint16_t kelvin) {
    if (problem_)
        return problem_;
    const auto set = controller_.limit_temperature(kelvin);
    return set ? nullptr : nvme::describe(set.error());
}

} // namespace exo::block
