// See lent_function.hpp.
#include "tests/hostile/lent_function.hpp"

#include "drivers/e1000e/spec.hpp"

namespace hostile {

using namespace exo;

namespace {

constexpr std::uint64_t configuration_bar = 6;

struct Identity {
    std::uint16_t vendor, device;
    std::uint64_t bar, bar_pages;
};

Identity identity(FunctionKind kind) {
    switch (kind) {
    case FunctionKind::Entropy:
        return {0x1af4, 0x1044, 4, 4};
    case FunctionKind::Edu:
        return {0x1234, 0x11e8, 0, 1};
    case FunctionKind::Nic:
        break;
    }
    return {e1000e::pci_vendor, e1000e::pci_device, e1000e::register_bar, e1000e::register_bytes / page_bytes};
}

const StartFunction* find_free(const Identity& wanted) {
    for (std::uint64_t i = 0; i < lab::start().function_count; i++) {
        const StartFunction& function = lab::start().functions[i];
        const DeviceInfo& info = device_info(function.index);
        if (info.vendor == wanted.vendor && info.device == wanted.device && info.owner == 0 &&
            info.flags & device_flag::bindable)
            return &function;
    }
    return nullptr;
}

// Frames of the child that it has not used yet.
std::uint64_t child_take(lab::Child& child, std::uint64_t count, std::uint64_t alignment) {
    std::uint64_t first = (child.start_block().free_frame + alignment - 1) / alignment * alignment;
    child.start_block().free_frame = first + count;
    return first;
}

bool make_domain(lab::Child& child, Handle function, std::uint32_t levels) {
    for (std::uint32_t level = levels; level >= 1; level--)
        if (!lab::bind(child.environment(), {BindKind::DmaTable, bind_level(level), function, device_buffer,
                                             child_take(child, 2, 2), 1, child.frames()})
                 .ok())
            return false;
    return true;
}

} // namespace

const DeviceInfo& device_info(std::uint32_t index) {
    return reinterpret_cast<const DeviceInfo*>(info_devices)[index]; // Safe: an info page.
}

std::optional<LentFunction> lend(lab::Child& child, FunctionKind kind) {
    const Identity wanted = identity(kind);
    const StartFunction* found = find_free(wanted);
    if (!found)
        return std::nullopt;
    Handle theirs = child.grant(found->handle);
    std::uint64_t frame = child_take(child, buffer_pages, 1);
    constexpr Rights rw = right::Read | right::Write;
    bool all = theirs != no_handle;
    auto row = [&](const BindOp& operation) { all = all && lab::bind(child.environment(), operation).ok(); };
    row({BindKind::Bar, rw, theirs, registers_at, wanted.bar << 32, wanted.bar_pages, 0});
    row({BindKind::Bar, right::Read, theirs, configuration_at, configuration_bar << 32, 1, 0});
    row({BindKind::Page, rw, child.frames(), buffer_at, frame, buffer_pages, 0});
    all = all && make_domain(child, theirs, device_info(found->index).dma_levels);
    row({BindKind::Dma, rw, theirs, device_buffer, frame, buffer_pages, child.frames()});
    if (!all)
        return std::nullopt;
    return LentFunction{found->handle, theirs, found->index, frame};
}

} // namespace hostile
