// What is mounted where: the boot archive as "/", and over it the shares, the file systems on disks, /tmp, /etc, /proc,
// /sys and /dev. Nothing is brought up before somebody goes there.
#include "libos-hpc/name/names.hpp"

#include "libos-hpc/data/mount.hpp"
#include "libos-hpc/device/device_tree.hpp"
#include "libos-hpc/fs/archive_fs.hpp"
#include "libos-hpc/fs/ram_fs.hpp"
#include "libos-hpc/fs/tree_fs.hpp"
#include "libos-hpc/name/etc_tree.hpp"
#include "libos-hpc/proc/proc_tree.hpp"
#include "libos-hpc/proc/sys_tree.hpp"
#include "libos-hpc/share/share.hpp"
#include "libos-hpc/start/program.hpp"
#include "libos/memory/frame_allocator.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

[[clang::no_destroy]] constinit Names program_names;

constexpr TreeKind root_kind{linux_abi::file_system::ramfs, 1};
constexpr std::uint64_t temporary_device = 2;
constexpr std::uint64_t temporary_bytes_max = 256ull << 20; // or a quarter of the memory, if that is less
constexpr std::uint64_t temporary_files_max = 65536;

Ref<Node> make_temporary(std::uint64_t) {
    std::uint64_t memory = frames().statistics().total * page_bytes;
    return make_ram_file_system(std::min(temporary_bytes_max, memory / 4), temporary_files_max, temporary_device,
                                01777);
}

Ref<Node> archive_root() {
    const archive::Archive* archive = boot_archive();
    archive::Entry entry;
    if (!archive || !archive->find("", entry))
        return Ref<Node>();
    return make<ArchiveNode>(*archive, entry);
}

Ref<Node> make_etc(std::uint64_t) {
    return make_etc_tree(archive_root());
}

// /share, /share1, /share2, ...
bool add_numbered(TreeDirectory& root, std::string_view word, std::size_t count, TreeDirectory::Maker maker) {
    bool complete = true;
    for (std::size_t i = 0; i < count && complete; ++i) {
        Text name(word);
        if (i)
            name.decimal(i);
        complete = root.add_lazy(name.view(), maker, i);
    }
    return complete;
}

bool add_mounts(TreeDirectory& root) {
    bool complete = root.add_lazy("proc", make_proc_tree) && root.add_lazy("sys", make_sys_tree) &&
                    root.add_lazy("dev", make_device_tree) && root.add_lazy("tmp", make_temporary) &&
                    root.add_lazy("etc", make_etc);
    return complete && add_numbered(root, "share", share_count(), open_share) &&
           add_numbered(root, "data", data_count(), open_data);
}

} // namespace

Names& names() {
    return program_names;
}

Ref<Place> Names::root_locked() {
    if (!root_) {
        auto directory = make<TreeDirectory>(root_kind, archive_root(), 0755);
        if (directory && add_mounts(*directory))
            root_ = make<Place>(Ref<Place>(), "", Ref<Node>(directory));
    }
    return root_;
}

Ref<Place> Names::root() {
    MutexGuard guard(lock_);
    return root_locked();
}

Ref<Place> Names::working_directory() {
    MutexGuard guard(lock_);
    if (!working_) {
        working_ = root_locked();
        if (working_ && share_count()) {
            auto share = find_place(working_, working_, "/share", LastLink::Follow);
            if (share)
                working_ = *share;
        }
    }
    return working_;
}

void Names::set_working_directory(Ref<Place> place) {
    MutexGuard guard(lock_);
    std::swap(working_, place);
}

} // namespace exo::hpc
