// Turns exchanges into buffer chains and completions back into exchanges.
#include "libos/ninep/virtio_transport.hpp"

namespace exo::ninep {

Transport VirtioTransport::transport() {
    return {.context = this,
            .pieces_max = queue_.pieces_max(),
            .send = [](void* context, std::uint16_t exchange, std::span<const Piece> request,
                       std::span<const Piece> reply) { return self(context).send(exchange, request, reply); },
            .poll = [](void* context) { return self(context).poll(); },
            .relax =
                [](void* context) {
                    const virtio::Environment& environment = self(context).queue_.environment();
                    environment.relax(environment.context);
                },
            .now_us =
                [](void* context) {
                    const Clock& clock = self(context).queue_.environment().clock;
                    return clock.now() / clock.ticks_per_us;
                }};
}

SendResult VirtioTransport::send(std::uint16_t exchange, std::span<const Piece> request, std::span<const Piece> reply) {
    virtio::Piece pieces[virtio_9p::queue_size_max];
    if (request.size() + reply.size() > queue_.pieces_max())
        return SendResult::Broken;
    std::size_t count = 0;
    // A descriptor of no bytes is not allowed to mean anything; leave it out.
    for (const Piece& piece : request)
        if (piece.bytes != 0)
            pieces[count++] = {.device_address = piece.device_address, .bytes = piece.bytes};
    const std::size_t readable = count;
    for (const Piece& piece : reply)
        if (piece.bytes != 0)
            pieces[count++] = {.device_address = piece.device_address, .bytes = piece.bytes};
    const auto chain = queue_.submit({pieces, readable}, {pieces + readable, count - readable});
    if (!chain)
        return chain.error() == virtio::Problem::QueueFull ? SendResult::Busy : SendResult::Broken;
    exchange_of_chain_[*chain] = exchange;
    return SendResult::Sent;
}

Finished VirtioTransport::poll() {
    const auto polled = queue_.poll();
    if (!polled)
        return {.kind = Finished::Kind::Broken};
    if (!polled->found)
        return {};
    return {.kind = Finished::Kind::Exchange,
            .exchange = exchange_of_chain_[polled->completion.chain],
            .bytes = polled->completion.bytes_written};
}

} // namespace exo::ninep
