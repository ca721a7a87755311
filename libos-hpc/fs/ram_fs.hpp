// A file system in memory, for /tmp and /dev/shm: directories, files and symbolic links within a fixed budget.
// One lock for all of it: the operations are short. Bytes of a file: ram_data.hpp.
#pragma once

#include "libos-hpc/fs/ram_data.hpp"
#include "libos-hpc/object/text.hpp"
#include "libos-hpc/vfs/node.hpp"
#include "libos/thread/mutex.hpp"

namespace exo::hpc {

class RamNode;

// What all nodes of one file system share. Lives as long as any node.
class RamVolume : public Counted {
public:
    RamVolume(std::uint64_t bytes_max, std::uint64_t files_max, std::uint64_t device)
        : budget(bytes_max / RamData::block_bytes), files_max_(files_max), device_(device) {}

    // Errors: NOSPC.
    Outcome<std::uint64_t> new_inode();
    void free_inode() { files_.fetch_sub(1, std::memory_order_relaxed); }
    FileSystemInfo info() const;
    std::uint64_t device() const { return device_; }

    Mutex lock;
    RamBudget budget;

private:
    std::uint64_t files_max_;
    std::uint64_t device_;
    std::atomic<std::uint64_t> files_{0}, next_inode_{1};
};

// The root directory of a new file system. Empty when there is no memory.
Ref<Node> make_ram_file_system(std::uint64_t bytes_max, std::uint64_t files_max, std::uint64_t device,
                               std::uint32_t root_permissions);

class RamNode final : public Node {
public:
    RamNode(Ref<RamVolume> volume, std::uint64_t inode, std::uint32_t mode);
    ~RamNode() override { volume_->free_inode(); }

    std::uint32_t type() const override { return type_; }
    Outcome<Attributes> attributes() override;
    Done change(const AttributeChange& change) override;
    FileSystemInfo file_system() override { return volume_->info(); }
    const void* volume() const override { return volume_.get(); }

    Outcome<Ref<Node>> lookup(std::string_view name) override;
    Outcome<Ref<Node>> create(const CreateSpec& spec) override;
    Done make_directory(const CreateSpec& spec) override;
    Done make_symlink(std::string_view name, std::string_view target) override;
    Done link(std::string_view name, Node& existing) override;
    Done remove(std::string_view name, RemoveKind kind) override;
    Done rename(std::string_view name, Node& new_directory, std::string_view new_name, std::uint32_t flags) override;
    Done list(std::uint64_t position, DirectorySink& sink) override;

    Outcome<std::size_t> read_link(std::span<char> buffer) override;
    Outcome<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) override;
    Outcome<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> buffer) override;
    Outcome<std::uint64_t> seek_data(std::uint64_t offset) override;
    Outcome<std::uint64_t> seek_hole(std::uint64_t offset) override;
    Done punch_hole(std::uint64_t offset, std::uint64_t bytes) override;
    Done reserve(std::uint64_t offset, std::uint64_t bytes) override;

private:
    struct Child {
        Text name;
        Ref<RamNode> node;
        std::uint64_t position; // in listings: grows with every child added; the table is in this order
    };
    static constexpr std::size_t not_found = ~std::size_t{0};

    bool is_directory() const { return linux_abi::is_directory(type_); }
    std::size_t find(std::string_view name) const;
    Outcome<Ref<RamNode>> add_new(std::string_view name, std::uint32_t mode);
    Done add_child(std::string_view name, Ref<RamNode> node);
    Done check_replaceable(const RamNode& moved, const RamNode& target) const;
    bool holds(const RamNode& node) const;
    void touch();

    Ref<RamVolume> volume_;
    std::uint64_t inode_;
    std::uint32_t type_;
    std::uint32_t permissions_;
    std::uint32_t user_ = 0, group_ = 0;
    std::uint64_t links_ = 0; // names that lead here, of directories children included
    Timespec accessed_, modified_, changed_;
    RamData data_;
    Text target_;
    Array<Child> children_;
    std::uint64_t next_position_ = 0;
    bool removed_ = false; // a directory that lost its name takes no new children
};

} // namespace exo::hpc
