// Version, attach, walk, clunk, remove: where fids come from and go.
#include "libos/ninep/call.hpp"
#include "libos/ninep/client.hpp"

namespace exo::ninep {

namespace {

constexpr std::size_t depth_max = 4096; // components of a path

// Takes the next component off a path, leaving out empty ones and "."; empty at the end.
std::string_view take_component(std::string_view& path) {
    while (!path.empty()) {
        std::size_t size = 0;
        while (size < path.size() && path[size] != '/')
            ++size;
        const std::string_view component(path.data(), size);
        path.remove_prefix(size < path.size() ? size + 1 : size);
        if (size != 0 && !(size == 1 && component[0] == '.'))
            return component;
    }
    return {};
}

Errno why_stopped(const Walked& walked) {
    if (walked.count == 0 || walked.last.is_directory())
        return error_number::not_found;
    return walked.last.is_symlink() ? error_number::too_many_links : error_number::not_a_directory;
}

} // namespace

Result<void> Client::connect(const Transport& transport, std::span<const Buffer> buffers, const Lock& lock,
                             std::uint32_t user, const Timeouts& timeouts) {
    if (transport.pieces_max < 3 || !connection_.set_up(transport, buffers, lock, timeouts))
        return std::unexpected(error_number::invalid);
    if (const auto agreed = agree_on_version(message_bytes_max); !agreed)
        return agreed;
    std::size_t payload_bytes = connection_.message_bytes();
    for (const Buffer& buffer : buffers)
        if (buffer.bytes - layout::payload < payload_bytes)
            payload_bytes = buffer.bytes - layout::payload;
    transfer_bytes_max_ = payload_bytes - payload_overhead;
    return attach(user);
}

Result<void> Client::agree_on_version(std::uint32_t wanted_bytes) {
    Call call(connection_, MessageType::Version);
    call.request().u32(wanted_bytes).string(protocol_version);
    auto reply = call.run();
    if (!reply)
        return std::unexpected(reply.error());
    const std::uint32_t bytes = reply->u32();
    const std::string_view version = reply->string();
    if (!reply->ok())
        return std::unexpected(error_number::input_output);
    if (version != protocol_version || bytes < message_bytes_min || bytes > wanted_bytes)
        return std::unexpected(error_number::not_supported);
    connection_.set_message_bytes(bytes);
    return {};
}

Result<void> Client::attach(std::uint32_t user) {
    const auto fid = connection_.take_fid();
    if (!fid)
        return std::unexpected(error_number::too_many_files);
    Call call(connection_, MessageType::Attach);
    call.request().u32(fid->number).u32(no_fid).string({}).string({}).u32(user);
    auto reply = call.run();
    if (reply)
        (void)reply->qid();
    const auto done = finished(reply);
    if (done)
        root_ = *fid;
    else
        connection_.give_back_fid(*fid);
    return done;
}

Result<Walked> Client::walk(Fid from, std::span<const std::string_view> names) {
    if (names.size() > walk_names_max)
        return std::unexpected(error_number::invalid);
    const auto fid = connection_.take_fid();
    if (!fid)
        return std::unexpected(error_number::too_many_files);
    Walked walked;
    bool makes_sense = false;
    Call call(connection_, MessageType::Walk);
    call.request().u32(from.number).u32(fid->number).u16(static_cast<std::uint16_t>(names.size()));
    for (const std::string_view name : names)
        call.request().string(name);
    auto reply = call.run();
    if (reply) {
        walked.count = reply->u16();
        makes_sense = walked.count <= names.size();
        for (std::size_t index = 0; makes_sense && index < walked.count; ++index)
            walked.last = reply->qid();
        makes_sense = makes_sense && reply->ok();
    }
    // The server took the new fid only if it walked all the way.
    if (makes_sense && walked.count == names.size()) {
        walked.fid = *fid;
        return walked;
    }
    if (reply && !makes_sense)
        return std::unexpected(error_number::input_output); // who knows what the fid is now: it stays taken
    if (reply || reply.error() != error_number::timed_out)  // without an answer the server may yet know the fid
        connection_.give_back_fid(*fid);
    if (!reply)
        return std::unexpected(reply.error());
    return walked;
}

Result<Fid> Client::walk_path(Fid from, std::string_view path) {
    Fid reached = from;
    bool is_own = false;
    for (std::size_t depth = 0; depth < depth_max; depth += walk_names_max) {
        std::string_view names[walk_names_max];
        std::size_t count = 0;
        while (count < walk_names_max && !(names[count] = take_component(path)).empty())
            ++count;
        if (count == 0 && is_own)
            return reached;
        const auto walked = walk(reached, {names, count});
        if (is_own)
            (void)clunk(reached);
        if (!walked)
            return std::unexpected(walked.error());
        if (!walked->fid)
            return std::unexpected(why_stopped(*walked));
        reached = *walked->fid;
        is_own = true;
    }
    (void)clunk(reached);
    return std::unexpected(error_number::name_too_long);
}

Result<void> Client::clunk(Fid fid) {
    Call call(connection_, MessageType::Clunk);
    call.request().u32(fid.number);
    const auto done = finished(call.run());
    // Without an answer the server may still know the fid.
    if (done || done.error() != error_number::timed_out)
        connection_.give_back_fid(fid);
    return done;
}

Result<void> Client::remove(Fid fid) {
    Call call(connection_, MessageType::Remove);
    call.request().u32(fid.number);
    const auto done = finished(call.run());
    if (done || done.error() != error_number::timed_out)
        connection_.give_back_fid(fid);
    return done;
}

} // namespace exo::ninep
