// See virtio_surroundings.hpp.
#include "libos/device/virtio_surroundings.hpp"

#include "libos/thread/scheduler.hpp"
#include "libos/time/clock.hpp"

namespace exo {

Status VirtioSurroundings::open(const StartFunction& granted) {
    if (Status status = function_.open(granted); !status)
        return status;
    environment_.context = this;
    // Safe: mapped read only; drivers only read it.
    environment_.config = mapped_registers(const_cast<std::byte*>(function_.configuration()));
    environment_.map_bar = map_bar;
    environment_.allocate_dma = allocate;
    environment_.relax = relax;
    environment_.clock = {tsc, tsc_hz() / 1'000'000};
    return {};
}

std::optional<virtio::BarWindow> VirtioSurroundings::map_bar(void* context, unsigned bar, std::uint64_t offset,
                                                             std::uint64_t bytes) {
    Function& function = static_cast<VirtioSurroundings*>(context)->function_;
    if (bar >= function_bars || offset > function.info().bar[bar].bytes ||
        bytes > function.info().bar[bar].bytes - offset)
        return std::nullopt;
    auto base = function.bar(bar);
    if (!base)
        return std::nullopt;
    // Safe: drivers store to it through their own volatile accesses.
    std::byte* memory = const_cast<std::byte*>(*base) + offset;
    return virtio::BarWindow{mapped_registers(memory), memory};
}

std::optional<virtio::DmaBuffer> VirtioSurroundings::allocate(void* context, std::size_t bytes) {
    auto memory = static_cast<VirtioSurroundings*>(context)->function_.allocate_dma(bytes);
    if (!memory)
        return std::nullopt;
    return virtio::DmaBuffer{memory->address, memory->physical, memory->bytes};
}

void VirtioSurroundings::relax(void*) {
    if (scheduler().thread_count() > 1)
        thread_yield();
    else
        pause();
}

} // namespace exo
