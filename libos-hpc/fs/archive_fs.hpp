// The boot archive as a read-only file system: its root is the machine's root directory, on which others are mounted by
// name. Nothing is copied: files read from the archive's mapping. Format and lookup: libos/archive.
#pragma once

#include "libos-hpc/object/text.hpp"
#include "libos-hpc/vfs/node.hpp"
#include "libos/archive/archive.hpp"

namespace exo::hpc {

class ArchiveNode final : public Node {
public:
    // `archive` outlives every node; `entry` is one of its entries or an implied directory.
    ArchiveNode(const archive::Archive& archive, const archive::Entry& entry);

    std::uint32_t type() const override { return type_; }
    Outcome<Attributes> attributes() override;
    FileSystemInfo file_system() override;
    const void* volume() const override { return &archive_; }
    Outcome<Ref<Node>> lookup(std::string_view name) override;
    Done list(std::uint64_t position, DirectorySink& sink) override;
    Outcome<std::size_t> read_link(std::span<char> buffer) override;
    Outcome<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) override;

private:
    const archive::Archive& archive_;
    archive::Entry entry_;
    Text path_;
    std::uint32_t type_;
};

} // namespace exo::hpc
