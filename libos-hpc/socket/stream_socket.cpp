// Interface: stream_socket.hpp.
#include "libos-hpc/socket/stream_socket.hpp"

#include <algorithm>

namespace exo::hpc {

namespace message_flag = linux_abi::message_flag;

StreamSocket::~StreamSocket() {
    SocketGuard guard;
    drop_pending();
    drop_link(options().linger.on && options().linger.seconds == 0);
}

void StreamSocket::attach(Ref<StreamLink> link) {
    link_ = std::move(link);
    link_->owner = this;
    link_->apply(options());
    state_ = State::Connected;
}

void StreamSocket::drop_link(bool abort) {
    if (!link_)
        return;
    link_->owner = nullptr;
    link_->close(abort);
    link_ = Ref<StreamLink>();
    state_ = State::Fresh;
}

void StreamSocket::begin_listening(std::int32_t backlog) {
    constexpr std::size_t backlog_max = 4096; // net.core.somaxconn
    backlog_ = std::min(static_cast<std::size_t>(static_cast<std::uint32_t>(backlog)), backlog_max);
    state_ = State::Listening;
}

bool StreamSocket::add_pending(Ref<StreamLink> link) {
    if (!pending_.push(std::move(link)))
        return false;
    tell_in();
    return true;
}

void StreamSocket::drop_pending() {
    for (const Ref<StreamLink>& link : pending_)
        link->close(true);
    pending_.clear();
}

Ref<StreamLink> StreamSocket::take_pending() {
    if (pending_.empty())
        return Ref<StreamLink>();
    Ref<StreamLink> first = pending_[0];
    pending_.erase(0);
    tell_out(); // whoever waits for a place among them
    return first;
}

Outcome<Ref<Socket>> StreamSocket::accept() {
    return wait_until<Ref<Socket>>(non_blocking() ? Wait::No : Wait::Yes, options().receive_timeout_ns,
                                   [&]() -> std::optional<Outcome<Ref<Socket>>> {
                                       if (state_ != State::Listening)
                                           return fail(Errno::INVAL);
                                       Ref<StreamLink> link = take_pending();
                                       if (!link)
                                           return std::nullopt;
                                       auto made = make_accepted(link);
                                       if (!made) {
                                           link->close(true);
                                           return fail(Errno::NOMEM);
                                       }
                                       made->options() = options();
                                       made->attach(link);
                                       return Ref<Socket>(made);
                                   });
}

// What lies at an offset of a message's pieces.
namespace {

template <typename Use>
std::size_t each_piece_from(Pieces pieces, std::size_t offset, Use&& use) {
    std::size_t total = 0;
    for (const linux_abi::IoVector& piece : pieces) {
        if (offset >= piece.length) {
            offset -= piece.length;
            continue;
        }
        const std::span<std::byte> rest(piece.base + offset, piece.length - offset);
        offset = 0;
        const std::size_t moved = use(rest, total);
        total += moved;
        if (moved < rest.size())
            break;
    }
    return total;
}

} // namespace

std::size_t StreamSocket::take(const ReceiveRequest& request, std::size_t done) {
    return each_piece_from(request.pieces, done, [&](std::span<std::byte> into, std::size_t skip) {
        return request.flags & message_flag::peek ? link_->peek(into, skip) : link_->read(into);
    });
}

std::size_t StreamSocket::put(const SendRequest& request, std::size_t done) {
    return each_piece_from(request.pieces, done,
                           [&](std::span<std::byte> from, std::size_t) { return link_->write(from); });
}

// What ended it is told by the next call; this one has moved something.
bool StreamSocket::has_ended(bool shut) const {
    return link_->error || shut || link_->broken;
}

Outcome<std::size_t> StreamSocket::receive(ReceiveRequest& request) {
    if (request.flags & message_flag::out_of_band)
        return fail(Errno::INVAL); // there never are any
    const bool all = (request.flags & message_flag::wait_all) && !(request.flags & message_flag::peek);
    std::size_t done = 0;
    auto ended =
        wait_until<std::size_t>(waits(request.flags) ? Wait::Yes : Wait::No, options().receive_timeout_ns,
                                [&]() -> std::optional<Outcome<std::size_t>> {
                                    if (link_) {
                                        link_->refresh();
                                        done += take(request, done);
                                        if (done && (!all || done == request.bytes || has_ended(link_->receive_shut)))
                                            return done;
                                    }
                                    progress();
                                    auto end = done ? std::nullopt : receive_end();
                                    if (!end && request.bytes == 0 && link_)
                                        return 0;
                                    return end;
                                });
    return !ended && done ? Outcome<std::size_t>(done) : ended;
}

Outcome<std::size_t> StreamSocket::send(const SendRequest& request) {
    if (request.flags & message_flag::out_of_band)
        return fail(Errno::OPNOTSUPP);
    std::size_t done = 0;
    auto ended = wait_until<std::size_t>(waits(request.flags) ? Wait::Yes : Wait::No, options().send_timeout_ns,
                                         [&]() -> std::optional<Outcome<std::size_t>> {
                                             progress();
                                             if (link_)
                                                 link_->refresh();
                                             if (done && has_ended(link_->send_shut))
                                                 return done;
                                             if (auto end = send_end(request))
                                                 return fail(*end);
                                             if (state_ != State::Connected)
                                                 return std::nullopt;
                                             done += put(request, done);
                                             if (done < request.bytes)
                                                 return std::nullopt;
                                             return done;
                                         });
    return !ended && done ? Outcome<std::size_t>(done) : ended;
}

Outcome<SocketAddress> StreamSocket::peer_name() {
    SocketGuard guard;
    progress();
    if (!link_ || link_->broken || state_ != State::Connected)
        return fail(Errno::NOTCONN);
    return link_->peer;
}

std::int32_t StreamSocket::take_error() {
    SocketGuard guard;
    drive_network();
    progress();
    if (link_)
        link_->refresh();
    return link_ && !error_ ? link_->error.take() : error_.take();
}

Outcome<std::size_t> StreamSocket::bytes_readable() {
    SocketGuard guard;
    drive_network();
    if (state_ == State::Listening)
        return fail(Errno::INVAL);
    return link_ ? link_->readable() : 0;
}

void StreamSocket::apply_options() {
    SocketGuard guard;
    if (link_)
        link_->apply(options());
}

} // namespace exo::hpc
