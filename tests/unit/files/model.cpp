// The model, in the words of the manual pages: link(2), unlink(2), rename(2), ...
#include "tests/unit/files/model.hpp"

#include <algorithm>
#include <stdexcept>

namespace files_test {

unsigned Node::links() const {
    if (!is_directory())
        return names;
    const auto inside = std::ranges::count_if(entries, [](const auto& entry) { return entry.second->is_directory(); });
    return (parent ? 2u : 0u) + static_cast<unsigned>(inside);
}

namespace {
Status check_name(const std::string& name) {
    if (name.size() > 255)
        return fail(FileError::NameTooLong);
    if (name.empty() || name == "." || name == ".." || name.contains('/'))
        return fail(FileError::Invalid);
    return {};
}
bool is_above(const Node& node, const Node& directory) {
    for (const Node* at = &directory; at; at = at->parent == at ? nullptr : at->parent)
        if (at == &node)
            return true;
    return false;
}
} // namespace

Model::Model() : root_(std::make_shared<Node>()) {
    root_->mode = mode_type::directory | 0755;
    root_->parent = root_.get();
}

Result<NodeRef*> Model::existing(Node& directory, const std::string& name) {
    if (!directory.is_directory())
        return fail(FileError::NotDirectory);
    if (name.size() > 255)
        return fail(FileError::NameTooLong);
    const auto found = directory.entries.find(name);
    if (found == directory.entries.end())
        return fail(FileError::NoEntry);
    return &found->second;
}

Status Model::check_new(Node& directory, const std::string& name) {
    if (!directory.is_directory())
        return fail(FileError::NotDirectory);
    if (const Status good = check_name(name); !good)
        return good;
    if (directory.entries.contains(name))
        return fail(FileError::Exists);
    return directory.parent ? Status{} : fail(FileError::NoEntry);
}

void Model::attach(Node& directory, const std::string& name, const NodeRef& node) {
    directory.entries[name] = node;
    node->names++;
    if (node->is_directory())
        node->parent = &directory;
}

void Model::detach(Node& directory, const std::string& name) {
    const NodeRef node = directory.entries[name];
    directory.entries.erase(name);
    node->names--;
    if (node->is_directory())
        node->parent = nullptr;
}

Result<NodeRef> Model::lookup(Node& directory, const std::string& name) {
    const auto found = existing(directory, name);
    return found ? Result<NodeRef>(**found) : fail(found.error());
}

Result<NodeRef> Model::create(Node& directory, const std::string& name, std::uint32_t mode, const std::string& target) {
    if (const Status good = check_new(directory, name); !good)
        return fail(good.error());
    auto node = std::make_shared<Node>();
    node->mode = mode;
    node->contents = target;
    attach(directory, name, node);
    return node;
}

Status Model::link(Node& directory, const std::string& name, const NodeRef& node) {
    if (const Status good = check_new(directory, name); !good)
        return good;
    if (node->is_directory())
        return fail(FileError::NotPermitted);
    if (node->names == 0)
        return fail(FileError::NoEntry);
    attach(directory, name, node);
    return {};
}

Status Model::unlink(Node& directory, const std::string& name) {
    const auto found = existing(directory, name);
    if (!found)
        return fail(found.error());
    if ((**found)->is_directory())
        return fail(FileError::IsDirectory);
    detach(directory, name);
    return {};
}

Status Model::remove_directory(Node& directory, const std::string& name) {
    const auto found = existing(directory, name);
    if (!found)
        return fail(found.error());
    if (!(**found)->is_directory())
        return fail(FileError::NotDirectory);
    if (!(**found)->entries.empty())
        return fail(FileError::NotEmpty);
    detach(directory, name);
    return {};
}

Status Model::rename(Node& from, const std::string& name, Node& to, const std::string& new_name, std::uint32_t flags) {
    const auto source = existing(from, name);
    if (!source)
        return fail(source.error());
    const Status good = check_new(to, new_name);
    if (!good && good.error() != FileError::Exists)
        return good;
    const NodeRef moved = **source;
    if (moved->is_directory() && is_above(*moved, to))
        return fail(FileError::Invalid);
    const auto target = existing(to, new_name);
    if (flags == rename_flag::exchange) {
        if (!target)
            return fail(FileError::NoEntry);
        const NodeRef other = **target;
        if (other->is_directory() && is_above(*other, from))
            return fail(FileError::Invalid);
        if (other == moved)
            return {};
        detach(from, name);
        detach(to, new_name);
        attach(from, name, other);
        attach(to, new_name, moved);
        return {};
    }
    if (target) {
        if (flags == rename_flag::no_replace)
            return fail(FileError::Exists);
        const NodeRef other = **target;
        if (other == moved)
            return {};
        if (other->is_directory() && is_above(*other, from))
            return fail(FileError::NotEmpty);
        if (moved->is_directory() && !other->is_directory())
            return fail(FileError::NotDirectory);
        if (!moved->is_directory() && other->is_directory())
            return fail(FileError::IsDirectory);
        if (!other->entries.empty())
            return fail(FileError::NotEmpty);
        detach(to, new_name);
    }
    detach(from, name);
    attach(to, new_name, moved);
    return {};
}

namespace {
Status check_file(const Node& node) {
    if (node.is_directory())
        return fail(FileError::IsDirectory);
    return node.is_regular() ? Status{} : fail(FileError::Invalid);
}
} // namespace

Status Model::write(Node& node, std::uint64_t offset, const std::string& octets) {
    if (const Status good = check_file(node); !good)
        return good;
    if (octets.empty())
        return {};
    if (node.contents.size() < offset + octets.size())
        node.contents.resize(offset + octets.size());
    node.contents.replace(offset, octets.size(), octets);
    return {};
}

Result<std::string> Model::read(Node& node, std::uint64_t offset, std::size_t bytes) {
    if (const Status good = check_file(node); !good)
        return fail(good.error());
    return offset < node.contents.size() ? node.contents.substr(offset, bytes) : "";
}

Status Model::truncate(Node& node, std::uint64_t bytes) {
    if (const Status good = check_file(node); !good)
        return good;
    node.contents.resize(bytes);
    return {};
}

Status Model::punch(Node& node, std::uint64_t offset, std::uint64_t bytes) {
    if (const Status good = check_file(node); !good)
        return good;
    for (std::uint64_t at = offset; at < offset + bytes && at < node.contents.size(); at++)
        node.contents[at] = 0;
    return {};
}

Status Model::set_mode(Node& node, std::uint32_t permissions) {
    node.mode = (node.mode & mode_type::mask) | permissions;
    return {};
}

std::uint64_t mixed_in(std::uint64_t sum, std::uint64_t value) {
    return exo::store::mixed(sum ^ (value + 0x9e3779b97f4a7c15 + (sum << 6) + (sum >> 2)));
}

std::uint64_t sum_of(std::string_view octets) {
    std::uint64_t sum = octets.size();
    for (; octets.size() >= 8; octets.remove_prefix(8)) {
        std::uint64_t word;
        __builtin_memcpy(&word, octets.data(), 8);
        sum = (sum ^ word) * 0x100000001b3 + (sum >> 29);
    }
    for (const char octet : octets)
        sum = (sum ^ static_cast<unsigned char>(octet)) * 0x100000001b3;
    return exo::store::mixed(sum);
}

namespace {
std::uint64_t fingerprint_of(const Node& node) {
    std::uint64_t sum = mixed_in(node.mode, node.links());
    if (!node.is_directory())
        return mixed_in(sum, sum_of(node.contents));
    std::uint64_t all = 0; // of no order
    for (const auto& [name, child] : node.entries)
        all += mixed_in(sum_of(name), fingerprint_of(*child));
    return mixed_in(sum, all);
}

std::uint64_t fingerprint_of(Files& files, Inode& inode) {
    std::uint64_t sum = mixed_in(inode.attributes.mode, inode.links());
    if (inode.is_directory()) {
        struct Sink final : ListSink {
            explicit Sink(Files& all) : files(all) {}
            bool take(std::string_view name, const Inode& child, std::uint64_t) override {
                total += mixed_in(sum_of(name), fingerprint_of(files, *files.tree().find(child.number)));
                return true;
            }
            Files& files;
            std::uint64_t total = 0;
        } sink(files);
        if (!files.list(inode, 0, sink))
            throw std::runtime_error("a directory cannot be listed");
        return mixed_in(sum, sink.total);
    }
    if (!inode.is_regular())
        return mixed_in(sum, sum_of({inode.target ? inode.target : "", inode.target_bytes}));
    std::string contents(inode.attributes.bytes, '\0');
    const auto read = files.read(inode, 0, std::as_writable_bytes(std::span(contents)));
    if (!read || *read != contents.size())
        throw std::runtime_error("a file cannot be read");
    return mixed_in(sum, sum_of(contents));
}
} // namespace

std::uint64_t Model::fingerprint() const {
    return fingerprint_of(*root_);
}

std::uint64_t fingerprint(Files& files) {
    return fingerprint_of(files, *files.tree().find(root_number));
}

} // namespace files_test
