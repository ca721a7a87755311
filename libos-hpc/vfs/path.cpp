// Walks a path one component at a time. What is still to be walked is one text, which a symbolic link's target is put
// in front of; so the walk is a loop, bounded by the path's length and the limit of links. Interface: path.hpp.
#include "libos-hpc/vfs/path.hpp"

namespace exo::hpc {
namespace {

std::string_view take_component(std::string_view& rest) {
    while (rest.starts_with('/'))
        rest.remove_prefix(1);
    std::size_t length = rest.find('/');
    std::string_view component = rest.substr(0, length);
    rest.remove_prefix(component.size());
    return component;
}

bool only_slashes(std::string_view rest) {
    return rest.find_first_not_of('/') == std::string_view::npos;
}

// A link's target, then what was still to be walked.
Outcome<Text> spliced(Node& link, std::string_view rest) {
    char target[linux_abi::path_bytes_max];
    auto length = link.read_link(target);
    if (!length)
        return fail(length.error());
    if (*length == 0)
        return fail(Errno::NOENT);
    if (*length + rest.size() >= linux_abi::path_bytes_max)
        return fail(Errno::NAMETOOLONG);
    Text text(std::string_view(target, *length));
    text.add(rest);
    if (!text.complete())
        return fail(Errno::NOMEM);
    return text;
}

} // namespace

Text Place::path() const {
    constexpr std::size_t depth_max = linux_abi::path_bytes_max / 2;
    const Place* chain[128];
    std::size_t depth = 0;
    static_assert(sizeof chain / sizeof *chain <= depth_max);
    for (const Place* place = this; !place->is_root() && depth < 128; place = place->above_.get())
        chain[depth++] = place;
    Text text;
    if (depth == 0)
        text.add('/');
    while (depth)
        text.add('/').add(chain[--depth]->name());
    return text;
}

Outcome<Resolved> resolve(const Ref<Place>& root, const Ref<Place>& start, std::string_view path, LastLink last) {
    if (path.empty())
        return fail(Errno::NOENT);
    if (path.size() >= linux_abi::path_bytes_max)
        return fail(Errno::NAMETOOLONG);
    Resolved result;
    result.place = path.starts_with('/') ? root : start;
    Text walked(path);
    std::string_view rest = walked.view();
    unsigned links = 0;
    while (!only_slashes(rest)) {
        if (!linux_abi::is_directory(result.place->node().type()))
            return fail(Errno::NOTDIR);
        std::string_view component = take_component(rest);
        if (component.size() > linux_abi::name_bytes_max)
            return fail(Errno::NAMETOOLONG);
        bool is_last = only_slashes(rest);
        result.directory = Ref<Place>();
        result.name.clear();
        result.last = component == "." ? LastKind::Dot : component == ".." ? LastKind::DotDot : LastKind::Name;
        if (component == "." || component == "..") {
            if (component == "..")
                result.place = result.place->above();
            result.wants_directory = is_last;
            continue;
        }
        if (is_last && last == LastLink::FollowToName && !rest.empty()) {
            result.directory = std::move(result.place);
            result.place = Ref<Place>();
            result.name.add(component);
            result.wants_directory = true;
            return result;
        }
        auto node = result.place->node().lookup(component);
        if (!node) {
            if (!is_last || node.error() != Errno::NOENT)
                return fail(node.error());
            result.directory = std::move(result.place);
            result.place = Ref<Place>();
            result.name.add(component);
            result.wants_directory = !rest.empty();
            return result;
        }
        const bool follow = !is_last || last <= LastLink::FollowToName || (last == LastLink::Keep && !rest.empty());
        if (linux_abi::is_symlink((*node)->type()) && follow) {
            if (++links > linux_abi::symlinks_max)
                return fail(Errno::LOOP);
            if (Ref<Place> open = (*node)->leads_to()) {
                result.directory = open->above();
                result.name.add(open->name());
                result.wants_directory = is_last && !rest.empty();
                result.place = std::move(open);
                continue;
            }
            auto text = spliced(**node, rest);
            if (!text)
                return fail(text.error());
            walked = std::move(*text);
            rest = walked.view();
            if (rest.starts_with('/'))
                result.place = root;
            continue;
        }
        result.directory = result.place;
        result.wants_directory = is_last && !rest.empty();
        result.name.add(component);
        result.place = make<Place>(result.directory, component, *node);
        if (!result.place || !result.name.complete())
            return fail(Errno::NOMEM);
    }
    if (result.wants_directory && (last == LastLink::Follow || last == LastLink::Keep) &&
        !linux_abi::is_directory(result.place->node().type()))
        return fail(Errno::NOTDIR);
    return result;
}

Outcome<Ref<Place>> find_place(const Ref<Place>& root, const Ref<Place>& start, std::string_view path, LastLink last) {
    auto resolved = resolve(root, start, path, last);
    if (!resolved)
        return fail(resolved.error());
    if (!resolved->place)
        return fail(Errno::NOENT);
    return std::move(resolved->place);
}

} // namespace exo::hpc
