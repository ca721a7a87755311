// Interface: block_calls.hpp.
#include "libos-hpc/call/block_calls.hpp"

#include "libos-hpc/data/block_device.hpp"

#include <algorithm>

namespace exo::hpc::call {

using namespace linux_abi;

namespace {

constexpr std::uint64_t sector_bytes = 512; // of BLKGETSIZE, whatever the device has

template <typename T>
Answer tell(std::uint64_t where, std::uint64_t number) {
    return User<T>{where}.store(static_cast<T>(number)) ? 0 : answer(Errno::FAULT);
}

// The request's range: offset and length, in octets.
Answer change_range(File& file, BlockDevice& device, std::uint64_t where,
                    Done (BlockDevice::*change)(std::uint64_t, std::uint64_t)) {
    if (!file.writable())
        return answer(Errno::BADF);
    std::uint64_t offset, bytes;
    if (!User<std::uint64_t>{where}.load(offset) || !User<std::uint64_t>{where}.at(1).load(bytes))
        return answer(Errno::FAULT);
    return answer((device.*change)(offset, bytes));
}

} // namespace

Answer ask_block_device(File& file, BlockDevice& device, std::uint32_t request, std::uint64_t value) {
    switch (request) {
    case ioctl_request::block_bytes:
        return tell<std::uint64_t>(value, device.bytes());
    case ioctl_request::block_sectors:
        return tell<std::uint64_t>(value, device.bytes() / sector_bytes);
    case ioctl_request::block_sector_bytes:
        return tell<std::int32_t>(value, device.block_bytes());
    case ioctl_request::block_physical_bytes:
        return tell<std::uint32_t>(value, device.block_bytes());
    case ioctl_request::block_io_bytes:
        return tell<std::uint64_t>(value, page_bytes);
    case ioctl_request::block_read_only:
        return tell<std::int32_t>(value, device.read_only());
    case ioctl_request::block_flush:
        return answer(device.flush());
    case ioctl_request::block_zero:
        return change_range(file, device, value, &BlockDevice::zero);
    case ioctl_request::block_discard:
        return change_range(file, device, value, &BlockDevice::discard);
    default:
        return answer(Errno::NOTTY);
    }
}

// With a size that stays, a range ends at the latest where the device does.
Answer allocate_blocks(Node& node, std::uint32_t mode, std::uint64_t offset, std::uint64_t bytes) {
    const bool keeps = mode & fallocate_mode::keep_size;
    const auto end = node.seek_end();
    if (!end)
        return answer(end.error());
    if (offset >= *end || (!keeps && bytes > *end - offset))
        return answer(Errno::INVAL);
    bytes = std::min(bytes, *end - offset);
    if (mode & fallocate_mode::punch_hole)
        return answer(node.punch_hole(offset, bytes));
    return mode & fallocate_mode::zero_range ? answer(node.zero_range(offset, bytes)) : answer(Errno::OPNOTSUPP);
}

} // namespace exo::hpc::call
