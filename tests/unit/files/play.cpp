// The random player. Directories are chosen by walking the model, and reached in the real one by looking up each name.
#include "tests/unit/files/play.hpp"

#include <cstring>
#include <format>
#include <stdexcept>

namespace files_test {

namespace {
std::span<const std::byte> octets(const std::string& text) {
    return std::as_bytes(std::span(text));
}
[[noreturn]] void differ(const std::string& sentence) {
    throw std::runtime_error(sentence);
}
int number_of(const auto& result) {
    return result ? 0 : static_cast<int>(result.error());
}
} // namespace

// One that is there, more often than not, or any.
std::string FilesPlay::pick_name(const Node& directory, unsigned existing_percent) {
    if (!directory.entries.empty() && pick(100) < existing_percent) {
        auto entry = directory.entries.begin();
        std::advance(entry, static_cast<std::ptrdiff_t>(pick(directory.entries.size())));
        return entry->first;
    }
    const std::uint64_t choice = pick(200);
    if (choice == 0)
        return std::string(256, 'x');
    if (choice == 1)
        return std::string(255, 'y');
    if (choice == 2)
        return "a/b";
    if (choice == 3)
        return "..";
    return std::string(1, static_cast<char>('a' + pick(9))) + (choice < 20 ? "-longer" : "");
}

// Somewhere in the tree, by walking down at random.
NodeRef FilesPlay::pick_node(bool directory) {
    NodeRef at = model_.root();
    for (unsigned depth = 0; depth < 5 && at->is_directory() && !at->entries.empty() && pick(4); depth++) {
        auto entry = at->entries.begin();
        std::advance(entry, static_cast<std::ptrdiff_t>(pick(at->entries.size())));
        if (directory && !entry->second->is_directory() && pick(40))
            continue;
        at = entry->second;
    }
    return at;
}

// The real inode of a node that has a name, held.
Inode* FilesPlay::held(const Node& node) {
    std::function<Inode*(const Node&, Inode&)> find = [&](const Node& from, Inode& inode) -> Inode* {
        if (&from == &node) {
            Files::hold(inode);
            return &inode;
        }
        for (const auto& [name, child] : from.entries) {
            const auto next = files_.lookup(inode, name);
            if (!next)
                differ("a name of the model is not there: " + name);
            Inode* const found = find(*child, **next);
            files_.release(**next);
            if (found)
                return found;
        }
        return nullptr;
    };
    Inode& root = files_.root();
    Inode* const found = find(*model_.root(), root);
    files_.release(root);
    if (!found)
        differ("a node of the model is not there");
    return found;
}

template <typename Real>
bool FilesPlay::same(const char* what, const Real& real, const std::function<Status()>& model) {
    operations_++;
    if (number_of(real) == static_cast<int>(FileError::NoSpace)) {
        no_space_++;
        return false;
    }
    const Status wanted = model();
    refused_ += !wanted;
    if (number_of(real) != number_of(wanted))
        differ(std::format("{}: error {} instead of {}", what, number_of(real), number_of(wanted)));
    return real.has_value();
}

void FilesPlay::make(NodeRef directory) {
    Inode* const inode = held(*directory);
    const std::string name = pick_name(*directory, 10);
    const std::uint64_t choice = pick(10);
    const std::uint32_t permissions = static_cast<std::uint32_t>(pick(01000));
    if (choice < 8) {
        const std::uint32_t type = choice < 5   ? mode_type::regular
                                   : choice < 7 ? mode_type::directory
                                                : mode_type::symlink;
        const std::string target = type == mode_type::symlink ? std::string(1 + pick(300), 't') : "";
        const auto real = target.empty() ? files_.create(*inode, name, type | permissions, {})
                                         : files_.make_symlink(*inode, name, target, {});
        const std::uint32_t mode = target.empty() ? type | permissions : type | 0777;
        if (same("create", real, [&] {
                const auto made = model_.create(*directory, name, mode, target);
                return made ? Status{} : fail(made.error());
            }))
            files_.release(**real);
    } else {
        const NodeRef existing = pick_node(false);
        Inode* const other = held(*existing);
        const Status real = files_.link(*inode, name, *other);
        same("link", real, [&] { return model_.link(*directory, name, existing); });
        files_.release(*other);
    }
    files_.release(*inode);
}

void FilesPlay::take_away(NodeRef directory) {
    Inode* const inode = held(*directory);
    const std::string name = pick_name(*directory, 85);
    if (pick(3))
        same("unlink", files_.unlink(*inode, name), [&] { return model_.unlink(*directory, name); });
    else
        same("rmdir", files_.remove_directory(*inode, name), [&] { return model_.remove_directory(*directory, name); });
    files_.release(*inode);
}

void FilesPlay::move(NodeRef directory) {
    const NodeRef to = pick_node(true);
    Inode *const inode = held(*directory), *const other = held(*to);
    const std::string name = pick_name(*directory, 85), new_name = pick_name(*to, 40);
    const std::uint32_t flags = pick(4) ? 0 : static_cast<std::uint32_t>(1 + pick(2));
    same("rename", files_.rename(*inode, name, *other, new_name, flags),
         [&] { return model_.rename(*directory, name, *to, new_name, flags); });
    files_.release(*inode);
    files_.release(*other);
}

void FilesPlay::open(NodeRef directory) {
    if (handles_.size() >= spec_.handles_max || (!handles_.empty() && pick(3) == 0)) {
        const std::size_t which = pick(handles_.size());
        files_.release(*handles_[which].inode);
        handles_.erase(handles_.begin() + static_cast<std::ptrdiff_t>(which));
        return;
    }
    Inode* const inode = held(*directory);
    const std::string name = pick_name(*directory, 85);
    NodeRef node;
    const auto real = files_.lookup(*inode, name);
    if (same("lookup", real, [&] {
            const auto found = model_.lookup(*directory, name);
            node = found ? *found : nullptr;
            return found ? Status{} : fail(found.error());
        })) {
        if ((*real)->links() != node->links())
            differ("links differ");
        if (node->is_directory() && pick(20))
            files_.release(**real); // transfers would be refused
        else
            handles_.push_back({node, *real});
    }
    files_.release(*inode);
}

void FilesPlay::transfer() {
    if (handles_.empty())
        return;
    auto& [node, inode] = handles_[pick(handles_.size())];
    const std::uint64_t offset = pick(4) ? pick(spec_.file_bytes_max) : pick(spec_.file_bytes_max / 4096) * 4096;
    const std::uint64_t choice = pick(10);
    if (choice < 5) {
        std::string text(pick(4) ? pick(spec_.write_bytes_max) : pick(300), '\0');
        for (char& letter : text)
            letter = static_cast<char>(random_());
        const auto real = files_.write(*inode, offset, octets(text));
        if (real && *real < text.size()) {
            no_space_++;
            text.resize(*real);
        }
        same("write", real, [&] { return model_.write(*node, offset, text); });
    } else if (choice < 8) {
        std::string text(pick(30'000), '\0');
        const auto real = files_.read(*inode, offset, std::as_writable_bytes(std::span(text)));
        std::string wanted;
        if (same("read", real,
                 [&] {
                     const auto read = model_.read(*node, offset, text.size());
                     wanted = read ? *read : "";
                     return read ? Status{} : fail(read.error());
                 }) &&
            (*real != wanted.size() || std::memcmp(text.data(), wanted.data(), wanted.size()) != 0))
            differ("contents differ");
    } else if (choice == 8) {
        same("truncate", files_.truncate(*inode, offset), [&] { return model_.truncate(*node, offset); });
    } else {
        const std::uint64_t bytes = pick(20'000);
        same("punch", files_.punch_hole(*inode, offset, bytes), [&] { return model_.punch(*node, offset, bytes); });
    }
}

void FilesPlay::look(NodeRef directory) {
    Inode* const inode = held(*directory);
    const std::uint32_t permissions = static_cast<std::uint32_t>(pick(010000));
    same("chmod", files_.change(*inode, {.set_mode = true, .mode = permissions}),
         [&] { return model_.set_mode(*directory, permissions); });
    files_.release(*inode);
}

void FilesPlay::drop_handles() {
    for (const Handle& handle : handles_)
        files_.release(*handle.inode);
    handles_.clear();
}

void FilesPlay::step() {
    const NodeRef directory = pick_node(true);
    const std::uint64_t choice = pick(20);
    const bool crowded = files_.tree().inode_count() > spec_.nodes_max;
    if (choice < 4 && !crowded)
        make(directory);
    else if (choice < 6 || (crowded && choice < 4))
        take_away(directory);
    else if (choice < 8)
        move(directory);
    else if (choice < 11)
        open(directory);
    else if (choice < 19)
        transfer();
    else
        look(directory);
}

} // namespace files_test
