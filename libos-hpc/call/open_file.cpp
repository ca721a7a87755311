// Opening: from flags and a path to an open file description. Interface: open_file.hpp.
#include "libos-hpc/call/open_file.hpp"

#include "libos-hpc/file/mapped_files.hpp"
#include "libos-hpc/file/node_file.hpp"

namespace exo::hpc::call {

Outcome<Ref<File>> file_of(int fd) {
    auto file = descriptors().get(fd);
    if (file && ((*file)->flags() & open_flag::path))
        return fail(Errno::BADF);
    return file;
}

Outcome<Ref<File>> file_to_read(int fd) {
    auto file = file_of(fd);
    if (file && !(*file)->readable())
        return fail(Errno::BADF);
    return file;
}

Outcome<Ref<File>> file_to_write(int fd) {
    auto file = file_of(fd);
    if (file && !(*file)->writable())
        return fail(Errno::BADF);
    return file;
}

Outcome<Ref<Place>> start_of(int directory, std::string_view path) {
    if (path.starts_with('/') || directory == at::current_directory) {
        Ref<Place> place = path.starts_with('/') ? names().root() : names().working_directory();
        if (!place)
            return fail(Errno::NOMEM);
        return place;
    }
    auto file = descriptors().get(directory);
    if (!file)
        return fail(file.error());
    Ref<Place> place = (*file)->place();
    if (!place || !is_directory(place->node().type()))
        return fail(Errno::NOTDIR);
    return place;
}

Outcome<Resolved> resolve_at(int directory, std::string_view path, LastLink last) {
    auto start = start_of(directory, path);
    if (!start)
        return fail(start.error());
    Ref<Place> root = names().root();
    if (!root)
        return fail(Errno::NOMEM);
    return resolve(root, *start, path, last);
}

Outcome<Ref<Place>> find_at(int directory, std::string_view path, LastLink last) {
    auto resolved = resolve_at(directory, path, last);
    if (!resolved)
        return fail(resolved.error());
    if (!resolved->place)
        return fail(Errno::NOENT);
    return std::move(resolved->place);
}

namespace {

bool writes(std::uint32_t flags) {
    return (flags & open_flag::access_mask) != open_flag::read_only;
}

Outcome<Ref<Place>> create_file(Resolved& resolved, std::uint32_t permissions) {
    if (resolved.wants_directory)
        return fail(Errno::ISDIR);
    std::uint32_t mode = permissions & mode::permission_mask & ~names().umask();
    auto node = resolved.directory->node().create({resolved.name.view(), mode});
    if (!node)
        return fail(node.error());
    auto place = make<Place>(resolved.directory, resolved.name.view(), *node);
    if (!place)
        return fail(Errno::NOMEM);
    return place;
}

Done check_existing(const Node& node, std::uint32_t flags) {
    if (is_symlink(node.type()) && !(flags & open_flag::path))
        return fail(Errno::LOOP);
    if ((flags & open_flag::directory) && !is_directory(node.type()))
        return fail(Errno::NOTDIR);
    if (is_directory(node.type()) && (writes(flags) || (flags & open_flag::create)))
        return fail(Errno::ISDIR);
    return {};
}

Outcome<Ref<File>> open_place(Ref<Place> place, std::uint32_t flags) {
    Node& node = place->node();
    auto stream = node.open_stream(flags);
    if (!stream || *stream)
        return stream;
    if ((flags & open_flag::truncate) && writes(flags) && is_regular(node.type())) {
        AttributeChange change;
        change.set_bytes = true;
        SharedChange shared(node);
        if (auto done = node.change(change); !done)
            return fail(done.error());
    }
    auto opened = node.open(flags);
    if (!opened)
        return fail(opened.error());
    Ref<File> file = make<NodeFile>(place, *opened, flags);
    if (!file)
        return fail(Errno::NOMEM);
    return file;
}

constexpr std::uint32_t temporary_file = open_flag::temporary | open_flag::directory;

// O_TMPFILE: a file without a name, which O_EXCL keeps without one.
Outcome<Ref<File>> open_unnamed(int directory, std::string_view path, std::uint32_t flags, std::uint32_t permissions) {
    if ((flags & temporary_file) != temporary_file || (flags & open_flag::create) || !writes(flags))
        return fail(Errno::INVAL);
    auto above = find_at(directory, path, last_link(!(flags & open_flag::no_follow)));
    if (!above)
        return fail(above.error());
    if (!is_directory((*above)->node().type()))
        return fail(Errno::NOTDIR);
    const std::uint32_t mode = permissions & mode::permission_mask & ~names().umask();
    auto node = (*above)->node().create_unnamed(mode, !(flags & open_flag::exclusive));
    if (!node)
        return fail(node.error());
    auto found = (*node)->attributes();
    if (!found)
        return fail(found.error());
    Text name("#");
    name.decimal(found->inode).add(" (deleted)");
    auto place = make<Place>(*above, name.view(), *node);
    if (!place)
        return fail(Errno::NOMEM);
    return open_place(place, flags & ~(open_flag::truncate | open_flag::directory));
}

} // namespace

Outcome<Ref<File>> open_path(int directory, std::string_view path, std::uint32_t flags, std::uint32_t permissions) {
    constexpr std::uint32_t kept = open_flag::access_mask | open_flag::append | open_flag::non_block |
                                   open_flag::direct | open_flag::no_access_time | open_flag::data_sync |
                                   open_flag::large_file | open_flag::path | open_flag::directory;
    if ((flags & open_flag::access_mask) == open_flag::access_mask)
        return fail(Errno::INVAL);
    if (flags & open_flag::path)
        flags &= open_flag::path | open_flag::directory | open_flag::no_follow;
    if (flags & open_flag::temporary) {
        auto file = open_unnamed(directory, path, flags, permissions);
        if (file)
            (*file)->set_flags((flags & kept) | temporary_file);
        return file;
    }
    bool exclusive = (flags & open_flag::create) && (flags & open_flag::exclusive);
    const bool keeps_link = exclusive || (flags & open_flag::no_follow);
    const bool creates = flags & open_flag::create;
    const LastLink last = keeps_link ? (creates ? LastLink::Name : LastLink::Keep)
                                     : (creates ? LastLink::FollowToName : LastLink::Follow);
    auto resolved = resolve_at(directory, path, last);
    if (!resolved)
        return fail(resolved.error());
    if (creates && resolved->last == LastKind::Name && resolved->wants_directory)
        return fail(Errno::ISDIR);
    Ref<Place> place = resolved->place;
    if (place) {
        if (exclusive)
            return fail(Errno::EXIST);
        if (auto checked = check_existing(place->node(), flags); !checked)
            return fail(checked.error());
    } else {
        if (!(flags & open_flag::create))
            return fail(Errno::NOENT);
        auto created = create_file(*resolved, permissions);
        if (!created)
            return fail(created.error());
        place = *created;
        flags &= ~open_flag::truncate;
    }
    if (flags & open_flag::path) {
        Ref<File> file = make<NodeFile>(place, place->node_ref(), flags & kept);
        return file ? Outcome<Ref<File>>(file) : fail(Errno::NOMEM);
    }
    auto file = open_place(place, flags);
    if (file)
        (*file)->set_flags(flags & kept);
    return file;
}

} // namespace exo::hpc::call
