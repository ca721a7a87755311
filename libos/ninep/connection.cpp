// Exchanges in flight. An exchange's tag is its number; its flush travels as exchange number + exchanges_max.
// Whoever waits collects for all: replies may come in any order.
#include "libos/ninep/connection.hpp"

#include "libos/ninep/encode.hpp"

namespace exo::ninep {

bool Connection::set_up(const Transport& transport, std::span<const Buffer> buffers, const Lock& lock,
                        const Timeouts& timeouts) {
    if (buffers.empty() || buffers.size() > exchanges_max)
        return false;
    for (const Buffer& buffer : buffers)
        if (buffer.memory == nullptr || buffer.bytes < layout::buffer_bytes_min)
            return false;
    transport_ = transport;
    lock_ = lock;
    timeouts_ = timeouts;
    for (std::size_t index = 0; index < buffers.size(); ++index)
        buffers_[index] = buffers[index];
    exchange_count_ = buffers.size();
    return true;
}

void Connection::acquire() const {
    if (lock_.acquire != nullptr)
        lock_.acquire(lock_.context);
}

void Connection::release() const {
    if (lock_.release != nullptr)
        lock_.release(lock_.context);
}

Result<std::uint16_t> Connection::take_exchange() {
    const std::uint64_t deadline_us = transport_.now_us(transport_.context) + timeouts_.request_us;
    for (;;) {
        acquire();
        for (std::uint16_t exchange = 0; exchange < exchange_count_; ++exchange) {
            if (exchanges_[exchange].state == State::Free) {
                exchanges_[exchange].state = State::Taken;
                release();
                return exchange;
            }
        }
        release();
        if (is_broken())
            return std::unexpected(error_number::input_output);
        if (transport_.now_us(transport_.context) >= deadline_us)
            return std::unexpected(error_number::again);
        transport_.relax(transport_.context);
    }
}

void Connection::give_back_exchange(std::uint16_t exchange) {
    acquire();
    // While the transport still has it, its memory must not be used again.
    const bool in_flight = exchanges_[exchange].state == State::Sent || exchanges_[exchange].flush_state == State::Sent;
    if (!in_flight)
        exchanges_[exchange] = {};
    release();
}

void Connection::collect() {
    for (std::size_t count = 0; count < 2 * exchanges_max; ++count) {
        const Finished finished = transport_.poll(transport_.context);
        if (finished.kind == Finished::Kind::Nothing)
            return;
        const std::size_t index = finished.exchange % exchanges_max;
        const bool is_flush = finished.exchange >= exchanges_max;
        Exchange& exchange = exchanges_[index];
        State& state = is_flush ? exchange.flush_state : exchange.state;
        if (finished.kind == Finished::Kind::Broken || finished.exchange >= 2 * exchanges_max || state != State::Sent) {
            set_broken();
            return;
        }
        state = State::Finished;
        if (!is_flush)
            exchange.reply_bytes = finished.bytes;
    }
}

Result<void> Connection::send(std::uint16_t number, std::span<const Piece> request, std::span<const Piece> reply,
                              State& state, std::uint64_t deadline_us) {
    for (;;) {
        acquire();
        const SendResult result =
            is_broken() ? SendResult::Broken : transport_.send(transport_.context, number, request, reply);
        if (result == SendResult::Sent)
            state = State::Sent;
        else if (result == SendResult::Broken)
            set_broken();
        else
            collect();
        release();
        if (result == SendResult::Sent)
            return {};
        if (result == SendResult::Broken)
            return std::unexpected(error_number::input_output);
        if (transport_.now_us(transport_.context) >= deadline_us)
            return std::unexpected(error_number::timed_out);
        transport_.relax(transport_.context);
    }
}

bool Connection::wait_finished(const State& state, std::uint64_t deadline_us) {
    for (;;) {
        const bool late = transport_.now_us(transport_.context) >= deadline_us;
        acquire();
        if (state != State::Finished && !is_broken())
            collect();
        const bool finished = state == State::Finished;
        release();
        if (finished || late || is_broken())
            return finished;
        transport_.relax(transport_.context);
    }
}

Result<std::size_t> Connection::perform(std::uint16_t exchange, std::span<const Piece> request,
                                        std::span<const Piece> reply) {
    const std::uint64_t deadline_us = transport_.now_us(transport_.context) + timeouts_.request_us;
    Exchange& own = exchanges_[exchange];
    if (const auto sent = send(exchange, request, reply, own.state, deadline_us); !sent)
        return std::unexpected(sent.error());
    if (!wait_finished(own.state, deadline_us)) {
        if (is_broken())
            return std::unexpected(error_number::input_output);
        if (const auto flushed = flush(exchange); !flushed)
            return std::unexpected(flushed.error());
    }
    // A request that was answered although it was late, or while it was flushed, counts.
    if (own.reply_bytes == 0)
        return std::unexpected(error_number::timed_out);
    return own.reply_bytes;
}

// Asks the server to drop an exchange, and waits until both it and the flush are out of the transport's hands.
// When that fails the connection is broken: nobody can say any more who owns the memory.
Result<void> Connection::flush(std::uint16_t exchange) {
    const std::uint64_t deadline_us = transport_.now_us(transport_.context) + timeouts_.flush_us;
    Exchange& own = exchanges_[exchange];
    const Buffer& memory = buffers_[exchange];
    const auto number = static_cast<std::uint16_t>(exchange + exchanges_max);
    Encoder encoder({memory.memory + layout::flush_request, layout::flush_request_bytes});
    encoder.header(request_number(MessageType::Flush), number).u16(exchange);
    encoder.finish();
    const Piece request = memory.part(layout::flush_request, encoder.bytes());
    const Piece reply = memory.part(layout::flush_reply, layout::flush_reply_bytes);
    const bool done = send(number, {&request, 1}, {&reply, 1}, own.flush_state, deadline_us).has_value() &&
                      wait_finished(own.flush_state, deadline_us) && wait_finished(own.state, deadline_us);
    if (!done) {
        set_broken();
        return std::unexpected(error_number::timed_out);
    }
    own.flush_state = State::Free;
    return {};
}

std::optional<Fid> Connection::take_fid() {
    acquire();
    const auto fid = fids_.take();
    release();
    return fid;
}

void Connection::give_back_fid(Fid fid) {
    acquire();
    fids_.give_back(fid);
    release();
}

} // namespace exo::ninep
