// Interface: descriptor_links.hpp.
#include "libos-hpc/proc/descriptor_links.hpp"

#include "libos-hpc/file/descriptors.hpp"
#include "libos-hpc/fs/wall_clock.hpp"
#include "libos/memory/bytes.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

void write_target(Text& text, std::uint64_t number) {
    auto file = descriptors().get(static_cast<int>(number));
    if (!file)
        return;
    if (Ref<Place> place = (*file)->place())
        text.add(place->path().view());
    else if (auto found = (*file)->attributes())
        text.add("pipe:[").decimal(found->inode).add(']');
}

class DescriptorLink final : public Node {
public:
    DescriptorLink(TreeKind kind, std::uint64_t number)
        : kind_(kind), number_(number), inode_(next_generated_inode()) {}

    std::uint32_t type() const override { return linux_abi::mode::symlink; }
    Outcome<Attributes> attributes() override {
        Attributes result;
        result.device = kind_.device;
        result.inode = inode_;
        result.mode = linux_abi::mode::symlink | 0700;
        result.accessed = result.modified = result.changed = wall_clock();
        return result;
    }
    FileSystemInfo file_system() override {
        FileSystemInfo info;
        info.type = kind_.type;
        info.read_only = true;
        return info;
    }
    Outcome<std::size_t> read_link(std::span<char> buffer) override {
        Text text;
        write_target(text, number_);
        if (!text.complete())
            return fail(Errno::NOMEM);
        const std::size_t length = std::min(buffer.size(), text.size());
        copy_bytes(buffer.data(), text.view().data(), length);
        return length;
    }
    Ref<Place> leads_to() override {
        auto file = descriptors().get(static_cast<int>(number_));
        return file ? (*file)->place() : Ref<Place>();
    }

private:
    TreeKind kind_;
    std::uint64_t number_;
    std::uint64_t inode_;
};

bool parse(std::string_view name, std::uint64_t& number) {
    constexpr std::size_t digits_max = 9;
    if (name.empty() || name.size() > digits_max)
        return false;
    number = 0;
    for (char digit : name) {
        if (digit < '0' || digit > '9')
            return false;
        number = number * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return true;
}

} // namespace

Outcome<Attributes> DescriptorLinks::attributes() {
    Attributes result;
    result.device = kind_.device;
    result.inode = inode_;
    result.links = 2;
    result.mode = linux_abi::mode::directory | 0500;
    return result;
}

FileSystemInfo DescriptorLinks::file_system() {
    FileSystemInfo info;
    info.type = kind_.type;
    info.read_only = true;
    return info;
}

Outcome<Ref<Node>> DescriptorLinks::lookup(std::string_view name) {
    std::uint64_t number = 0;
    if (!parse(name, number) || !descriptors().get(static_cast<int>(number)))
        return fail(Errno::NOENT);
    Ref<Node> link = make<DescriptorLink>(kind_, number);
    if (!link)
        return fail(Errno::NOMEM);
    return link;
}

Done DescriptorLinks::list(std::uint64_t position, DirectorySink& sink) {
    constexpr std::uint8_t link_type = linux_abi::mode::symlink >> 12;
    for (int number = descriptors().next_open(static_cast<int>(position)); number >= 0;
         number = descriptors().next_open(number + 1)) {
        Text name;
        name.decimal(static_cast<std::uint64_t>(number));
        auto next = static_cast<std::uint64_t>(number) + 1;
        if (!sink.take({name.view(), inode_ + next, link_type, next}))
            return {};
    }
    return {};
}

} // namespace exo::hpc
