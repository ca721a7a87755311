// See load.hpp.
#include "bench/load/load.hpp"

#include "bench/exo/program.hpp"
#include "bench/primitives/sampling.hpp"
#include "libos/net/network.hpp"
#include "libos/start/kit.hpp"
#include "libos/time/clock.hpp"

#include <algorithm>

namespace bench::load {

namespace {

constexpr std::uint64_t connect_patience_ns = 120'000'000'000, retry_ns = 20'000'000;
constexpr std::uint64_t reply_patience_ns = 20'000'000'000;

} // namespace

void Load::on_ready(void* context) {
    Slot& slot = *static_cast<Slot*>(context); // Safe: given with this function.
    if (!std::exchange(slot.queued, true))
        slot.load->ready_[slot.load->ready_count_++] = &slot;
}

void Load::connect(Client& client, exo::net::TcpStack& stack, const Dialect& dialect) {
    const std::uint64_t end = exo::deadline_in_ns(connect_patience_ns);
    client.connect(stack, dialect);
    for (std::uint64_t retry = 0; !client.is_connected();) {
        network_->poll();
        const std::uint64_t now = read_tsc();
        require(now < end, "connecting to the server");
        if (client.has_failed() && retry == 0)
            retry = exo::deadline_in_ns(retry_ns);
        if (retry != 0 && now >= retry) {
            client.connect(stack, dialect);
            retry = 0;
        }
    }
}

void Load::open(exo::net::Network& network, exo::net::TcpStack& stack, const Dialect& dialect, std::size_t clients) {
    network_ = &network;
    clients_ = clients;
    for (Slot& slot : std::span(slots_).first(clients)) {
        slot.load = this;
        connect(slot.client, stack, dialect);
        slot.client.observe(on_ready, &slot);
    }
}

std::uint32_t Load::key_at(std::uint32_t index) const {
    return phase_.among.empty() ? phase_.first_key + index : phase_.among[index];
}

std::uint32_t Load::next_key() {
    if (phase_.in_order)
        return key_at(static_cast<std::uint32_t>(issued_ % phase_.keys));
    random_ ^= random_ << 13; // xorshift64
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    return key_at(static_cast<std::uint32_t>(((random_ >> 32) * phase_.keys) >> 32));
}

// False when there are enough. A batch a client more than are measured, so that all are at work until the end.
bool Load::send_batch(Client& client) {
    const std::uint64_t enough = phase_.warm_up + phase_.requests + clients_ * phase_.pipeline;
    if (issued_ >= enough)
        return false;
    std::array<std::uint32_t, pipeline_max> keys;
    for (unsigned i = 0; i < phase_.pipeline; ++i, ++issued_)
        keys[i] = next_key();
    client.send(phase_.work, std::span(keys).first(phase_.pipeline));
    return true;
}

void Load::serve(Slot& slot) {
    slot.queued = false;
    const unsigned before = slot.client.outstanding();
    if (before == 0)
        return;
    done_ += slot.client.receive();
    const std::uint64_t now = read_tsc();
    if (begin_ == 0 && done_ >= phase_.warm_up) {
        begin_ = now;
        done_ = 0;
    } else if (begin_ != 0 && end_ == 0 && done_ >= phase_.requests) {
        end_ = now;
        done_at_end_ = done_;
    }
    if (slot.client.outstanding() != 0)
        return;
    if (begin_ != 0 && end_ == 0 && slot.client.sent_at() >= begin_ && samples_ < samples_max)
        sample_[samples_++] = now - slot.client.sent_at();
    if (!send_batch(slot.client))
        --busy_clients_;
}

void Load::note_segments_again() const {
    std::uint64_t again = 0;
    for (const Slot& slot : std::span(slots_).first(clients_))
        again += slot.client.segments_again();
    if (again != 0)
        exo::log_line({{"NOTE the load sent segments again: "},
                       exo::decimal(again),
                       {" of "},
                       exo::decimal(all_issued_),
                       {" requests"}});
}

Outcome Load::run(const Phase& phase) {
    phase_ = phase;
    issued_ = done_ = begin_ = end_ = samples_ = 0;
    busy_clients_ = 0;
    for (Slot& slot : std::span(slots_).first(clients_))
        busy_clients_ += send_batch(slot.client);
    for (std::uint64_t patience = exo::deadline_in_ns(reply_patience_ns); busy_clients_ != 0;) {
        network_->poll();
        const auto ready = ready_;
        const std::size_t count = std::exchange(ready_count_, 0);
        for (Slot* const slot : std::span(ready).first(count))
            serve(*slot);
        if (count != 0)
            patience = exo::deadline_in_ns(reply_patience_ns);
        else
            require(read_tsc() < patience, "getting replies");
    }
    all_issued_ += issued_;
    std::sort(sample_.begin(), sample_.begin() + static_cast<std::ptrdiff_t>(samples_),
              [](std::uint64_t a, std::uint64_t b) { return a < b; });
    require(end_ != 0 && samples_ != 0, "measuring enough requests");
    return {.millicycles = (end_ - begin_) * 1000 / done_at_end_,
            .p50 = sample_[samples_ / 2],
            .p99 = sample_[samples_ - 1 - samples_ / 100],
            .all_requests = issued_};
}

} // namespace bench::load
