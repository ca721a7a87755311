// See shared_nics.hpp.
#include "tests/flows/shared_nics.hpp"

#include <cstring>

using namespace exo;

namespace flows {

namespace {

void append16(std::string& to, std::uint16_t value) {
    to += static_cast<char>(value >> 8);
    to += static_cast<char>(value);
}
void append32(std::string& to, std::uint32_t value) {
    append16(to, static_cast<std::uint16_t>(value >> 16));
    append16(to, static_cast<std::uint16_t>(value));
}

// The ones' complement sum of a text of even length, as numbers of the wire (RFC 1071).
std::uint16_t sum_of(std::string_view octets) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < octets.size(); i += 2)
        sum += static_cast<std::uint32_t>(static_cast<unsigned char>(octets[i]) << 8 |
                                          static_cast<unsigned char>(octets[i + 1]));
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

// To Ethernet's shortest frame, as some devices do by themselves.
std::string padded(std::string frame) {
    frame.resize(std::max<std::size_t>(frame.size(), 60));
    return frame;
}

const StartFunction* nic_function(unsigned index) {
    auto* devices = reinterpret_cast<const DeviceInfo*>(info_devices); // Safe: an info page.
    for (std::uint64_t i = 0; i < lab::start().function_count; i++) {
        const StartFunction& function = lab::start().functions[i];
        if (devices[function.index].class_code >> 16 == 2 && index-- == 0)
            return &function;
    }
    return nullptr;
}

} // namespace

SharedNic::SharedNic(unsigned index) {
    const StartFunction* function = nic_function(index);
    REQUIRE(function != nullptr);
    function_ = function->handle;
    std::uint64_t first = lab::take(nic_frames, 2);
    REQUIRE(first != 0);
    CallResult shared = lab::bind(self, {BindKind::Nic, 0, function_, 0, first, nic_frames, lab::frames()});
    REQUIRE_MESSAGE(shared.ok(), lab::outcome(shared));
    shared_ = true;
    auto* nics = reinterpret_cast<const volatile NicInfo*>(info_nics); // Safe: an info page.
    while (index_ < max_nics && !(nics[index_].used && nics[index_].function == function->index))
        index_++;
    REQUIRE(index_ < max_nics);
    Rights rights = right::Read | right::Write | right::Bind | right::Grant;
    CallResult root = sys::derive(function_, Kind::Flow, rights, 0, 1);
    REQUIRE_MESSAGE(root.ok(), lab::outcome(root));
    root_ = root.value();
}

SharedNic::~SharedNic() {
    CHECK(unshare());
}

bool SharedNic::unshare() {
    if (!shared_)
        return true;
    CallResult back = lab::unbind(self, {BindKind::Nic, 0, function_, 0, 0, 0, 0});
    for (unsigned i = 0; i < 1000 && back.is(Error::Again); i++)
        back = lab::unbind(self, {BindKind::Nic, 0, function_, 0, 0, 0, 0});
    shared_ = !back.ok();
    return back.ok();
}

const NicInfo& SharedNic::info() const {
    return reinterpret_cast<const NicInfo*>(info_nics)[index_]; // Safe: an info page.
}

OwnedRing::OwnedRing(Handle flow, unsigned event, const RingSizes& sizes) : flow_(flow) {
    std::uint64_t pages = flow_ring_pages(sizes.offers, sizes.received, sizes.transmits);
    std::uint64_t ring = lab::take(pages), buffers = lab::take(sizes.buffers);
    REQUIRE(ring != 0);
    REQUIRE(buffers != 0);
    ring_ = lab::map(ring, pages);
    buffers_ = lab::map(buffers, sizes.buffers);
    spec_ = {lab::frames(), ring, buffers, sizes.buffers, sizes.offers, sizes.received, sizes.transmits, 64, 0};
    bound_ = lab::bind(self, {BindKind::Ring, 0, flow, reinterpret_cast<std::uint64_t>(&spec_), event, 0, 0});
    if (!bound_.ok())
        return;
    queue_.open(ring_);
    for (std::uint32_t i = 0; i + sending < sizes.buffers; i++)
        queue_.offer(i);
    queue_.publish_offers();
}

std::string OwnedRing::receive(std::uint64_t microseconds) {
    bool come = lab::until(
        [this] { return queue_.received() || (sys::submit(flow_, submit_flag::receive).ok() && queue_.received()); },
        microseconds);
    if (!come)
        return {};
    FlowReceived got = queue_.take();
    // Safe: octets of a buffer as text.
    std::string frame(reinterpret_cast<const char*>(buffer(got.buffer)) + got.offset, got.length);
    queue_.publish_taken();
    queue_.offer(got.buffer);
    queue_.publish_offers();
    return frame;
}

std::optional<SentStatus> OwnedRing::send(std::string_view frame, const FlowTransmit& like) {
    std::uint32_t number = spec_.buffers - sending + next_++ % sending;
    memcpy(buffer(number), frame.data(), frame.size());
    FlowTransmit piece = like;
    piece.buffer = number;
    piece.length = static_cast<std::uint16_t>(frame.size());
    queue_.give(piece);
    queue_.publish_given();
    bool known = lab::until([this] { return sys::submit(flow_, submit_flag::send).ok() && queue_.sent(); });
    if (!known)
        return std::nullopt;
    return queue_.take_sent();
}

std::string Datagram::frame() const {
    std::string frame = target_mac + source_mac;
    append16(frame, ether_type_ipv4);
    frame += std::string("\x45\0", 2);
    append16(frame, static_cast<std::uint16_t>(28 + payload.size()));
    frame += std::string("\0\0\0\0\x40\x11\0\0", 8);
    append32(frame, source);
    append32(frame, target);
    const auto header_sum = static_cast<std::uint16_t>(~sum_of(std::string_view(frame).substr(14)));
    frame[24] = static_cast<char>(header_sum >> 8);
    frame[25] = static_cast<char>(header_sum);
    append16(frame, source_port);
    append16(frame, target_port);
    append16(frame, static_cast<std::uint16_t>(8 + payload.size()));
    append16(frame, 0);
    return padded(frame + payload);
}

std::string mac_of(const SharedNic& nic) {
    return std::string(reinterpret_cast<const char*>(nic.info().address), 6); // Safe: octets as text.
}

std::string arp_request(const SharedNic& from, std::uint32_t sender, std::uint32_t target) {
    std::string frame = std::string(6, '\xff') + mac_of(from);
    append16(frame, ether_type_arp);
    frame += std::string("\0\1\x08\0\6\4\0\1", 8) + mac_of(from);
    append32(frame, sender);
    frame += std::string(6, '\0');
    append32(frame, target);
    return padded(frame);
}

FlowSpec host(std::uint32_t address, std::uint32_t budget) {
    FlowSpec spec = every_packet(budget);
    spec.ether_type = ether_type_ipv4;
    spec.local_address = address;
    spec.local_prefix = 32;
    return spec;
}

FlowSpec udp(std::uint32_t address, std::uint16_t first_port, std::uint16_t last_port, std::uint32_t budget) {
    FlowSpec spec = host(address, budget);
    spec.protocol = ip_protocol_udp;
    spec.local_port = first_port;
    spec.local_port_end = last_port;
    return spec;
}

CallResult narrow(Handle flow, const FlowSpec& spec) {
    return sys::flow_narrow(flow, right::Read | right::Write | right::Bind | right::Grant, &spec);
}

} // namespace flows
