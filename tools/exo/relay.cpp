// The two halves of a Pump are a read when there is room and a write when there are bytes; poll decides the order,
// so a slow reader on one stream holds up that stream only.
#include "tools/exo/relay.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

namespace exo::tool {

namespace {
bool try_again(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}
} // namespace

std::array<pollfd, 2> Pump::wanted() const {
    std::array<pollfd, 2> slots = {idle_slot, idle_slot};
    if (sink_closed_)
        return slots;
    if (begin_ < end_)
        slots[1] = {sink_, POLLOUT, 0};
    else if (!source_ended_)
        slots[0] = {source_, POLLIN, 0};
    return slots;
}

void Pump::step(const std::array<pollfd, 2>& polled) {
    if (polled[0].revents != 0)
        fill();
    if (polled[1].revents != 0)
        drain();
}

void Pump::fill() {
    const ssize_t count = ::read(source_, buffer_.data(), buffer_.size());
    if (count < 0 && try_again(errno))
        return;
    begin_ = 0;
    end_ = count > 0 ? static_cast<std::size_t>(count) : 0;
    source_ended_ = count <= 0;
    if (source_ended_)
        tell_end();
}

void Pump::drain() {
    const std::size_t size = std::min(end_ - begin_, write_size_max);
    const ssize_t count = ::write(sink_, buffer_.data() + begin_, size);
    if (count >= 0)
        begin_ += static_cast<std::size_t>(count);
    else if (!try_again(errno))
        sink_closed_ = true;
}

void Pump::tell_end() {
    if (at_end_ == AtEnd::shut_down_socket)
        ::shutdown(sink_, SHUT_WR);
}

void LogReader::step(const pollfd& polled) {
    if (polled.revents == 0)
        return;
    std::array<char, 4096> buffer;
    const ssize_t count = ::read(source_, buffer.data(), buffer.size());
    if (count < 0 && try_again(errno))
        return;
    if (count <= 0) {
        log_.close();
        finished_ = true;
        return;
    }
    log_.append({buffer.data(), static_cast<std::size_t>(count)});
    for (ssize_t done = 0; echo_ >= 0 && done < count;) {
        const ssize_t written = ::write(echo_, buffer.data() + done, static_cast<std::size_t>(count - done));
        if (written < 0 && !try_again(errno))
            echo_ = -1; // nobody listens; the log is still kept
        else if (written > 0)
            done += written;
    }
}

} // namespace exo::tool
