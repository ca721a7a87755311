// The devices a program finds under /dev (null(4), full(4), random(4)); its disks: data/extent_node.hpp.
#include "libos-hpc/device/device_tree.hpp"

#include "libos-hpc/console/console_file.hpp"
#include "libos-hpc/data/disks.hpp"
#include "libos-hpc/data/extent_node.hpp"
#include "libos-hpc/file/descriptors.hpp"
#include "libos-hpc/fs/ram_fs.hpp"
#include "libos-hpc/fs/text_node.hpp"
#include "libos-hpc/fs/wall_clock.hpp"
#include "libos-hpc/random/random.hpp"
#include "libos/memory/bytes.hpp"

namespace exo::hpc {
namespace {

constexpr TreeKind device_kind{linux_abi::file_system::tmpfs, 5};
constexpr std::uint64_t shared_memory_bytes_max = 256ull << 20, shared_memory_files_max = 4096,
                        shared_memory_device = 6;

enum class Kind : std::uint8_t { Null, Zero, Full, Random };

constexpr std::uint64_t device_number(unsigned major, unsigned minor) {
    return (major << 8) | minor;
}

class MemoryDevice final : public Node {
public:
    MemoryDevice(Kind kind, std::uint64_t number) : kind_(kind), number_(number), inode_(next_generated_inode()) {}

    std::uint32_t type() const override { return linux_abi::mode::character; }
    bool generated() const override { return true; }
    Done change(const AttributeChange& change) override {
        // O_TRUNC and times mean nothing to a device; nothing else can be changed.
        if (change.set_mode || change.set_user || change.set_group)
            return fail(Errno::PERM);
        return change.set_bytes ? Done(fail(Errno::INVAL)) : Done();
    }
    FileSystemInfo file_system() override {
        FileSystemInfo info;
        info.type = device_kind.type;
        return info;
    }
    Outcome<Attributes> attributes() override {
        Attributes result;
        result.device = device_kind.device;
        result.inode = inode_;
        result.mode = linux_abi::mode::character | 0666;
        result.special_device = number_;
        result.accessed = result.modified = result.changed = wall_clock();
        return result;
    }
    Outcome<std::size_t> read_at(std::uint64_t, std::span<std::byte> buffer) override {
        if (kind_ == Kind::Null)
            return 0;
        if (kind_ == Kind::Random)
            fill_random(buffer);
        else
            fill_bytes(buffer.data(), 0, buffer.size());
        return buffer.size();
    }
    Outcome<std::size_t> write_at(std::uint64_t, std::span<const std::byte> buffer) override {
        if (kind_ == Kind::Full)
            return fail(Errno::NOSPC);
        return buffer.size();
    }

private:
    Kind kind_;
    std::uint64_t number_;
    std::uint64_t inode_;
};

// A device that opens into a standard stream: for reading into `reads`, else into `writes`.
class StreamDevice final : public Node {
public:
    StreamDevice(Stream reads, Stream writes) : reads_(reads), writes_(writes), inode_(next_generated_inode()) {}
    std::uint32_t type() const override { return linux_abi::mode::character; }
    FileSystemInfo file_system() override { return {}; }
    Outcome<Attributes> attributes() override {
        Attributes result;
        result.device = device_kind.device;
        result.inode = inode_;
        result.mode = linux_abi::mode::character | 0666;
        result.special_device = device_number(5, 0);
        return result;
    }
    Outcome<Ref<File>> open_stream(std::uint32_t flags) override {
        bool reads = (flags & linux_abi::open_flag::access_mask) == linux_abi::open_flag::read_only;
        Ref<File> file = make<ConsoleFile>(reads ? reads_ : writes_, flags);
        if (!file)
            return fail(Errno::NOMEM);
        return file;
    }

private:
    Stream reads_, writes_;
    std::uint64_t inode_;
};

void descriptors_link(Text& text, std::uint64_t) {
    text.add("/proc/self/fd");
}

Ref<Node> make_shared_memory(std::uint64_t) {
    return make_ram_file_system(shared_memory_bytes_max, shared_memory_files_max, shared_memory_device, 01777);
}

} // namespace

Ref<Node> make_device_tree(std::uint64_t) {
    auto tree = make<TreeDirectory>(device_kind, Ref<Node>(), 0755);
    if (!tree)
        return Ref<Node>();
    bool complete = tree->add("null", make<MemoryDevice>(Kind::Null, device_number(1, 3))) &&
                    tree->add("zero", make<MemoryDevice>(Kind::Zero, device_number(1, 5))) &&
                    tree->add("full", make<MemoryDevice>(Kind::Full, device_number(1, 7))) &&
                    tree->add("random", make<MemoryDevice>(Kind::Random, device_number(1, 8))) &&
                    tree->add("urandom", make<MemoryDevice>(Kind::Random, device_number(1, 9))) &&
                    tree->add("tty", make<StreamDevice>(Stream::Input, Stream::Output)) &&
                    tree->add("stdin", make<StreamDevice>(Stream::Input, Stream::Output)) &&
                    tree->add("stdout", make<StreamDevice>(Stream::Output, Stream::Output)) &&
                    tree->add("stderr", make<StreamDevice>(Stream::Error, Stream::Error)) &&
                    tree->add("fd", text_link(device_kind, descriptors_link)) &&
                    tree->add_lazy("shm", make_shared_memory) &&
                    (disk_count() == 0 || tree->add_lazy("exo", make_extent_tree));
    return complete ? Ref<Node>(tree) : Ref<Node>();
}

} // namespace exo::hpc
