// What the objects of libos/net and libos/block ask of the kit, in a machine without a kernel: memory, a function,
// time. Nothing here is called between the first packet, or command, and the last.
#include "bench/exo/program.hpp"
#include "bench/network/floor/machine.hpp"
#include "libos/device/virtio_surroundings.hpp"
#include "libos/memory/heap.hpp"
#include "libos/time/clock.hpp"

namespace bench {

void give_up(const char* step, const char* reason) {
    print("floor: ");
    print(step);
    print(" failed");
    if (reason != nullptr) {
        print(": ");
        print(reason);
    }
    print("\n");
    floor::end_machine(false);
}

} // namespace bench

namespace exo {

using bench::floor::take_pages;

// Only timers of ARP and time limits of disks go by it, none of which matters here.
std::uint64_t tsc_hz() {
    return 2'000'000'000;
}
std::uint64_t ns_to_cycles(std::uint64_t ns) {
    return 2 * ns;
}

void* heap_allocate(std::size_t bytes) {
    return take_pages(bytes);
}

void heap_free(void*) {}

// Nobody sleeps.
Status EventWaiter::open(std::size_t) {
    return {};
}
void EventWaiter::close() {}
bool EventWaiter::wait(std::uint64_t) {
    return false;
}
Status Function::route_interrupt(std::uint32_t, EventBit) {
    return {};
}
Status Function::arm(std::uint32_t) {
    return {};
}

Status Function::open(const StartFunction& granted) {
    const bench::floor::Found& found = bench::floor::found_function(granted.index);
    info_ = &found.info;
    configuration_ = found.configuration;
    return {};
}

Result<volatile std::byte*> Function::bar(unsigned index, std::uint64_t) {
    return reinterpret_cast<volatile std::byte*>(info_->bar[index].base); // Safe: mapped at its address.
}

Result<DmaMemory> Function::allocate_dma(std::uint64_t bytes) {
    std::byte* const memory = take_pages(bytes);
    if (!memory)
        return std::unexpected(Error::TableFull);
    return DmaMemory{memory, reinterpret_cast<std::uint64_t>(memory), bytes};
}

void Function::free_dma(const DmaMemory&) {}

Status Function::allow(std::uint64_t, std::uint64_t, Rights) {
    return {};
}

Status VirtioSurroundings::open(const StartFunction& granted) {
    (void)function_.open(granted);
    // Safe: drivers only read it.
    environment_ = {this,    mapped_registers(const_cast<std::byte*>(function_.configuration())),
                    map_bar, allocate,
                    relax,   {tsc, tsc_hz() / 1'000'000}};
    return {};
}

std::optional<virtio::BarWindow> VirtioSurroundings::map_bar(void* context, unsigned bar, std::uint64_t offset,
                                                             std::uint64_t bytes) {
    Function& function = static_cast<VirtioSurroundings*>(context)->function_;
    if (bar >= function_bars || offset > function.info().bar[bar].bytes ||
        bytes > function.info().bar[bar].bytes - offset)
        return std::nullopt;
    // Safe: drivers store to it through their own volatile accesses.
    std::byte* const memory = const_cast<std::byte*>(*function.bar(bar)) + offset;
    return virtio::BarWindow{mapped_registers(memory), memory};
}

std::optional<virtio::DmaBuffer> VirtioSurroundings::allocate(void* context, std::size_t bytes) {
    const auto memory = static_cast<VirtioSurroundings*>(context)->function_.allocate_dma(bytes);
    if (!memory)
        return std::nullopt;
    return virtio::DmaBuffer{memory->address, memory->physical, memory->bytes};
}

void VirtioSurroundings::relax(void*) {
    pause();
}

} // namespace exo
