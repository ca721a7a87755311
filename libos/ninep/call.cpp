// Sends one request in one of three shapes and checks the header of what comes back.
// A reply that belongs to nothing we asked breaks the connection: tags and memory can no longer be trusted.
#include "libos/ninep/call.hpp"

namespace exo::ninep {

namespace {

// Pieces of one message, gathered on the stack.
struct Pieces {
    static constexpr std::size_t count_max = 128;
    Piece table[count_max];
    std::size_t count = 0;

    bool add(std::span<const Piece> more) {
        if (more.size() > count_max - count)
            return false;
        for (const Piece& piece : more)
            table[count++] = piece;
        return true;
    }
    std::span<const Piece> all() const { return {table, count}; }
};

std::size_t total_bytes(std::span<const Piece> pieces) {
    std::size_t total = 0;
    for (const Piece& piece : pieces)
        total += piece.bytes;
    return total;
}

} // namespace

Call::Call(Connection& connection, MessageType type) : connection_(connection), type_(type) {
    const auto taken = connection.take_exchange();
    if (!taken) {
        problem_ = taken.error();
        return;
    }
    exchange_ = *taken;
    const Buffer& buffer = connection.buffer(exchange_);
    request_ = Encoder({buffer.memory + layout::request, layout::request_bytes});
    request_.header(request_number(type), type == MessageType::Version ? no_tag : exchange_);
}

Call::~Call() {
    if (problem_.number == 0)
        connection_.give_back_exchange(exchange_);
}

std::span<std::byte> Call::payload() const {
    if (problem_.number != 0)
        return {};
    const Buffer& buffer = connection_.buffer(exchange_);
    return {buffer.memory + layout::payload, buffer.bytes - layout::payload};
}

Result<Decoder> Call::run() {
    if (problem_.number != 0)
        return std::unexpected(problem_);
    const Buffer& buffer = connection_.buffer(exchange_);
    request_.finish();
    const Piece request = buffer.part(layout::request, request_.bytes());
    const Piece reply = buffer.part(layout::payload, buffer.bytes - layout::payload);
    return perform({&request, 1}, {&reply, 1}, reply.memory, reply.bytes);
}

Result<Decoder> Call::run_with_payload(std::span<const Piece> payload) {
    if (problem_.number != 0)
        return std::unexpected(problem_);
    const Buffer& buffer = connection_.buffer(exchange_);
    request_.finish(total_bytes(payload));
    const Piece start = buffer.part(layout::request, request_.bytes());
    Pieces request;
    if (!request.add({&start, 1}) || !request.add(payload))
        return std::unexpected(error_number::invalid);
    const Piece reply = buffer.part(layout::short_reply, layout::short_reply_bytes);
    return perform(request.all(), {&reply, 1}, reply.memory, reply.bytes);
}

Result<Decoder> Call::run_with_own_payload(std::size_t bytes) {
    if (problem_.number != 0)
        return std::unexpected(problem_);
    const Piece payload = connection_.buffer(exchange_).part(layout::payload, bytes);
    return run_with_payload({&payload, 1});
}

Result<Decoder> Call::run_into(std::span<const Piece> payload) {
    if (problem_.number != 0)
        return std::unexpected(problem_);
    const Buffer& buffer = connection_.buffer(exchange_);
    request_.finish();
    const Piece request = buffer.part(layout::request, request_.bytes());
    // Exactly the fields of a read's reply: the payload starts where the second piece does. An error is no longer.
    static_assert(error_reply_bytes <= read_reply_bytes);
    const Piece fields = buffer.part(layout::short_reply, read_reply_bytes);
    Pieces reply;
    if (!reply.add({&fields, 1}) || !reply.add(payload))
        return std::unexpected(error_number::invalid);
    return perform({&request, 1}, reply.all(), fields.memory, fields.bytes);
}

Result<Decoder> Call::perform(std::span<const Piece> request, std::span<const Piece> reply,
                              const std::byte* reply_start, std::size_t reply_room) {
    if (!request_.fits() || total_bytes(request) > connection_.message_bytes())
        return std::unexpected(error_number::name_too_long);
    if (request.size() + reply.size() > connection_.pieces_max())
        return std::unexpected(error_number::invalid);
    const auto received = connection_.perform(exchange_, request, reply);
    if (!received)
        return std::unexpected(received.error());
    const std::size_t contiguous = *received < reply_room ? *received : reply_room;
    return check_reply({reply_start, contiguous}, *received);
}

Result<Decoder> Call::check_reply(std::span<const std::byte> reply, std::size_t received) {
    Decoder header(reply);
    const std::uint32_t size = header.u32();
    const std::uint8_t type = header.u8();
    const std::uint16_t tag = header.u16();
    const std::uint16_t expected_tag = type_ == MessageType::Version ? no_tag : exchange_;
    if (!header.ok() || size < header_bytes || size > received || tag != expected_tag) {
        connection_.set_broken();
        return std::unexpected(error_number::input_output);
    }
    const std::size_t in_reach = size < reply.size() ? size : reply.size();
    Decoder fields(reply.subspan(header_bytes, in_reach - header_bytes));
    if (type == reply_number(MessageType::Error)) {
        const std::uint32_t number = fields.u32();
        if (!fields.ok() || number == 0 || number > error_number::highest)
            return std::unexpected(error_number::input_output);
        return std::unexpected(Errno{static_cast<int>(number)});
    }
    if (type != reply_number(type_)) {
        connection_.set_broken();
        return std::unexpected(error_number::input_output);
    }
    return fields;
}

} // namespace exo::ninep
