// How messages come to the fake server and replies go: at once or held, in order or not, dropped or spoilt.
// What it answers: fake_answers.cpp.
#include "tests/unit/ninep/wire_text.hpp"

#include <algorithm>

namespace exo::test {

namespace {

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

} // namespace exo::test
