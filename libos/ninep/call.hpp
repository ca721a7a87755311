// One request and its reply: takes an exchange, lets the caller fill the request in, checks the reply's header.
// Gives the exchange back when it goes out of scope.
#pragma once

#include "libos/ninep/connection.hpp"
#include "libos/ninep/decode.hpp"
#include "libos/ninep/encode.hpp"

namespace exo::ninep {

class Call {
public:
    Call(Connection& connection, MessageType type);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    // The request, its header already written.
    Encoder& request() { return request_; }
    // What the bounce area of this exchange holds: room for the payload of a message.
    std::span<std::byte> payload() const;

    // Sends the request and gives the reply behind its header, to be decoded while this call lives.
    Result<Decoder> run();
    // Sends the request with payload from elsewhere.
    Result<Decoder> run_with_payload(std::span<const Piece> payload);
    // Sends the request; the payload of the reply, which must be that of a read, goes elsewhere.
    Result<Decoder> run_into(std::span<const Piece> payload);
    // As run_with_payload, with the first bytes of payload().
    Result<Decoder> run_with_own_payload(std::size_t bytes);

private:
    Result<Decoder> perform(std::span<const Piece> request, std::span<const Piece> reply, const std::byte* reply_start,
                            std::size_t reply_room);
    Result<Decoder> check_reply(std::span<const std::byte> reply, std::size_t received);

    Connection& connection_;
    MessageType type_;
    Encoder request_;
    std::uint16_t exchange_ = 0;
    Errno problem_{0}; // why there is no exchange
};

// Ends an operation whose reply has no fields left to read.
inline Result<void> finished(const Result<Decoder>& reply) {
    if (!reply)
        return std::unexpected(reply.error());
    if (!reply->ok())
        return std::unexpected(error_number::input_output);
    return {};
}

} // namespace exo::ninep
