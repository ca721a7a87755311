// What the fake server answers: the server's half of 9P2000.L over a tree of nodes, with enough of Linux's file
// semantics to tell right from wrong. How messages come and go: fake_server.cpp.
#include "tests/unit/ninep/wire_text.hpp"

#include <algorithm>

namespace exo::test {

namespace {

constexpr int not_permitted = 1, no_entry = 2, bad_descriptor = 9, exists = 17, not_directory = 20, is_directory = 21,
              invalid = 22, not_empty = 39;

} // namespace

NodePointer FakeServer::node_of(std::uint32_t fid) const {
    const auto found = fids.find(fid);
    if (found == fids.end())
        throw Failure{bad_descriptor};
    return found->second;
}

void FakeServer::set_new_fid(std::uint32_t fid, const NodePointer& node) {
    if (fids.contains(fid))
        throw std::logic_error("the client used a fid twice");
    fids[fid] = node;
}

NodePointer FakeServer::add(const NodePointer& directory, const std::string& name, std::uint32_t mode) {
    if (!is_dir(directory))
        throw Failure{not_directory};
    if (directory->children.contains(name))
        throw Failure{exists};
    auto node = std::make_shared<Node>();
    node->mode = mode;
    node->number = next_number_++;
    directory->children[name] = node;
    return node;
}

// Where fids come from and go.
std::optional<std::string> FakeServer::result_of_session(const std::string& request) {
    Fields fields{request};
    Reply reply;
    switch (static_cast<std::uint8_t>(request[4])) {
    case 100: { // version
        const std::uint32_t bytes = std::min(fields.u32(), message_bytes_max);
        fids.clear();
        return reply.number(bytes, 4).string(version).text;
    }
    case 104: { // attach
        set_new_fid(fields.u32(), root);
        return reply.qid(*root).text;
    }
    case 110: { // walk
        NodePointer node = node_of(fields.u32());
        const std::uint32_t fid = fields.u32();
        const std::uint64_t count = fields.number(2);
        std::uint64_t walked = 0;
        Reply qids;
        for (; walked < count; ++walked) {
            const std::string name = fields.string();
            if (!is_dir(node) || !node->children.contains(name)) {
                if (walked == 0)
                    throw Failure{is_dir(node) ? no_entry : not_directory};
                break;
            }
            node = node->children[name];
            qids.qid(*node);
        }
        if (walked == count)
            set_new_fid(fid, node);
        return reply.number(walked, 2).text + qids.text;
    }
    case 120: { // clunk
        const std::uint32_t fid = fields.u32();
        (void)node_of(fid);
        fids.erase(fid);
        return std::string();
    }
    case 122: { // remove: always clunks; this server cannot remove
        const std::uint32_t fid = fields.u32();
        (void)node_of(fid);
        fids.erase(fid);
        throw Failure{not_permitted};
    }
    default:
        return std::nullopt;
    }
}

// Content and attributes.
std::optional<std::string> FakeServer::result_of_file(const std::string& request) {
    Fields fields{request};
    Reply reply;
    switch (static_cast<std::uint8_t>(request[4])) {
    case 12: { // open
        const NodePointer node = node_of(fields.u32());
        const std::uint32_t flags = fields.u32();
        if (is_dir(node) && (flags & 3) != 0)
            throw Failure{is_directory};
        if ((flags & 01000) != 0)
            node->content.clear();
        return reply.qid(*node).number(0, 4).text;
    }
    case 14: { // create
        const std::uint32_t fid = fields.u32();
        const std::string name = fields.string();
        (void)fields.u32();
        const std::uint32_t mode = fields.u32();
        const NodePointer node = add(node_of(fid), name, regular_type | mode);
        node->group = fields.u32();
        fids[fid] = node;
        return reply.qid(*node).number(0, 4).text;
    }
    case 116: { // read
        const NodePointer node = node_of(fields.u32());
        const std::uint64_t offset = fields.number(8);
        const std::size_t count = fields.u32();
        const std::string part = offset < node->content.size() ? node->content.substr(offset, count) : std::string();
        return reply.number(part.size(), 4).text + part;
    }
    case 118: { // write
        const NodePointer node = node_of(fields.u32());
        const std::uint64_t offset = fields.number(8);
        const std::string data = fields.bytes(fields.u32());
        if (node->content.size() < offset + data.size())
            node->content.resize(offset + data.size());
        node->content.replace(offset, data.size(), data);
        return reply.number(data.size(), 4).text;
    }
    case 24: { // getattr
        const NodePointer node = node_of(fields.u32());
        reply.number(fields.number(8) & 0x7ff, 8).qid(*node).number(node->mode, 4).number(node->user, 4);
        reply.number(node->group, 4).number(node->links, 8).number(0, 8).number(node->content.size(), 8);
        reply.number(4096, 8).number((node->content.size() + 511) / 512, 8).number(11, 8).number(12, 8);
        reply.number(node->modified_seconds, 8);
        for (int rest = 0; rest < 7; ++rest)
            reply.number(0, 8);
        return reply.text;
    }
    case 26: { // setattr
        const NodePointer node = node_of(fields.u32());
        const std::uint32_t valid = fields.u32();
        const std::uint32_t mode = fields.u32(), user = fields.u32(), group = fields.u32();
        const std::uint64_t size = fields.number(8);
        (void)fields.bytes(16);
        const std::uint64_t modified = fields.number(8);
        if (valid & 1)
            node->mode = (node->mode & type_mask) | mode;
        if (valid & 2)
            node->user = user;
        if (valid & 4)
            node->group = group;
        if (valid & 8)
            node->content.resize(size);
        if (valid & 0x100)
            node->modified_seconds = modified;
        return std::string();
    }
    case 50: // fsync
        (void)node_of(fields.u32());
        (void)fields.u32();
        return std::string();
    case 52: { // lock
        (void)node_of(fields.u32());
        const std::uint64_t type = fields.number(1);
        (void)fields.bytes(4 + 8 + 8 + 4);
        return reply.number(fields.string() == "other" && type != 2 ? 1 : 0, 1).text;
    }
    case 54: { // getlock: says that process 42 holds what is asked for
        (void)node_of(fields.u32());
        reply.number(fields.number(1), 1).number(fields.number(8), 8).number(fields.number(8), 8);
        (void)fields.u32();
        return reply.number(42, 4).string(fields.string()).text;
    }
    case 8: { // statfs
        (void)node_of(fields.u32());
        reply.number(0x01021997, 4).number(4096, 4);
        for (std::uint64_t value = 1; value <= 6; ++value)
            reply.number(value * 1000, 8);
        return reply.number(255, 4).text;
    }
    default:
        return std::nullopt;
    }
}

// Names in directories.
std::optional<std::string> FakeServer::result_of_name(const std::string& request) {
    Fields fields{request};
    Reply reply;
    switch (static_cast<std::uint8_t>(request[4])) {
    case 40: { // readdir: position is the number of entries before it
        const NodePointer node = node_of(fields.u32());
        const std::uint64_t offset = fields.number(8);
        const std::size_t count = fields.u32();
        if (!is_dir(node))
            throw Failure{not_directory};
        Reply block;
        std::uint64_t position = 0;
        for (const auto& [name, child] : node->children) {
            ++position;
            if (position <= offset)
                continue;
            if (block.text.size() + 24 + name.size() > count)
                break;
            block.qid(*child).number(position, 8).number((child->mode & type_mask) >> 12, 1).string(name);
        }
        return reply.number(block.text.size(), 4).text + block.text;
    }
    case 72: { // mkdir
        const NodePointer directory = node_of(fields.u32());
        const std::string name = fields.string();
        return reply.qid(*add(directory, name, directory_type | fields.u32())).text;
    }
    case 16: { // symlink
        const NodePointer directory = node_of(fields.u32());
        const std::string name = fields.string();
        const NodePointer node = add(directory, name, link_type | 0777);
        node->content = fields.string();
        return reply.qid(*node).text;
    }
    case 18: // mknod
        throw Failure{not_permitted};
    case 22: { // readlink
        const NodePointer node = node_of(fields.u32());
        if ((node->mode & type_mask) != link_type)
            throw Failure{invalid};
        return reply.string(node->content).text;
    }
    case 70: { // link
        const NodePointer directory = node_of(fields.u32());
        const NodePointer node = node_of(fields.u32());
        if (!directory->children.emplace(fields.string(), node).second)
            throw Failure{exists};
        ++node->links;
        return std::string();
    }
    case 74: { // renameat
        const NodePointer from = node_of(fields.u32());
        const std::string old_name = fields.string();
        const NodePointer to = node_of(fields.u32());
        const std::string new_name = fields.string();
        if (!from->children.contains(old_name))
            throw Failure{no_entry};
        const NodePointer node = from->children[old_name];
        from->children.erase(old_name);
        to->children[new_name] = node;
        return std::string();
    }
    case 76: { // unlinkat
        const NodePointer directory = node_of(fields.u32());
        const std::string name = fields.string();
        const bool wants_directory = (fields.u32() & 0x200) != 0;
        if (!directory->children.contains(name))
            throw Failure{no_entry};
        const NodePointer node = directory->children[name];
        if (is_dir(node) != wants_directory)
            throw Failure{wants_directory ? not_directory : is_directory};
        if (!node->children.empty())
            throw Failure{not_empty};
        directory->children.erase(name);
        return std::string();
    }
    default:
        return std::nullopt;
    }
}

std::string FakeServer::result_of(const std::string& request) {
    for (const auto result : {&FakeServer::result_of_session, &FakeServer::result_of_file, &FakeServer::result_of_name})
        if (const auto body = (this->*result)(request))
            return *body;
    throw std::logic_error("the client sent an unknown message");
}

} // namespace exo::test
