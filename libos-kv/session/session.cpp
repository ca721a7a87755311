// See session.hpp.
#include "libos-kv/session/session.hpp"

namespace exo::kv {

KeptRequest::KeptRequest(const Command& command, const std::string_view* arguments, std::size_t count)
    : command_(&command) {
    std::size_t octets = 0;
    for (std::size_t index = 0; index < count; index++)
        octets += arguments[index].size();
    octets_.reserve(octets);
    sizes_.reserve(count);
    for (std::size_t index = 0; index < count; index++) {
        octets_.append(arguments[index]);
        sizes_.push(arguments[index].size());
    }
}

std::size_t KeptRequest::unpack(Arguments& into) const {
    into.clear();
    std::size_t at = 0;
    for (const std::size_t size : sizes_) {
        into.push(octets_.view().substr(at, size));
        at += size;
    }
    return into.size();
}

void Session::judge(std::uint64_t ticket) {
    if (judged == output.size())
        return;
    if (ticket != 0 && (held.empty() || held.back().ticket != ticket))
        held.push(judged, ticket);
    judged = output.size();
}

void Session::forget_sent() {
    output.erase(0, output_taken);
    shown.moved(0, -static_cast<std::ptrdiff_t>(output_taken));
    judged -= judged < output_taken ? judged : output_taken;
    for (HeldReplies& replies : held)
        replies.from -= output_taken;
    output_taken = 0;
}

void Session::cut_output(std::size_t end) {
    shown.cut(end);
    output.shrink(end);
}

void Session::sent(std::size_t octets) {
    constexpr std::size_t kept_bytes = 64 * 1024;
    if (value_to_send()) {
        shown.sent(octets);
        return; // something of the output is behind it
    }
    output_taken += octets;
    if (output_taken < output.size()) {
        // What was sent goes once it is most of it.
        if (output_taken > kept_bytes && output_taken * 2 > output.size())
            forget_sent();
        return;
    }
    output_taken = judged = 0;
    if (output.room() > kept_bytes)
        output.reset();
    else
        output.clear();
}

} // namespace exo::kv
