// Attributes of files and of the file system.
#include "libos/ninep/call.hpp"
#include "libos/ninep/client.hpp"

namespace exo::ninep {

Result<Attributes> Client::get_attributes(Fid fid, std::uint64_t mask) {
    Call call(connection_, MessageType::GetAttributes);
    call.request().u32(fid.number).u64(mask);
    auto reply = call.run();
    if (!reply)
        return std::unexpected(reply.error());
    Attributes found;
    found.valid = reply->u64();
    found.qid = reply->qid();
    found.mode = reply->u32();
    found.user = reply->u32();
    found.group = reply->u32();
    found.links = reply->u64();
    found.device = reply->u64();
    found.size = reply->u64();
    found.block_bytes = reply->u64();
    found.blocks = reply->u64();
    found.accessed_seconds = reply->u64();
    found.accessed_nanoseconds = reply->u64();
    found.modified_seconds = reply->u64();
    found.modified_nanoseconds = reply->u64();
    found.changed_seconds = reply->u64();
    found.changed_nanoseconds = reply->u64();
    if (!reply->ok()) // what follows, birth time, generation and data version, has no use here
        return std::unexpected(error_number::input_output);
    return found;
}

Result<void> Client::set_attributes(Fid fid, const AttributeChange& change) {
    Call call(connection_, MessageType::SetAttributes);
    call.request().u32(fid.number).u32(change.valid).u32(change.mode).u32(change.user).u32(change.group);
    call.request().u64(change.size).u64(change.accessed_seconds).u64(change.accessed_nanoseconds);
    call.request().u64(change.modified_seconds).u64(change.modified_nanoseconds);
    return finished(call.run());
}

Result<FileSystemStatus> Client::file_system_status(Fid fid) {
    Call call(connection_, MessageType::StatFs);
    call.request().u32(fid.number);
    auto reply = call.run();
    if (!reply)
        return std::unexpected(reply.error());
    FileSystemStatus found;
    found.type = reply->u32();
    found.block_bytes = reply->u32();
    found.blocks = reply->u64();
    found.blocks_free = reply->u64();
    found.blocks_available = reply->u64();
    found.files = reply->u64();
    found.files_free = reply->u64();
    found.id = reply->u64();
    found.name_bytes_max = reply->u32();
    if (!reply->ok())
        return std::unexpected(error_number::input_output);
    return found;
}

} // namespace exo::ninep
