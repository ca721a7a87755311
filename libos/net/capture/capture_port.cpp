// See capture_port.hpp.
#include "libos/net/capture/capture_port.hpp"

#include "libos/net/ip/chain.hpp"
#include "libos/net/wire/checksum.hpp"

#include <algorithm>

namespace exo::net {

void CapturePort::open(Port& port, std::span<CapturedFrame> ring, const Clock& clock) {
    port_ = &port;
    ring_ = ring;
    clock_ = clock;
    captured_ = 0;
    address_ = port.address();
    frame_octets_max_ = port.frame_octets_max();
    offers_ = port.offers();
    pool_ = &port.pool();
}

void CapturePort::record(const Packet& packet, bool sent) {
    CapturedFrame& frame = ring_[captured_++ % ring_.size()];
    const std::size_t octets = chain_octets(&packet);
    frame.ticks = clock_.now();
    frame.octets = static_cast<std::uint16_t>(octets);
    frame.sent = sent;
    copy_from_chain(frame.data, &packet, 0, std::min<std::size_t>(octets, captured_octets_max));
    // A sum that the device will make is made here, too: the file shows the frame as it is on the wire.
    const std::size_t field = static_cast<std::size_t>(packet.checksum_start) + packet.checksum_offset;
    if (sent && (packet.flags & packet_flag::checksum_needed) && octets <= captured_octets_max && field + 2 <= octets)
        store16(frame.data + field,
                checksum_of(sum_octets({frame.data + packet.checksum_start, octets - packet.checksum_start})));
}

std::size_t CapturePort::receive(std::span<Packet*> into) {
    const std::size_t count = port_->receive(into);
    for (Packet* const packet : into.first(count))
        record(*packet, false);
    counters_ = port_->counters();
    return count;
}

std::size_t CapturePort::send(std::span<Packet* const> frames) {
    // The port may have released what it took, so each frame is recorded before it goes, and again only if it stayed.
    std::size_t count = 0;
    for (Packet* const& packet : frames) {
        record(*packet, true);
        if (port_->send({&packet, 1}) == 0) {
            captured_--;
            break;
        }
        count++;
    }
    counters_ = port_->counters();
    return count;
}

namespace {

constexpr std::uint32_t magic_ns = 0xa1b2'3c4d, link_ethernet = 1;

struct FileHeader {
    std::uint32_t magic = magic_ns;
    std::uint16_t major = 2, minor = 4;
    std::uint32_t reserved[2] = {};
    std::uint32_t octets_max = captured_octets_max;
    std::uint32_t link = link_ethernet;
};
struct RecordHeader {
    std::uint32_t seconds, nanoseconds, kept_octets, octets;
};
static_assert(sizeof(FileHeader) == 24 && sizeof(RecordHeader) == 16);

} // namespace

bool write_pcap(const CapturePort& capture, std::uint64_t epoch_ns, std::uint64_t ticks_per_ms, CaptureSink sink,
                void* context) {
    const FileHeader file;
    if (!sink(context, std::as_bytes(std::span(&file, 1))))
        return false;
    for (std::size_t i = 0; i < capture.kept(); i++) {
        const CapturedFrame& frame = capture.frame(i);
        const std::uint64_t ns =
            epoch_ns + frame.ticks / ticks_per_ms * 1'000'000 + frame.ticks % ticks_per_ms * 1'000'000 / ticks_per_ms;
        const std::uint32_t kept = std::min(frame.octets, captured_octets_max);
        const RecordHeader record{static_cast<std::uint32_t>(ns / 1'000'000'000),
                                  static_cast<std::uint32_t>(ns % 1'000'000'000), kept, frame.octets};
        if (!sink(context, std::as_bytes(std::span(&record, 1))) || !sink(context, {frame.data, kept}))
            return false;
    }
    return true;
}

} // namespace exo::net
