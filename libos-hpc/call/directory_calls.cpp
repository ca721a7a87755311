// Directories and names (getdents(2), mkdir(2), unlink(2), rename(2), link(2), symlink(2), chdir(2)).
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/open_file.hpp"
#include "libos/memory/bytes.hpp"

namespace exo::hpc::call {
namespace {

// Packs directory entries as getdents64 wants them.
class EntryWriter final : public DirectorySink {
public:
    explicit EntryWriter(ReadBuffer buffer) : buffer_(buffer) {}
    bool take(const DirectoryItem& item) override {
        constexpr std::size_t alignment = 8;
        std::size_t bytes = (sizeof(DirectoryEntryHeader) + item.name.size() + 1 + alignment - 1) & ~(alignment - 1);
        if (buffer_.size() - used_ < bytes) {
            full_ = true;
            return false;
        }
        DirectoryEntryHeader header{item.inode, static_cast<std::int64_t>(item.next), static_cast<std::uint16_t>(bytes),
                                    item.type};
        std::byte* place = buffer_.data() + used_;
        fill_bytes(place, 0, bytes);
        copy_bytes(place, &header, sizeof header);
        copy_bytes(place + sizeof header, item.name.data(), item.name.size());
        used_ += bytes;
        return true;
    }
    std::size_t used() const { return used_; }
    bool found_no_room() const { return full_ && used_ == 0; }

private:
    ReadBuffer buffer_;
    std::size_t used_ = 0;
    bool full_ = false;
};

// A name that must not exist yet, in a directory that does.
Outcome<Resolved> new_name(int directory, std::uint64_t path, bool may_end_in_slash) {
    UserString name;
    if (auto loaded = name.load(path); !loaded)
        return fail(loaded.error());
    auto resolved = resolve_at(directory, name.view(), LastLink::Name);
    if (!resolved)
        return fail(resolved.error());
    if (resolved->place)
        return fail(Errno::EXIST);
    if (resolved->wants_directory && !may_end_in_slash)
        return fail(Errno::NOENT);
    return resolved;
}

// A name that exists. Errors: `otherwise`'s for a path that ends in no name, else as resolve.
Outcome<Resolved> old_name(int directory, std::uint64_t path, Errno (*otherwise)(LastKind)) {
    UserString name;
    if (auto loaded = name.load(path); !loaded)
        return fail(loaded.error());
    auto resolved = resolve_at(directory, name.view(), LastLink::Name);
    if (!resolved)
        return fail(resolved.error());
    if (resolved->last != LastKind::Name)
        return fail(otherwise(resolved->last));
    if (!resolved->place)
        return fail(Errno::NOENT);
    return resolved;
}

// Where a descriptor's file is, or the program itself. Errors: BADF, NOENT (it has no place), NOMEM.
Outcome<Ref<Place>> place_of(int descriptor) {
    if (descriptor == at::current_directory)
        return start_of(descriptor, "");
    auto file = descriptors().get(descriptor);
    if (!file)
        return fail(file.error());
    Ref<Place> place = (*file)->place();
    return place ? Outcome<Ref<Place>>(place) : fail(Errno::NOENT);
}

Errno not_removed(LastKind last) {
    return last == LastKind::Dot ? Errno::INVAL : last == LastKind::DotDot ? Errno::NOTEMPTY : Errno::BUSY;
}
Errno not_unlinked(LastKind) {
    return Errno::ISDIR;
}

} // namespace

Answer getdents64(int fd, std::uint64_t address, std::uint64_t bytes) {
    auto file = file_to_read(fd);
    if (!file)
        return answer(file.error());
    auto buffer = buffer_to_fill(address, bytes);
    if (!buffer)
        return answer(buffer.error());
    EntryWriter writer(*buffer);
    if (auto listed = (*file)->list(writer); !listed)
        return answer(listed);
    return writer.found_no_room() ? answer(Errno::INVAL) : static_cast<Answer>(writer.used());
}

Answer mkdirat(int directory, std::uint64_t path, std::uint32_t permissions) {
    auto resolved = new_name(directory, path, true);
    if (!resolved)
        return answer(resolved.error());
    std::uint32_t mode = permissions & 01777 & ~names().umask();
    return answer(resolved->directory->node().make_directory({resolved->name.view(), mode}));
}
Answer mkdir(std::uint64_t path, std::uint32_t permissions) {
    return mkdirat(at::current_directory, path, permissions);
}

Answer unlinkat(int directory, std::uint64_t path, std::uint32_t flags) {
    if (flags & ~at::remove_directory)
        return answer(Errno::INVAL);
    const bool is_rmdir = flags & at::remove_directory;
    auto resolved = old_name(directory, path, is_rmdir ? not_removed : not_unlinked);
    if (!resolved)
        return answer(resolved.error());
    if (!is_rmdir && resolved->wants_directory)
        return answer(is_directory(resolved->place->node().type()) ? Errno::ISDIR : Errno::NOTDIR);
    return answer(
        resolved->directory->node().remove(resolved->name.view(), is_rmdir ? RemoveKind::Directory : RemoveKind::File));
}
Answer unlink(std::uint64_t path) {
    return unlinkat(at::current_directory, path, 0);
}
Answer rmdir(std::uint64_t path) {
    return unlinkat(at::current_directory, path, at::remove_directory);
}

// Both paths are walked before it is known whether anything is there, as Linux does.
Answer renameat2(int old_directory, std::uint64_t old_path, int new_directory, std::uint64_t new_path,
                 std::uint32_t flags) {
    const bool keeps = flags & rename_flag::no_replace, exchanges = flags & rename_flag::exchange;
    if ((flags & ~(rename_flag::no_replace | rename_flag::exchange)) || (keeps && exchanges))
        return answer(Errno::INVAL);
    UserString old_name, new_name;
    if (auto loaded = old_name.load(old_path); !loaded)
        return answer(loaded);
    if (auto loaded = new_name.load(new_path); !loaded)
        return answer(loaded);
    auto from = resolve_at(old_directory, old_name.view(), LastLink::Name);
    if (!from)
        return answer(from.error());
    auto to = resolve_at(new_directory, new_name.view(), LastLink::Name);
    if (!to)
        return answer(to.error());
    if (from->last != LastKind::Name)
        return answer(Errno::BUSY);
    if (to->last != LastKind::Name)
        return answer(keeps ? Errno::EXIST : Errno::BUSY);
    if (!from->place)
        return answer(Errno::NOENT);
    if (to->place && keeps)
        return answer(Errno::EXIST);
    if (!to->place && exchanges)
        return answer(Errno::NOENT);
    const auto is_folder = [](const Resolved& name) { return is_directory(name.place->node().type()); };
    if (exchanges ? to->wants_directory && !is_folder(*to) : to->wants_directory && !is_folder(*from))
        return answer(Errno::NOTDIR);
    if (from->wants_directory && !is_folder(*from))
        return answer(Errno::NOTDIR);
    Node& target = to->directory->node();
    if (from->directory->node().volume() != target.volume() || from->place->node().volume() != target.volume())
        return answer(Errno::XDEV);
    return answer(from->directory->node().rename(from->name.view(), target, to->name.view(), flags));
}
Answer renameat(int old_directory, std::uint64_t old_path, int new_directory, std::uint64_t new_path) {
    return renameat2(old_directory, old_path, new_directory, new_path, 0);
}
Answer rename(std::uint64_t old_path, std::uint64_t new_path) {
    return renameat2(at::current_directory, old_path, at::current_directory, new_path, 0);
}

Answer linkat(int old_directory, std::uint64_t old_path, int new_directory, std::uint64_t new_path,
              std::uint32_t flags) {
    if (flags & ~(at::symlink_follow | at::empty_path))
        return answer(Errno::INVAL);
    UserString name;
    if (auto loaded = name.load(old_path); !loaded)
        return answer(loaded);
    auto from = (flags & at::empty_path) && name.view().empty()
                    ? place_of(old_directory)
                    : find_at(old_directory, name.view(), last_link(flags & at::symlink_follow));
    if (!from)
        return answer(from.error());
    auto to = new_name(new_directory, new_path, false);
    if (!to)
        return answer(to.error());
    if (is_directory((*from)->node().type()))
        return answer(Errno::PERM);
    if ((*from)->node().volume() != to->directory->node().volume())
        return answer(Errno::XDEV);
    return answer(to->directory->node().link(to->name.view(), (*from)->node()));
}
Answer link(std::uint64_t old_path, std::uint64_t new_path) {
    return linkat(at::current_directory, old_path, at::current_directory, new_path, 0);
}

Answer symlinkat(std::uint64_t target, int directory, std::uint64_t path) {
    UserString text;
    if (auto loaded = text.load(target); !loaded)
        return answer(loaded);
    if (text.view().empty())
        return answer(Errno::NOENT);
    auto to = new_name(directory, path, false);
    if (!to)
        return answer(to.error());
    return answer(to->directory->node().make_symlink(to->name.view(), text.view()));
}
Answer symlink(std::uint64_t target, std::uint64_t path) {
    return symlinkat(target, at::current_directory, path);
}

Answer chdir(std::uint64_t path) {
    UserString name;
    if (auto loaded = name.load(path); !loaded)
        return answer(loaded);
    auto place = find_at(at::current_directory, name.view(), LastLink::Follow);
    if (!place)
        return answer(place.error());
    if (!is_directory((*place)->node().type()))
        return answer(Errno::NOTDIR);
    names().set_working_directory(*place);
    return 0;
}

Answer fchdir(int fd) {
    auto file = descriptors().get(fd);
    if (!file)
        return answer(file.error());
    Ref<Place> place = (*file)->place();
    if (!place || !is_directory(place->node().type()))
        return answer(Errno::NOTDIR);
    names().set_working_directory(place);
    return 0;
}

Answer getcwd(std::uint64_t address, std::uint64_t bytes) {
    Ref<Place> place = names().working_directory();
    if (!place)
        return answer(Errno::NOMEM);
    Text path = place->path();
    path.add('\0');
    if (!path.complete())
        return answer(Errno::NOMEM);
    if (path.size() > bytes)
        return answer(Errno::RANGE);
    return copy_to_user(address, path.view().data(), path.size()) ? static_cast<Answer>(path.size())
                                                                  : answer(Errno::FAULT);
}

Answer umask(std::uint32_t mask) {
    return names().set_umask(mask & 0777);
}

} // namespace exo::hpc::call
