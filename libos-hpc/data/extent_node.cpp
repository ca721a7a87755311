// Errors are those of Linux' block devices (open(2), write(2), fallocate(2)). Interface: extent_node.hpp.
#include "libos-hpc/data/extent_node.hpp"

#include "libos-hpc/data/block_device.hpp"
#include "libos-hpc/data/disks.hpp"
#include "libos-hpc/fs/tree_fs.hpp"
#include "libos-hpc/fs/wall_clock.hpp"

#include <atomic>

namespace exo::hpc {
namespace {

constexpr TreeKind device_kind{linux_abi::file_system::tmpfs, 5}; // as /dev
constexpr std::uint64_t device_major = 259;                       // blkext: whatever has no number of its own
constexpr std::uint32_t permissions = 0660;

// An extent lives for good, so what was opened does.
class ExtentNode final : public Node {
public:
    explicit ExtentNode(std::size_t index) : index_(index), inode_(next_generated_inode()) {}

    std::uint32_t type() const override { return linux_abi::mode::block; }
    Outcome<Attributes> attributes() override;
    Done change(const AttributeChange& change) override;
    FileSystemInfo file_system() override;
    Outcome<Ref<Node>> open(std::uint32_t flags) override;

    Outcome<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) override;
    Outcome<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> buffer) override;
    Outcome<std::uint64_t> seek_end() override;
    Done punch_hole(std::uint64_t offset, std::uint64_t bytes) override;
    Done zero_range(std::uint64_t offset, std::uint64_t bytes) override;
    Done sync() override;
    std::uint32_t direct_bytes() const override;
    BlockDevice* block_device() override { return opened_.load(std::memory_order_acquire); }

private:
    BlockDevice* opened() const { return opened_.load(std::memory_order_acquire); }

    std::size_t index_;
    std::uint64_t inode_;
    Mutex opening_;
    std::atomic<BlockDevice*> opened_{nullptr}; // release in `open`; pairs with the acquires
};

Outcome<Attributes> ExtentNode::attributes() {
    Attributes result;
    result.device = device_kind.device;
    result.inode = inode_;
    result.mode = linux_abi::mode::block | permissions;
    result.special_device = device_major << 8 | index_;
    result.accessed = result.modified = result.changed = wall_clock();
    return result;
}

Done ExtentNode::change(const AttributeChange& change) {
    if (change.set_mode || change.set_user || change.set_group)
        return fail(Errno::PERM);
    return change.set_bytes ? Done(fail(Errno::INVAL)) : Done();
}

FileSystemInfo ExtentNode::file_system() {
    FileSystemInfo info;
    info.type = device_kind.type;
    return info;
}

// Errors: BUSY (a file system), NXIO (it cannot be brought up), NOMEM.
Outcome<Ref<Node>> ExtentNode::open(std::uint32_t) {
    MutexGuard guard(opening_);
    if (!opened()) {
        const ClaimedDisk disk = claim_disk(index_, DiskUse::Device);
        if (disk.taken)
            return fail(Errno::BUSY);
        if (!disk.device)
            return fail(Errno::NXIO);
        auto* const device = heap_new<BlockDevice>(*disk.device, disk.read_only);
        if (!device || !device->open()) {
            heap_delete(device);
            return fail(Errno::NOMEM);
        }
        opened_.store(device, std::memory_order_release);
    }
    return Ref<Node>(this);
}

Outcome<std::size_t> ExtentNode::read_at(std::uint64_t offset, std::span<std::byte> buffer) {
    return opened() ? opened()->read(offset, buffer) : fail(Errno::NXIO);
}
Outcome<std::size_t> ExtentNode::write_at(std::uint64_t offset, std::span<const std::byte> buffer) {
    return opened() ? opened()->write(offset, buffer) : fail(Errno::NXIO);
}
Outcome<std::uint64_t> ExtentNode::seek_end() {
    return opened() ? Outcome<std::uint64_t>(opened()->bytes()) : fail(Errno::NXIO);
}
Done ExtentNode::punch_hole(std::uint64_t offset, std::uint64_t bytes) {
    return opened() ? opened()->zero(offset, bytes) : fail(Errno::NXIO);
}
Done ExtentNode::zero_range(std::uint64_t offset, std::uint64_t bytes) {
    return punch_hole(offset, bytes);
}
Done ExtentNode::sync() {
    return opened() ? opened()->flush() : fail(Errno::NXIO);
}
std::uint32_t ExtentNode::direct_bytes() const {
    return opened() ? opened()->block_bytes() : 1;
}

} // namespace

Ref<Node> make_extent_tree(std::uint64_t) {
    auto tree = make<TreeDirectory>(device_kind, Ref<Node>(), 0755);
    for (std::size_t i = 0; tree && i < disk_count(); ++i) {
        Text name("extent");
        name.decimal(i);
        if (!name.complete() || !tree->add(name.view(), make<ExtentNode>(i)))
            return Ref<Node>();
    }
    return tree;
}

} // namespace exo::hpc
