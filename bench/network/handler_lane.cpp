// See handler_lane.hpp.
#include "bench/network/handler_lane.hpp"

#include "bench/exo/program.hpp"
#include "bench/exo/spare.hpp"
#include "bench/network/datagram.hpp"
#include "bench/network/echo_program.hpp"
#include "secure-bindings/abi/filter.hpp"
#include "secure-bindings/abi/filter_binding.hpp"

#include <cstddef>

namespace bench::network {

namespace {

using exo::net::Packet;
using exo::net::PacketPool;

constexpr auto program = echo_program({.load_end = load_double_word,
                                       .data = offsetof(exo::FilterContext, data),
                                       .data_end = offsetof(exo::FilterContext, data_end),
                                       .reply = static_cast<std::int32_t>(exo::FilterVerdict::Reply),
                                       .pass = static_cast<std::int32_t>(exo::FilterVerdict::Deliver)});

void bind_handler(exo::Handle flow) {
    const exo::FilterRequest filter{.program = reinterpret_cast<std::uint64_t>(program.data()),
                                    .count = program.size(),
                                    .scratch_bytes = 0,
                                    .kind = exo::FilterKind::Handler,
                                    .reserved = {},
                                    .report = 0,
                                    .report_bytes = 0};
    const exo::BindOp row{exo::BindKind::Filter,
                          0,
                          flow,
                          reinterpret_cast<std::uint64_t>(&filter),
                          take_spare(exo::filter_frames),
                          exo::filter_frames,
                          spare_handle()};
    exo::CallResult bound = exo::sys::bind(exo::self, &row, 1);
    for (unsigned tries = 0; tries < 1000 && bound.is(exo::Error::Again); ++tries)
        bound = exo::sys::bind(exo::self, &row, 1);
    required(bound, "binding a handler");
}

class HandlerLane final {
public:
    static constexpr bool answers_in_kernel = true;

    void open(exo::net::Port& client, exo::net::Port& other, std::span<const exo::StartFlow> flows) {
        client_ = &client;
        other_ = &other;
        for (const exo::StartFlow& flow : flows)
            bind_handler(flow.handle);
        // Safe: the NIC page is mapped read only in every environment.
        answered_ = &reinterpret_cast<const volatile exo::NicInfo*>(exo::info_nics)[flows.front().nic].answered;
        seen_ = *answered_;
    }

    std::size_t send(std::size_t, std::size_t payload_bytes) {
        Packet* const packet = client_->pool().allocate();
        if (packet == nullptr)
            return 0;
        packet->length = static_cast<std::uint16_t>(write_datagram(
            octets_of(*packet), client_->address(), other_->address(), client_address, other_address, payload_bytes));
        const std::size_t taken = client_->send({&packet, 1});
        if (taken == 0)
            PacketPool::release(packet);
        return taken;
    }

    // Looks at the NIC, which is when the kernel runs the handler.
    std::size_t echo(std::size_t) {
        Packet* stray = nullptr;
        if (other_->receive({&stray, 1}) != 0)
            PacketPool::release(stray);
        const std::uint64_t answers = *answered_ - seen_;
        seen_ += answers;
        return answers;
    }

    std::size_t receive(std::size_t) {
        Packet* packet = nullptr;
        if (client_->receive({&packet, 1}) == 0)
            return 0;
        const std::size_t payload = read_datagram(octets_of(*packet), packet->length, client_address);
        PacketPool::release(packet);
        bytes_ += payload != not_ours ? payload : 0;
        return payload != not_ours ? 1 : 0;
    }

    std::size_t drain(std::size_t, std::size_t) { return 0; }
    std::uint64_t payload_bytes_received() const { return bytes_; }
    void print(std::string_view text) { bench::print(text); }

private:
    // Safe: octets by another name.
    static std::uint8_t* octets_of(Packet& packet) { return reinterpret_cast<std::uint8_t*>(packet.data()); }

    exo::net::Port* client_ = nullptr;
    exo::net::Port* other_ = nullptr;
    const volatile std::uint64_t* answered_ = nullptr;
    std::uint64_t seen_ = 0, bytes_ = 0;
};

} // namespace

bool run_handler_suite(exo::net::Port& client, exo::net::Port& other, std::span<const exo::StartFlow> flows,
                       const Request& request) {
    static HandlerLane lane;
    static NetworkSuite<HandlerLane> suite(lane, request);
    lane.open(client, other, flows);
    return suite.run();
}

} // namespace bench::network
