// One poll loop. Reads what a machine sends, cuts it into frames, queues each at its destinations, writes what the
// sockets take. See hub_switch.hpp.
#include "tools/exo/hub_switch.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace exo::tool {

namespace {

constexpr int linger_ms = 5000;
constexpr std::size_t head_bytes = 4, address_bytes = 6;
constexpr std::size_t frame_bytes_min = 14, frame_bytes_max = 68 * 1024; // QEMU's own bound is NET_BUFSIZE, 69,632
constexpr std::size_t queue_bytes_max = 4u << 20;
constexpr std::size_t addresses_max = 4096;

struct Member {
    int socket;
    std::string incoming, outgoing;
    std::size_t written = 0; // of outgoing
    bool gone = false;

    explicit Member(int descriptor) : socket(descriptor) {}
    ~Member() { ::close(socket); }
    Member(const Member&) = delete;

    bool idle() const { return written == outgoing.size(); }

    void queue(std::string_view frame_with_head) {
        if (outgoing.size() - written + frame_with_head.size() <= queue_bytes_max)
            outgoing += frame_with_head;
    }
    void write_some() {
        const ssize_t count =
            ::send(socket, outgoing.data() + written, outgoing.size() - written, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count > 0)
            written += static_cast<std::size_t>(count);
        else if (count < 0 && errno != EAGAIN && errno != EINTR)
            gone = true;
        if (idle()) {
            outgoing.clear();
            written = 0;
        } else if (written > queue_bytes_max) {
            outgoing.erase(0, written);
            written = 0;
        }
    }
};

using Address = std::array<char, address_bytes>;

class Switch {
public:
    explicit Switch(int listening) : listening_(listening) {}

    void run() {
        for (;;) {
            std::vector<pollfd> slots = {{listening_, POLLIN, 0}};
            for (const auto& member : members_)
                slots.push_back({member->socket, static_cast<short>(member->idle() ? POLLIN : POLLIN | POLLOUT), 0});
            const int ready = ::poll(slots.data(), slots.size(), members_.empty() ? linger_ms : -1);
            if (ready == 0)
                return;
            // First, so that whoever joined before a frame was sent gets it.
            for (int joined; (joined = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;)
                members_.push_back(std::make_unique<Member>(joined));
            for (std::size_t index = 1; index < slots.size(); ++index)
                if ((slots[index].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
                    read_frames(*members_[index - 1]);
            for (const auto& member : members_)
                if (!member->idle() && !member->gone)
                    member->write_some();
            forget_gone();
        }
    }

private:
    void read_frames(Member& member) {
        char block[1 << 16];
        const ssize_t count = ::recv(member.socket, block, sizeof block, MSG_DONTWAIT);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
            member.gone = true;
            return;
        }
        if (count < 0)
            return;
        member.incoming.append(block, static_cast<std::size_t>(count));
        std::size_t at = 0;
        while (member.incoming.size() - at >= head_bytes) {
            std::size_t size = 0;
            for (std::size_t octet = 0; octet < head_bytes; ++octet)
                size = size << 8 | static_cast<unsigned char>(member.incoming[at + octet]);
            if (size > frame_bytes_max) {
                member.gone = true; // what follows cannot be read as frames
                return;
            }
            if (member.incoming.size() - at < head_bytes + size)
                break;
            if (size >= frame_bytes_min)
                carry(member, std::string_view(member.incoming).substr(at, head_bytes + size));
            at += head_bytes + size;
        }
        member.incoming.erase(0, at);
    }

    void carry(Member& from, std::string_view frame_with_head) {
        Address destination, source;
        std::memcpy(destination.data(), frame_with_head.data() + head_bytes, address_bytes);
        std::memcpy(source.data(), frame_with_head.data() + head_bytes + address_bytes, address_bytes);
        const auto is_group = [](const Address& address) { return (address[0] & 1) != 0; };
        if (!is_group(source) && (places_.size() < addresses_max || places_.contains(source)))
            places_[source] = &from;
        const auto place = is_group(destination) ? places_.end() : places_.find(destination);
        for (const auto& member : members_)
            if (member.get() != &from && (place == places_.end() || place->second == member.get()))
                member->queue(frame_with_head);
    }

    void forget_gone() {
        std::erase_if(places_, [](const auto& place) { return place.second->gone; });
        std::erase_if(members_, [](const auto& member) { return member->gone; });
    }

    int listening_;
    std::vector<std::unique_ptr<Member>> members_;
    std::map<Address, Member*> places_;
};

} // namespace

void run_switch(int listening) {
    Switch(listening).run();
}

bool somebody_waits(int listening) {
    pollfd slot = {listening, POLLIN, 0};
    return ::poll(&slot, 1, 0) > 0;
}

} // namespace exo::tool
