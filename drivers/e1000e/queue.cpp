// Setting a ring up, and putting it out of use. See queue.hpp.
#include "drivers/e1000e/queue.hpp"

namespace exo::e1000e {

Expected<void> Ring::open(std::byte* memory, std::uint16_t size, volatile std::uint32_t* tail) {
    const bool power_of_two = (size & (size - 1)) == 0;
    if (!power_of_two || size * sizeof(Descriptor) < descriptor_ring_granularity || size > ring_size_max || !memory ||
        reinterpret_cast<std::uintptr_t>(memory) % descriptor_ring_alignment != 0 || !tail)
        return std::unexpected(Problem::BadRing);
    slots_ = reinterpret_cast<Descriptor*>(memory); // Safe: long and aligned enough, as the caller says and seen above.
    tail_ = tail;
    mask_ = size - 1u;
    limit_ = mask_;
    return {};
}

void Ring::break_with(Problem problem) {
    broken_ = true;
    problem_ = problem;
    stop();
}

// From here on there is neither anything to take nor room to offer, so that the data path needs no check.
void Ring::stop() {
    if (stopped_)
        return;
    stopped_ = true;
    recover_from_ = taken_;
    recover_to_ = offered_;
    taken_ = offered_;
    limit_ = 0;
}

void* Ring::recover() {
    stop();
    while (recover_from_ != recover_to_)
        if (void* const token = tokens_[recover_from_++ & mask_])
            return token;
    return nullptr;
}

} // namespace exo::e1000e
