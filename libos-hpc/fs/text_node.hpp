// Generated files (/proc, /sys): text made when an open file is first read, and symbolic links whose target is made
// when read.
#pragma once

#include "libos-hpc/fs/tree_fs.hpp"
#include "libos-hpc/object/text.hpp"

namespace exo::hpc {

// Writes the whole file. `argument` is what the node was made with (a core's number, say).
using TextMaker = void (*)(Text& text, std::uint64_t argument);

class TextNode final : public Node {
public:
    TextNode(TreeKind kind, TextMaker maker, std::uint64_t argument, std::uint32_t type = linux_abi::mode::regular)
        : kind_(kind), maker_(maker), argument_(argument), type_(type), inode_(next_generated_inode()) {}

    std::uint32_t type() const override { return type_; }
    Outcome<Attributes> attributes() override;
    FileSystemInfo file_system() override;
    Outcome<Ref<Node>> open(std::uint32_t flags) override;
    Outcome<std::size_t> read_link(std::span<char> buffer) override;
    bool generated() const override { return true; }

private:
    friend class OpenTextNode;
    TreeKind kind_;
    TextMaker maker_;
    std::uint64_t argument_;
    std::uint32_t type_;
    std::uint64_t inode_;
};

inline Ref<Node> text_file(TreeKind kind, TextMaker maker, std::uint64_t argument = 0) {
    return make<TextNode>(kind, maker, argument);
}
inline Ref<Node> text_link(TreeKind kind, TextMaker maker, std::uint64_t argument = 0) {
    return make<TextNode>(kind, maker, argument, linux_abi::mode::symlink);
}

} // namespace exo::hpc
