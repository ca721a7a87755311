// Opening, reading, writing, syncing and locking files.
#include "libos/ninep/call.hpp"
#include "libos/ninep/client.hpp"

#include <cstring>

namespace exo::ninep {

namespace {

Result<Opened> decode_opened(Result<Decoder> reply) {
    if (!reply)
        return std::unexpected(reply.error());
    Opened opened;
    opened.qid = reply->qid();
    opened.io_unit = reply->u32();
    if (!reply->ok())
        return std::unexpected(error_number::input_output);
    return opened;
}

// A count of bytes moved, which the server may not set higher than what was asked for.
Result<std::size_t> decode_count(Result<Decoder>& reply, std::size_t count_max) {
    if (!reply)
        return std::unexpected(reply.error());
    const std::uint32_t count = reply->u32();
    if (!reply->ok() || count > count_max)
        return std::unexpected(error_number::input_output);
    return count;
}

std::uint64_t total_bytes(std::span<const Piece> pieces) {
    std::uint64_t total = 0;
    for (const Piece& piece : pieces)
        total += piece.bytes;
    return total;
}

} // namespace

Result<Opened> Client::open(Fid fid, std::uint32_t flags) {
    Call call(connection_, MessageType::Open);
    call.request().u32(fid.number).u32(flags);
    return decode_opened(call.run());
}

Result<Opened> Client::create(Fid fid, std::string_view name, std::uint32_t flags, std::uint32_t mode,
                              std::uint32_t group) {
    Call call(connection_, MessageType::Create);
    call.request().u32(fid.number).string(name).u32(flags).u32(mode).u32(group);
    return decode_opened(call.run());
}

Result<std::size_t> Client::read(Fid fid, std::uint64_t offset, std::span<std::byte> destination) {
    const std::size_t count_max = destination.size() < transfer_bytes_max_ ? destination.size() : transfer_bytes_max_;
    Call call(connection_, MessageType::Read);
    call.request().u32(fid.number).u64(offset).u32(static_cast<std::uint32_t>(count_max));
    auto reply = call.run();
    const auto count = decode_count(reply, count_max);
    if (!count)
        return count;
    const auto data = reply->bytes(*count);
    if (!reply->ok())
        return std::unexpected(error_number::input_output);
    if (!data.empty())
        std::memcpy(destination.data(), data.data(), data.size());
    return data.size();
}

Result<std::size_t> Client::read_direct(Fid fid, std::uint64_t offset, std::span<const Piece> destination) {
    const std::uint64_t count_max = total_bytes(destination);
    if (count_max > direct_bytes_max() || destination.size() > direct_pieces_max())
        return std::unexpected(error_number::invalid);
    Call call(connection_, MessageType::Read);
    call.request().u32(fid.number).u64(offset).u32(static_cast<std::uint32_t>(count_max));
    auto reply = call.run_into(destination);
    return decode_count(reply, count_max);
}

Result<std::size_t> Client::write(Fid fid, std::uint64_t offset, std::span<const std::byte> source) {
    const std::size_t count_max = source.size() < transfer_bytes_max_ ? source.size() : transfer_bytes_max_;
    Call call(connection_, MessageType::Write);
    call.request().u32(fid.number).u64(offset).u32(static_cast<std::uint32_t>(count_max));
    if (const auto payload = call.payload(); count_max != 0 && payload.size() >= count_max)
        std::memcpy(payload.data(), source.data(), count_max);
    auto reply = call.run_with_own_payload(count_max);
    return decode_count(reply, count_max);
}

Result<std::size_t> Client::write_direct(Fid fid, std::uint64_t offset, std::span<const Piece> source) {
    const std::uint64_t count_max = total_bytes(source);
    if (count_max > direct_bytes_max() || source.size() > direct_pieces_max())
        return std::unexpected(error_number::invalid);
    Call call(connection_, MessageType::Write);
    call.request().u32(fid.number).u64(offset).u32(static_cast<std::uint32_t>(count_max));
    auto reply = call.run_with_payload(source);
    return decode_count(reply, count_max);
}

Result<void> Client::fsync(Fid fid, bool data_only) {
    Call call(connection_, MessageType::Fsync);
    call.request().u32(fid.number).u32(data_only ? 1 : 0);
    return finished(call.run());
}

Result<LockStatus> Client::lock(Fid fid, const LockRequest& request, std::uint32_t flags,
                                std::string_view client_name) {
    Call call(connection_, MessageType::Lock);
    call.request().u32(fid.number).u8(request.type).u32(flags).u64(request.start).u64(request.length);
    call.request().u32(request.process).string(client_name);
    auto reply = call.run();
    if (!reply)
        return std::unexpected(reply.error());
    const std::uint8_t status = reply->u8();
    if (!reply->ok() || status > static_cast<std::uint8_t>(LockStatus::Grace))
        return std::unexpected(error_number::input_output);
    return static_cast<LockStatus>(status);
}

Result<LockRequest> Client::get_lock(Fid fid, const LockRequest& request, std::string_view client_name) {
    Call call(connection_, MessageType::GetLock);
    call.request().u32(fid.number).u8(request.type).u64(request.start).u64(request.length);
    call.request().u32(request.process).string(client_name);
    auto reply = call.run();
    if (!reply)
        return std::unexpected(reply.error());
    LockRequest found;
    found.type = reply->u8();
    found.start = reply->u64();
    found.length = reply->u64();
    found.process = reply->u32();
    (void)reply->string();
    if (!reply->ok() || found.type > lock_type::unlock)
        return std::unexpected(error_number::input_output);
    return found;
}

} // namespace exo::ninep
