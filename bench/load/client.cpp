// See client.hpp.
#include "bench/load/client.hpp"

#include "bench/exo/program.hpp"
#include "bench/load/server.hpp"
#include "bench/primitives/sampling.hpp"

#include <algorithm>

namespace bench::load {

void Client::connect(exo::net::TcpStack& stack, const Dialect& dialect) {
    dialect_ = &dialect;
    stream_.abort();
    stream_.close();
    require(stream_.connect(stack, {exo::net::Ipv4Address::from_number(server_address), dialect.port()}).has_value(),
            "beginning to connect");
    stream_.set_no_delay(true);
}

void Client::send(Work work, std::span<const std::uint32_t> keys) {
    work_ = work;
    batch_ = outstanding_ = static_cast<unsigned>(keys.size());
    unsent_at_ = unsent_end_ = 0;
    std::copy(keys.begin(), keys.end(), keys_.begin());
    for (const std::uint32_t key : keys)
        unsent_end_ +=
            dialect_->request(work, key, std::span(unsent_).subspan(unsent_end_).first<request_octets_max>());
    sent_at_ = read_tsc();
    flush();
}

void Client::flush() {
    while (unsent_at_ < unsent_end_) {
        const std::span<const char> rest = std::span(unsent_).first(unsent_end_).subspan(unsent_at_);
        const auto written = stream_.write(std::as_bytes(rest));
        if (!written && written.error() == exo::net::Problem::NoRoom)
            return;
        require(written.has_value(), "sending a request");
        unsent_at_ += *written;
    }
}

unsigned Client::receive() {
    unsigned completed = 0;
    while (exo::net::Packet* const packet = stream_.receive()) {
        const auto octets = packet->octets();
        // Safe: octets as characters.
        completed += take({reinterpret_cast<const char*>(octets.data()), octets.size()});
        exo::net::PacketPool::release(packet);
    }
    require((stream_.ready() & (exo::net::tcp_ready::failed | exo::net::tcp_ready::finished)) == 0,
            "keeping a connection");
    flush();
    return completed;
}

unsigned Client::take(std::string_view octets) {
    unsigned completed = 0;
    while (!octets.empty()) {
        require(outstanding_ != 0, "getting replies to requests alone");
        if (body_left_ == 0)
            octets = take_head(octets);
        if (held_octets_ != 0)
            break;
        check_body(octets);
        const std::size_t part = std::min(body_left_, octets.size());
        octets.remove_prefix(part);
        body_left_ -= part;
        if (body_left_ == 0) {
            --outstanding_;
            ++completed;
        }
    }
    return completed;
}

// Returns what is behind the head; nothing, and the head is held, when it is not whole yet.
std::string_view Client::take_head(std::string_view octets) {
    std::string_view text = octets;
    const std::size_t held = held_octets_;
    if (held != 0 || dialect_->head(work_, text).octets == 0) {
        const std::size_t part = std::min(octets.size(), held_.size() - held);
        std::copy_n(octets.begin(), part, held_.begin() + static_cast<std::ptrdiff_t>(held));
        held_octets_ = held + part;
        text = {held_.data(), held_octets_};
    }
    const ReplyHead head = dialect_->head(work_, text);
    if (head.octets == 0) {
        require(held_octets_ < held_.size(), "finding the end of a reply's head");
        return {};
    }
    require(head.is_good, "getting the reply that was asked for");
    held_octets_ = 0;
    body_left_ = head.body;
    is_checked_ = head.body == 0;
    return octets.substr(head.octets - held);
}

// Of a body that begins in a packet's last octets nothing is looked at.
void Client::check_body(std::string_view octets) {
    if (is_checked_ || octets.empty())
        return;
    is_checked_ = true;
    std::array<char, key_octets> key;
    write_key(keys_[batch_ - outstanding_], key);
    require(octets.size() < key_octets || octets.starts_with(std::string_view(key.data(), key.size())),
            "getting what lies under the key");
}

} // namespace bench::load
