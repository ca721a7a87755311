// An inode of a volume as a node. It holds the inode, so that one without names stays until its last user goes. What
// names do: data_directory.cpp.
#pragma once

#include "libos-hpc/data/volume.hpp"
#include "libos-hpc/vfs/node.hpp"

namespace exo::hpc {

class DataNode final : public Node {
public:
    // Takes over one hold of the inode.
    DataNode(Volume& volume, files::Inode& inode) : volume_(volume), inode_(inode), type_(inode.type()) {}
    ~DataNode() override;

    std::uint32_t type() const override { return type_; }
    Outcome<Attributes> attributes() override;
    Done change(const AttributeChange& change) override;
    FileSystemInfo file_system() override;
    const void* volume() const override { return &volume_; }

    Outcome<Ref<Node>> lookup(std::string_view name) override;
    Outcome<Ref<Node>> create(const CreateSpec& spec) override;
    Outcome<Ref<Node>> create_unnamed(std::uint32_t mode, bool may_get_name) override;
    Done make_directory(const CreateSpec& spec) override;
    Done make_symlink(std::string_view name, std::string_view target) override;
    Done link(std::string_view name, Node& existing) override;
    Done remove(std::string_view name, RemoveKind kind) override;
    Done rename(std::string_view name, Node& new_directory, std::string_view new_name, std::uint32_t flags) override;
    Done list(std::uint64_t position, DirectorySink& sink) override;

    Outcome<std::size_t> read_link(std::span<char> buffer) override;
    Outcome<Ref<Node>> open(std::uint32_t flags) override;
    Outcome<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) override;
    Outcome<std::size_t> write_at(std::uint64_t offset, std::span<const std::byte> buffer) override;
    Outcome<Appended> append(std::span<const std::byte> buffer) override;
    Outcome<std::uint64_t> seek_data(std::uint64_t offset) override;
    Outcome<std::uint64_t> seek_hole(std::uint64_t offset) override;
    Done punch_hole(std::uint64_t offset, std::uint64_t bytes) override;
    Done reserve(std::uint64_t offset, std::uint64_t bytes) override;
    Done zero_range(std::uint64_t offset, std::uint64_t bytes) override;
    Done sync() override;
    std::uint32_t direct_bytes() const override { return 512; } // as of a disk with such sectors

private:
    void drop_privileges(files::AttributeChange& change) const;
    Outcome<Ref<Node>> node_of(const VolumeUse& use, const files::Result<files::Inode*>& inode);

    Volume& volume_;
    files::Inode& inode_;
    std::uint32_t type_;
};

// The root of a volume that is open; empty when there is no memory.
Ref<Node> root_of(Volume& volume);

} // namespace exo::hpc
