// Files of a share: attributes, opening, reading and writing. Directories: share_directory.cpp.
#include "libos-hpc/share/share_node.hpp"

#include "libos-hpc/share/translate.hpp"

#include <algorithm>

namespace exo::hpc {

ShareFileSystem* ShareFileSystem::create(ninep::Client& client, std::uint64_t device, bool read_only) {
    return heap_new<ShareFileSystem>(client, device, read_only);
}

ShareNode::~ShareNode() {
    if (owner_ == FidOwner::Node)
        (void)system_.client.clunk(fid_);
}

Done ShareNode::check_writable() const {
    if (system_.read_only)
        return fail(Errno::ROFS);
    return {};
}

Outcome<Attributes> ShareNode::attributes() {
    auto found = system_.client.get_attributes(fid_, ninep::attribute::basic);
    if (!found)
        return fail(errno_of(found.error()));
    return attributes_of(*found, system_.device);
}

Done ShareNode::change(const AttributeChange& change) {
    if (auto writable = check_writable(); !writable)
        return writable;
    return done_of(system_.client.set_attributes(fid_, change_of(change)));
}

FileSystemInfo ShareNode::file_system() {
    FileSystemInfo info;
    info.type = linux_abi::file_system::v9fs;
    info.read_only = system_.read_only;
    auto status = system_.client.file_system_status(fid_);
    if (!status)
        return info;
    info.block_bytes = status->block_bytes;
    info.blocks = status->blocks;
    info.blocks_free = status->blocks_available;
    info.files = status->files;
    info.files_free = status->files_free;
    return info;
}

Outcome<ninep::Fid> ShareNode::another_fid() {
    auto fid = system_.client.walk_path(fid_, "");
    if (!fid)
        return fail(errno_of(fid.error()));
    return *fid;
}

Outcome<Ref<Node>> ShareNode::open(std::uint32_t flags) {
    bool writes = (flags & linux_abi::open_flag::access_mask) != linux_abi::open_flag::read_only;
    if (writes) {
        if (auto writable = check_writable(); !writable)
            return fail(writable.error());
    }
    auto fid = another_fid();
    if (!fid)
        return fail(fid.error());
    // Creation and truncation have been done; the rest is for us, not for the server.
    constexpr std::uint32_t passed = linux_abi::open_flag::access_mask | linux_abi::open_flag::directory;
    auto opened = system_.client.open(*fid, flags & passed);
    if (!opened) {
        (void)system_.client.clunk(*fid);
        return fail(errno_of(opened.error()));
    }
    Ref<Node> node = make<ShareNode>(system_, *fid, type_);
    if (!node) {
        (void)system_.client.clunk(*fid);
        return fail(Errno::NOMEM);
    }
    return node;
}

Outcome<std::size_t> ShareNode::read_at(std::uint64_t offset, std::span<std::byte> buffer) {
    std::size_t done = 0;
    while (done < buffer.size()) {
        std::size_t piece = std::min(buffer.size() - done, system_.client.transfer_bytes_max());
        auto got = system_.client.read(fid_, offset + done, buffer.subspan(done, piece));
        if (!got) {
            if (done)
                break;
            return fail(errno_of(got.error()));
        }
        done += *got;
        if (*got < piece)
            break;
    }
    return done;
}

Outcome<std::size_t> ShareNode::write_at(std::uint64_t offset, std::span<const std::byte> buffer) {
    std::size_t done = 0;
    while (done < buffer.size()) {
        std::size_t piece = std::min(buffer.size() - done, system_.client.transfer_bytes_max());
        auto put = system_.client.write(fid_, offset + done, buffer.subspan(done, piece));
        if (!put) {
            if (done)
                break;
            return fail(errno_of(put.error()));
        }
        done += *put;
        if (*put < piece)
            break;
    }
    return done;
}

Done ShareNode::sync() {
    return done_of(system_.client.fsync(fid_, false));
}

Outcome<std::size_t> ShareNode::read_link(std::span<char> buffer) {
    if (!linux_abi::is_symlink(type_))
        return fail(Errno::INVAL);
    auto length = system_.client.read_link(fid_, buffer);
    if (!length)
        return fail(errno_of(length.error()));
    return std::min(*length, buffer.size());
}

} // namespace exo::hpc
