// Both ends of a connection inside this program: AF_UNIX, and TCP to an address of our own, which never meets the
// network stack. What one end writes lies in the other's queue at once.
#pragma once

#include "libos-hpc/socket/byte_queue.hpp"
#include "libos-hpc/socket/stream_link.hpp"

namespace exo::hpc {

// What differs when one end goes away: TCP learns of it by a FIN, or by the RST that answers what it sends; AF_UNIX at
// once.
enum class LinkManner : std::uint8_t { Tcp, Unix };

class LocalLink final : public StreamLink {
public:
    LocalLink(LinkManner manner, std::size_t queue_bytes_max) : manner_(manner), queue_bytes_max_(queue_bytes_max) {}
    // Two new links are each other's peers.
    static void join(const Ref<LocalLink>& left, const Ref<LocalLink>& right);
    // The peer is a link nobody will accept: ends as if it had been broken.
    void refuse_pending() { close(true); }

    std::size_t readable() const override { return queue_.size(); }
    std::size_t read(std::span<std::byte> into) override;
    std::size_t peek(std::span<std::byte> into, std::size_t skip) const override { return queue_.peek(into, skip); }
    std::size_t room() const override;
    bool is_writable() const override;
    std::size_t write(std::span<const std::byte> from) override;
    void finish() override;
    void refuse() override;
    void close(bool abort) override;

private:
    void break_off();
    void tell_peer_in() const;
    void tell_peer_out() const;

    const LinkManner manner_;
    const std::size_t queue_bytes_max_;
    ByteQueue queue_; // what has come for this end
    LocalLink* peer_ = nullptr;
    bool peer_wants_room_ = false; // it found this queue full
};

} // namespace exo::hpc
