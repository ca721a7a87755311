// The server's half of 9P2000.L over a tree of nodes: enough of Linux's file semantics to tell right from wrong.
#include "tests/unit/ninep/fake_server.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace exo::test {

namespace {

constexpr std::uint32_t type_mask = 0170000, directory_type = 0040000, regular_type = 0100000, link_type = 0120000;
constexpr int no_entry = 2, bad_descriptor = 9, exists = 17, not_directory = 20, is_directory = 21, invalid = 22,
              not_empty = 39, not_permitted = 1;

bool is_dir(const NodePointer& node) {
    return (node->mode & type_mask) == directory_type;
}

struct Failure {
    int number;
};

// Takes fields off a request; a request that is too short is the client's fault and ends the test.
struct Fields {
    const std::string& text;
    std::size_t at = 7;

    std::uint64_t number(std::size_t width) {
        if (text.size() - at < width)
            throw std::logic_error("the client sent a truncated message");
        std::uint64_t value = 0;
        std::memcpy(&value, text.data() + at, width);
        at += width;
        return value;
    }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::string string() { return bytes(number(2)); }
    std::string bytes(std::size_t count) {
        if (text.size() - at < count)
            throw std::logic_error("the client sent a truncated message");
        at += count;
        return text.substr(at - count, count);
    }
};

struct Reply {
    std::string text;
    Reply& number(std::uint64_t value, std::size_t width) {
        text.append(reinterpret_cast<const char*>(&value), width);
        return *this;
    }
    Reply& qid(const Node& node) {
        const std::uint32_t type = node.mode & type_mask;
        number(type == directory_type ? 0x80 : type == link_type ? 2 : 0, 1);
        return number(0, 4).number(node.number, 8);
    }
    Reply& string(const std::string& value) {
        number(value.size(), 2);
        text += value;
        return *this;
    }
};

std::string framed(std::uint8_t type, std::uint16_t tag, const std::string& body) {
    Reply reply;
    reply.number(7 + body.size(), 4).number(type, 1).number(tag, 2);
    return reply.text + body;
}

} // namespace

FakeServer::FakeServer() {
    root = std::make_shared<Node>();
    root->mode = directory_type | 0755;
    root->number = next_number_++;
}

ninep::Transport FakeServer::transport() {
    return {.context = this,
            .pieces_max = pieces_max,
            .send = [](void* context, std::uint16_t exchange, std::span<const ninep::Piece> request,
                       std::span<const ninep::Piece> reply) { return self(context).send(exchange, request, reply); },
            .poll =
                [](void* context) {
                    FakeServer& server = self(context);
                    if (server.broken)
                        return ninep::Finished{.kind = ninep::Finished::Kind::Broken};
                    if (server.finished_.empty())
                        return ninep::Finished{};
                    const ninep::Finished first = server.finished_.front();
                    server.finished_.erase(server.finished_.begin());
                    return first;
                },
            .relax = [](void* context) { self(context).relax(); },
            .now_us = [](void* context) { return self(context).now_us; }};
}

ninep::SendResult FakeServer::send(std::uint16_t exchange, std::span<const ninep::Piece> request,
                                   std::span<const ninep::Piece> reply) {
    if (broken)
        return ninep::SendResult::Broken;
    if (pending_.size() >= in_flight_max)
        return ninep::SendResult::Busy;
    if (request.size() + reply.size() > pieces_max)
        throw std::logic_error("more pieces than the transport takes");
    Pending pending{.exchange = exchange, .request = {}, .reply = {reply.begin(), reply.end()}};
    for (const ninep::Piece& piece : request)
        pending.request.append(reinterpret_cast<const char*>(piece.memory), piece.bytes);
    std::uint32_t size = 0;
    std::memcpy(&size, pending.request.data(), 4);
    if (size != pending.request.size() || size > message_bytes_max)
        throw std::logic_error("the client sent a message of a wrong size");
    for (const Pending& other : pending_)
        if (other.exchange == exchange || other.request.substr(5, 2) == pending.request.substr(5, 2))
            throw std::logic_error("the client used an exchange or tag twice at a time");
    ++requests;
    pending_.push_back(std::move(pending));
    highest_in_flight = std::max(highest_in_flight, pending_.size());
    return ninep::SendResult::Sent;
}

void FakeServer::relax() {
    now_us += 1000;
    if (on_relax)
        on_relax();
    std::vector<Pending> ready;
    for (auto pending = pending_.begin(); pending != pending_.end();) {
        const bool is_flush = pending->request[4] == 108;
        if (is_flush ? ignores_flush : holds) {
            ++pending;
            continue;
        }
        ready.push_back(std::move(*pending));
        pending = pending_.erase(pending);
    }
    if (newest_first)
        std::reverse(ready.begin(), ready.end());
    for (const Pending& pending : ready)
        answer(pending);
}

void FakeServer::finish(const Pending& pending, std::string reply) {
    std::size_t written = 0;
    for (const ninep::Piece& piece : pending.reply) {
        const std::size_t part = std::min<std::size_t>(piece.bytes, reply.size() - written);
        std::memcpy(piece.memory, reply.data() + written, part);
        written += part;
    }
    if (written != reply.size())
        throw std::logic_error("the client left too little room for a reply");
    finished_.push_back({.kind = ninep::Finished::Kind::Exchange, .exchange = pending.exchange, .bytes = written});
}

void FakeServer::flush(const Pending& pending, std::uint16_t old_tag) {
    flushed_tags.push_back(old_tag);
    for (auto old = pending_.begin(); old != pending_.end(); ++old) {
        std::uint16_t tag = 0;
        std::memcpy(&tag, old->request.data() + 5, 2);
        if (tag != old_tag)
            continue;
        const Pending found = *old;
        pending_.erase(old);
        if (answers_flushed)
            answer(found);
        else
            finish(found, {});
        break;
    }
    std::uint16_t own_tag = 0;
    std::memcpy(&own_tag, pending.request.data() + 5, 2);
    finish(pending, framed(109, own_tag, {}));
}

void FakeServer::answer(const Pending& pending) {
    const auto type = static_cast<std::uint8_t>(pending.request[4]);
    std::uint16_t tag = 0;
    std::memcpy(&tag, pending.request.data() + 5, 2);
    if (type == 108) {
        Fields fields{pending.request};
        flush(pending, static_cast<std::uint16_t>(fields.number(2)));
        return;
    }
    std::string reply;
    try {
        reply = framed(static_cast<std::uint8_t>(type + 1), tag, result_of(pending.request));
    } catch (const Failure& failure) {
        reply = framed(7, tag, Reply().number(static_cast<std::uint64_t>(failure.number), 4).text);
    }
    if (spoil)
        spoil(reply);
    finish(pending, std::move(reply));
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

std::string FakeServer::result_of(const std::string& request) {
    Fields fields{request};
    Reply reply;
    const auto node_of = [&](std::uint32_t fid) {
        const auto found = fids.find(fid);
        if (found == fids.end())
            throw Failure{bad_descriptor};
        return found->second;
    };
    const auto new_fid = [&](std::uint32_t fid, const NodePointer& node) {
        if (fids.contains(fid))
            throw std::logic_error("the client used a fid twice");
        fids[fid] = node;
    };
    switch (static_cast<std::uint8_t>(request[4])) {
    case 100: { // version
        const std::uint32_t bytes = std::min(fields.u32(), message_bytes_max);
        fids.clear();
        return reply.number(bytes, 4).string(version).text;
    }
    case 104: { // attach
        new_fid(fields.u32(), root);
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
            new_fid(fid, node);
        return reply.number(walked, 2).text + qids.text;
    }
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
    case 120: { // clunk
        const std::uint32_t fid = fields.u32();
        (void)node_of(fid);
        fids.erase(fid);
        return {};
    }
    case 122: { // remove: always clunks; this server cannot remove
        const std::uint32_t fid = fields.u32();
        (void)node_of(fid);
        fids.erase(fid);
        throw Failure{not_permitted};
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
        return {};
    }
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
        return {};
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
        return {};
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
        return {};
    }
    case 50: // fsync
        (void)node_of(fields.u32());
        (void)fields.u32();
        return {};
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
        throw std::logic_error("the client sent an unknown message");
    }
}

} // namespace exo::test
