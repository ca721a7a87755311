// /proc/self/fd: a symbolic link for each open descriptor, showing the path of what is open and leading to it, whatever
// its name is by now. Files without a path (pipes) cannot be opened again.
#pragma once

#include "libos-hpc/fs/tree_fs.hpp"

namespace exo::hpc {

class DescriptorLinks final : public Node {
public:
    explicit DescriptorLinks(TreeKind kind) : kind_(kind), inode_(next_generated_inode()) {}

    std::uint32_t type() const override { return linux_abi::mode::directory; }
    Outcome<Attributes> attributes() override;
    FileSystemInfo file_system() override;
    Outcome<Ref<Node>> lookup(std::string_view name) override;
    Done list(std::uint64_t position, DirectorySink& sink) override;

private:
    TreeKind kind_;
    std::uint64_t inode_;
};

} // namespace exo::hpc
