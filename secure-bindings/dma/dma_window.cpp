// The checks of a DMA window in the order of their cost; none of the sums can wrap.
#include "secure-bindings/dma/dma_window.hpp"

namespace exo {

namespace {

constexpr unsigned index_bits = 9;

Status check_form(const DmaWindow& window, const DmaLimits& limits) {
    const Rights device_rights = right::Read | right::Write;
    if (window.level == 0 || window.level > limits.level_max || window.count == 0 || window.rights == 0 ||
        (window.rights & ~device_rights) != 0) {
        return std::unexpected(Error::BadArgument);
    }
    return {};
}

Status check_address(std::uint64_t address, std::uint64_t bytes, std::uint64_t space) {
    if (address >= space || bytes > space - address) {
        return std::unexpected(Error::BadAddress);
    }
    if (address < interrupt_range_end && address + bytes > interrupt_range_first) {
        return std::unexpected(Error::BadAddress);
    }
    return {};
}

} // namespace

Status check_dma_window(const DmaWindow& window, const Slot& frames_capability, const FrameMap& frames,
                        const DmaLimits& limits) {
    if (const Status status = check_form(window, limits); !status) {
        return status;
    }
    if (frames_capability.kind != Kind::Frames) {
        return std::unexpected(Error::WrongKind);
    }
    if (((window.rights | right::Dma) & ~frames_capability.rights) != 0) {
        return std::unexpected(Error::NoRight);
    }
    const std::uint64_t pages = 1ull << (index_bits * (window.level - 1u));
    const std::uint64_t space = 1ull << limits.address_bits;
    if (window.address % (pages << page_shift) != 0 || window.frame % pages != 0) {
        return std::unexpected(Error::Misaligned);
    }
    // A window larger than the whole space is caught before its size is computed.
    if (window.count > (space >> page_shift) / pages) {
        return std::unexpected(Error::BadAddress);
    }
    const std::uint64_t count_frames = window.count * pages;
    if (const Status status = check_address(window.address, count_frames << page_shift, space); !status) {
        return status;
    }
    if (!covers(frames_capability, window.frame, count_frames) || window.frame > frames.size() ||
        count_frames > frames.size() - window.frame) {
        return std::unexpected(Error::OutOfRange);
    }
    if (!frames.all_data(window.frame, count_frames)) {
        return std::unexpected(Error::InUse);
    }
    return {};
}

} // namespace exo
