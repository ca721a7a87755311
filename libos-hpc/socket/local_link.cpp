// Interface: local_link.hpp.
#include "libos-hpc/socket/local_link.hpp"

#include <algorithm>

namespace exo::hpc {

void LocalLink::join(const Ref<LocalLink>& left, const Ref<LocalLink>& right) {
    left->peer_ = right.get();
    right->peer_ = left.get();
}

void LocalLink::tell_peer_in() const {
    if (peer_ && peer_->owner)
        peer_->owner->tell_in();
}
void LocalLink::tell_peer_out() const {
    if (peer_ && peer_->owner)
        peer_->owner->tell_out();
}

std::size_t LocalLink::read(std::span<std::byte> into) {
    const std::size_t taken = queue_.pop(into);
    if (taken && peer_wants_room_ && peer_ && peer_->is_writable()) {
        peer_wants_room_ = false;
        tell_peer_out();
    }
    return taken;
}

std::size_t LocalLink::room() const {
    if (!peer_)
        return queue_bytes_max_; // goes nowhere
    return peer_->queue_bytes_max_ - std::min(peer_->queue_bytes_max_, peer_->queue_.size());
}

bool LocalLink::is_writable() const {
    return room() >= queue_bytes_max_ / 3;
}

std::size_t LocalLink::write(std::span<const std::byte> from) {
    if (!peer_) {
        break_off(); // nobody is there: a reset comes back, which the next call finds
        return from.size();
    }
    const std::size_t taken = peer_->queue_.push(from.first(std::min(from.size(), room())));
    if (taken)
        tell_peer_in();
    if (taken < from.size())
        peer_->peer_wants_room_ = true;
    return taken;
}

// What an RST does.
void LocalLink::break_off() {
    error.set(at_end ? Errno::PIPE : Errno::CONNRESET);
    broken = receive_shut = send_shut = true;
    if (owner)
        owner->tell_in();
}

void LocalLink::finish() {
    if (std::exchange(send_shut, true) || !peer_)
        return;
    peer_->receive_shut = peer_->at_end = true;
    tell_peer_in();
}

void LocalLink::refuse() {
    receive_shut = true;
    if (manner_ == LinkManner::Tcp || !peer_)
        return; // TCP has no word for it
    peer_->send_shut = true;
    tell_peer_in();
}

void LocalLink::close(bool abort) {
    LocalLink* const peer = std::exchange(peer_, nullptr);
    const bool lost = abort || queue_.size() != 0;
    queue_.clear();
    if (!peer)
        return;
    peer->peer_ = nullptr;
    if (manner_ == LinkManner::Unix) {
        peer->receive_shut = peer->send_shut = peer->at_end = true;
        if (lost)
            peer->error.set(Errno::CONNRESET);
    } else if (lost) {
        peer->break_off();
        return;
    } else {
        peer->receive_shut = peer->at_end = true;
    }
    if (peer->owner)
        peer->owner->tell_in();
}

} // namespace exo::hpc
