// A port that keeps copies of the frames passing through it, both ways, for a .pcap file. What is above and below
// cannot tell it from the port itself.
#pragma once

#include "libos/net/clock.hpp"
#include "libos/net/port.hpp"

#include <span>

namespace exo::net {

inline constexpr std::uint16_t captured_octets_max = 1514;

struct CapturedFrame {
    std::uint64_t ticks;
    std::uint16_t octets; // of the frame; the first captured_octets_max are kept
    bool sent;
    std::byte data[captured_octets_max];
};

class CapturePort final : public Port {
public:
    CapturePort() = default;
    CapturePort(const CapturePort&) = delete;
    CapturePort& operator=(const CapturePort&) = delete;

    // `ring` holds at least one frame; it, the port and the clock outlive this.
    void open(Port& port, std::span<CapturedFrame> ring, const Clock& clock);

    std::size_t receive(std::span<Packet*> into) override;
    std::size_t send(std::span<Packet* const> frames) override;
    void sleep(std::uint64_t deadline_tsc) override { port_->sleep(deadline_tsc); }

    std::uint64_t captured() const { return captured_; }
    std::uint64_t lost() const { return captured_ > ring_.size() ? captured_ - ring_.size() : 0; }
    // The kept frame number `index`, 0 the oldest.
    const CapturedFrame& frame(std::size_t index) const { return ring_[(lost() + index) % ring_.size()]; }
    std::size_t kept() const { return static_cast<std::size_t>(captured_ - lost()); }

private:
    void record(const Packet& packet, bool sent);

    Port* port_ = nullptr;
    Clock clock_;
    std::span<CapturedFrame> ring_;
    std::uint64_t captured_ = 0;
};

// Gives a file in the format of pcap-savefile(5), version 2.4 with nanoseconds, link type Ethernet, to `sink` in
// pieces, false when the sink said so. Tick t is t / ticks_per_ms milliseconds after `epoch_ns`, which counts from
// 1970.
using CaptureSink = bool (*)(void* context, std::span<const std::byte> octets);
bool write_pcap(const CapturePort& capture, std::uint64_t epoch_ns, std::uint64_t ticks_per_ms, CaptureSink sink,
                void* context);

} // namespace exo::net
