// Reading directories, and the operations that change names in them.
#include "libos/ninep/call.hpp"
#include "libos/ninep/client.hpp"

#include <cstring>

namespace exo::ninep {

namespace {

Result<Qid> decode_qid(Result<Decoder> reply) {
    if (!reply)
        return std::unexpected(reply.error());
    const Qid qid = reply->qid();
    if (!reply->ok())
        return std::unexpected(error_number::input_output);
    return qid;
}

bool decode_entry(Decoder& decoder, DirectoryEntry& entry) {
    entry.qid = decoder.qid();
    entry.next = decoder.u64();
    entry.type = decoder.u8();
    entry.name = decoder.string();
    return decoder.ok();
}

// A name that would lead elsewhere than into its directory is not handed on.
bool is_plain_name(std::string_view name) {
    if (name.empty())
        return false;
    for (const char character : name)
        if (character == '/' || character == '\0')
            return false;
    return true;
}

} // namespace

bool next_entry(std::span<const std::byte>& block, DirectoryEntry& entry) {
    Decoder decoder(block);
    if (block.empty() || !decode_entry(decoder, entry))
        return false;
    block = block.last(decoder.left());
    return true;
}

Result<std::span<const std::byte>> Client::read_directory(Fid fid, std::uint64_t offset, std::span<std::byte> storage) {
    const std::size_t count_max = storage.size() < transfer_bytes_max_ ? storage.size() : transfer_bytes_max_;
    Call call(connection_, MessageType::ReadDirectory);
    call.request().u32(fid.number).u64(offset).u32(static_cast<std::uint32_t>(count_max));
    auto reply = call.run();
    if (!reply)
        return std::unexpected(reply.error());
    const std::uint32_t count = reply->u32();
    const auto data = reply->bytes(count);
    if (!reply->ok() || count > count_max)
        return std::unexpected(error_number::input_output);
    if (!data.empty())
        std::memcpy(storage.data(), data.data(), data.size());
    const std::span<const std::byte> block = storage.first(data.size());
    Decoder decoder(block);
    DirectoryEntry entry;
    while (decoder.left() != 0)
        if (!decode_entry(decoder, entry) || !is_plain_name(entry.name))
            return std::unexpected(error_number::input_output);
    return block;
}

Result<Qid> Client::make_directory(Fid directory, std::string_view name, std::uint32_t mode, std::uint32_t group) {
    Call call(connection_, MessageType::MakeDirectory);
    call.request().u32(directory.number).string(name).u32(mode).u32(group);
    return decode_qid(call.run());
}

Result<Qid> Client::symlink(Fid directory, std::string_view name, std::string_view target, std::uint32_t group) {
    Call call(connection_, MessageType::Symlink);
    call.request().u32(directory.number).string(name).string(target).u32(group);
    return decode_qid(call.run());
}

Result<Qid> Client::make_node(Fid directory, std::string_view name, std::uint32_t mode, std::uint32_t major,
                              std::uint32_t minor, std::uint32_t group) {
    Call call(connection_, MessageType::MakeNode);
    call.request().u32(directory.number).string(name).u32(mode).u32(major).u32(minor).u32(group);
    return decode_qid(call.run());
}

Result<std::size_t> Client::read_link(Fid fid, std::span<char> target) {
    Call call(connection_, MessageType::ReadLink);
    call.request().u32(fid.number);
    auto reply = call.run();
    if (!reply)
        return std::unexpected(reply.error());
    const std::string_view text = reply->string();
    if (!reply->ok())
        return std::unexpected(error_number::input_output);
    const std::size_t copied = text.size() < target.size() ? text.size() : target.size();
    if (copied != 0)
        std::memcpy(target.data(), text.data(), copied);
    return text.size();
}

Result<void> Client::link(Fid directory, Fid file, std::string_view name) {
    Call call(connection_, MessageType::Link);
    call.request().u32(directory.number).u32(file.number).string(name);
    return finished(call.run());
}

Result<void> Client::rename_at(Fid old_directory, std::string_view old_name, Fid new_directory,
                               std::string_view new_name) {
    Call call(connection_, MessageType::RenameAt);
    call.request().u32(old_directory.number).string(old_name).u32(new_directory.number).string(new_name);
    return finished(call.run());
}

Result<void> Client::unlink_at(Fid directory, std::string_view name, std::uint32_t flags) {
    Call call(connection_, MessageType::UnlinkAt);
    call.request().u32(directory.number).string(name).u32(flags);
    return finished(call.run());
}

} // namespace exo::ninep
