// See recovery.hpp. The engine sends `unsent` in order as far as its congestion window, counted from the first octet
// that is not acknowledged, reaches; a segment that is to be sent again is put back there, and while recovery is on the
// window is set so that new octets go out only as far as what is in flight leaves room.
#include "libos/net/tcp/recovery.hpp"

#include "libos/net/tcp/connection.hpp"
#include "libos/net/tcp/engine.hpp"
#include "libos/net/tcp/lwip/scoreboard.hpp"
#include "libos/net/tcp/state.hpp"

#include <algorithm>

namespace exo::net {

namespace {

constexpr std::size_t option_timestamps = 8, option_sack = 5, option_nothing = 1;     // RFC 7323, RFC 2018
constexpr std::uint32_t timestamps_alone = 0x0101'080a, timestamps_alone_octets = 12; // RFC 7323, appendix A
constexpr int later_arrivals_min = 3;                                                 // RFC 6675 3: DupThresh
constexpr std::uint32_t reordering_ms_min = 2;
constexpr std::uint32_t patience_max = 4; // a whole round trip, as RFC 8985 6.2 has it
// Two round trips (RFC 8985 7.2), and what a peer may hold an acknowledgement of one segment back.
constexpr std::uint32_t silence_ms_min = 5, held_back_ms = 60;

std::uint32_t load32_at(const std::byte* at) {
    std::uint32_t value;
    __builtin_memcpy(&value, at, sizeof value);
    return lwip_ntohl(value);
}

bool can_recover(const tcp_pcb& pcb) {
    return (pcb.flags & TF_SACK) && (pcb.flags & TF_TIMESTAMP) && pcb.state >= ESTABLISHED && pcb.state != TIME_WAIT;
}

std::uint32_t reordering_ms(const TcpRecovery& recovery) {
    const std::uint32_t round_trip_ms = recovery.round_trip_ms_x8 / 8;
    return std::max(reordering_ms_min, std::min(recovery.round_trip_ms_x8 * recovery.patience / 32, round_trip_ms));
}

std::uint32_t silence_ms(const TcpRecovery& recovery, const tcp_pcb& pcb) {
    const bool alone = pcb.unacked && !pcb.unacked->next;
    return recovery.round_trip_ms_x8 / 4 + silence_ms_min + (alone ? held_back_ms : 0);
}

void note_arrived(TcpRecovery& recovery, tcp_seg& segment) {
    if (has_mark(segment, segment_mark::arrived))
        return;
    segment.flags |= segment_mark::arrived;
    if (recovery.highest == 0 || is_before(recovery.highest, end_of(segment)))
        recovery.highest = end_of(segment);
    if (recovery.highest_before != 0 && is_before(end_of(segment), recovery.highest_before) &&
        !has_mark(segment, segment_mark::sent_again))
        recovery.reordered = true;
    const std::uint32_t sent_at = sent_at_ms(segment);
    if (recovery.delivered_ms == 0 || is_before(recovery.delivered_ms, sent_at))
        recovery.delivered_ms = sent_at;
}

// Every segment between two octets has arrived.
void note_range(TcpRecovery& recovery, tcp_pcb& pcb, std::uint32_t first, std::uint32_t end) {
    for (tcp_seg* list : {pcb.unacked, pcb.unsent})
        for (tcp_seg* segment = list; segment && is_before(first_of(*segment), end); segment = segment->next)
            if (!is_before(first_of(*segment), first) && !is_before(end, end_of(*segment)) &&
                !is_before(pcb.snd_nxt, end_of(*segment)))
                note_arrived(recovery, *segment);
}

void note_round_trip(TcpRecovery& recovery, std::uint32_t echoed_ms) {
    const auto now = static_cast<std::uint32_t>(tcp_globals().now_ms());
    const std::uint32_t sample = now - echoed_ms;
    if (sample > 60'000)
        return; // nobody's
    const std::uint32_t old = recovery.round_trip_ms_x8;
    recovery.round_trip_ms_x8 = old ? old - old / 8 + sample : sample * 8;
}

// Whether the segment, which is in flight, is lost: enough of what was sent behind it, or later, has arrived.
bool is_lost(const TcpRecovery& recovery, const tcp_seg& segment, int arrived_behind) {
    if (has_mark(segment, segment_mark::lost))
        return true;
    if (!recovery.reordered && !has_mark(segment, segment_mark::sent_again) && arrived_behind >= later_arrivals_min)
        return true;
    return arrived_behind > 0 && is_before(sent_at_ms(segment) + reordering_ms(recovery), recovery.delivered_ms);
}

// Marks what is lost; octets that are in flight.
std::uint32_t mark_lost(TcpRecovery& recovery, tcp_pcb& pcb, bool& any) {
    int arrived_behind = 0;
    for (const tcp_seg* segment = pcb.unacked; segment; segment = segment->next)
        arrived_behind += has_mark(*segment, segment_mark::arrived);
    recovery.gaps = arrived_behind != 0;
    std::uint32_t in_flight = 0;
    any = false;
    for (tcp_seg* segment = pcb.unacked; segment; segment = segment->next) {
        if (has_mark(*segment, segment_mark::arrived)) {
            arrived_behind--;
        } else if (is_lost(recovery, *segment, arrived_behind)) {
            segment->flags |= segment_mark::lost;
            any = true;
        } else {
            in_flight += segment->len;
        }
    }
    return in_flight;
}

void begin(TcpRecovery& recovery, tcp_pcb& pcb) {
    recovery.on = true;
    recovery.after_timeout = false;
    recovery.in_vain = false;
    recovery.sent_again_ms = 0;
    recovery.point = pcb.snd_nxt;
    recovery.window_before = (pcb.flags & TF_INFR) ? 2u * pcb.ssthresh : pcb.cwnd;
    recovery.threshold_before = std::max<std::uint32_t>(pcb.ssthresh, recovery.window_before);
    // The engine has halved its window when it began a recovery itself.
    if (!(pcb.flags & TF_INFR))
        pcb.ssthresh = std::max<tcpwnd_size_t>(std::min(pcb.cwnd, pcb.snd_wnd) / 2, 2u * pcb.mss);
    recovery.window = pcb.ssthresh;
}

void end(TcpRecovery& recovery, tcp_pcb& pcb) {
    recovery.on = false;
    tcp_clear_flags(&pcb, TF_INFR);
    pcb.cwnd = std::max<tcpwnd_size_t>(recovery.window, 2u * pcb.mss);
    pcb.bytes_acked = 0;
}

// What was sent again had only been late: all is as before, and the next one is waited for longer.
void undo(TcpRecovery& recovery, tcp_pcb& pcb) {
    for (tcp_seg* segment = pcb.unacked; segment; segment = segment->next)
        segment->flags &= static_cast<u8_t>(~segment_mark::lost);
    recovery.window = std::max(recovery.window, recovery.window_before);
    pcb.ssthresh = static_cast<tcpwnd_size_t>(std::max<std::uint32_t>(pcb.ssthresh, recovery.threshold_before));
    if (!recovery.after_timeout) {
        recovery.reordered = true;
        recovery.patience = std::min(recovery.patience + 1, patience_max);
    }
    end(recovery, pcb);
}

// Moves lost segments to what is to be sent, as many as the window has room for, and always one if nothing is in
// flight.
void send_lost(TcpRecovery& recovery, tcp_pcb& pcb, std::uint32_t in_flight) {
    for (tcp_seg** place = &pcb.unacked; *place;) {
        tcp_seg& segment = **place;
        const bool fits = in_flight == 0 || in_flight + segment.len <= recovery.window;
        if (!has_mark(segment, segment_mark::lost) || has_mark(segment, segment_mark::arrived)) {
            place = &segment.next;
            continue;
        }
        if (!fits)
            break;
        segment.flags = static_cast<u8_t>((segment.flags & ~segment_mark::lost) | segment_mark::sent_again);
        in_flight += segment.len;
        recovery.segments_again++;
        if (recovery.sent_again_ms == 0)
            recovery.sent_again_ms = static_cast<std::uint32_t>(tcp_globals().now_ms());
        put_in(&pcb.unsent, take_out(place));
        pcb.rttest = 0; // Karn
    }
    const std::uint32_t room = recovery.window > in_flight ? recovery.window - in_flight : 0;
    pcb.cwnd = static_cast<tcpwnd_size_t>(pcb.snd_nxt - pcb.lastack + room);
}

// A segment that acknowledges something echoes when what it answers was sent.
void note_echo(TcpRecovery& recovery, const tcp_pcb& pcb, std::uint32_t acknowledged, std::uint32_t echoed_ms) {
    if (acknowledged == pcb.lastack)
        return;
    note_round_trip(recovery, echoed_ms);
    recovery.in_vain |= recovery.on && recovery.window_before != 0 && recovery.sent_again_ms != 0 &&
                        is_before(echoed_ms, recovery.sent_again_ms);
}

void note_options(TcpRecovery& recovery, tcp_pcb& pcb, std::uint32_t acknowledged, std::span<const std::byte> options) {
    const std::byte* at = options.data();
    if (options.size() == timestamps_alone_octets && load32_at(at) == timestamps_alone)
        return note_echo(recovery, pcb, acknowledged, load32_at(at + 8));
    const std::byte* const past = at + options.size();
    while (at < past) {
        const auto kind = std::to_integer<std::size_t>(*at);
        if (kind == 0)
            break;
        if (kind == option_nothing) {
            at++;
            continue;
        }
        const std::size_t octets = past - at >= 2 ? std::to_integer<std::size_t>(at[1]) : 0;
        if (octets < 2 || octets > static_cast<std::size_t>(past - at))
            break;
        if (kind == option_timestamps && octets == 10)
            note_echo(recovery, pcb, acknowledged, load32_at(at + 6));
        recovery.gaps |= kind == option_sack;
        for (std::size_t block = 2; kind == option_sack && block + 8 <= octets; block += 8)
            note_range(recovery, pcb, load32_at(at + block), load32_at(at + block + 4));
        at += octets;
    }
}

// In slow start the engine adds two segments an acknowledgement at most (RFC 3465 2.3). A receiver that acknowledges
// whole bursts, as we do and Linux does, would make it grow slowly: what it leaves out is added.
void grow_window(tcp_pcb& pcb, const TcpRecovery& recovery, std::uint32_t acknowledged) {
    const std::uint32_t engine_adds = 2u * pcb.mss;
    if (recovery.on || (pcb.flags & (TF_RTO | TF_INFR)) || pcb.cwnd >= pcb.ssthresh || acknowledged <= engine_adds)
        return;
    const std::uint32_t more = acknowledged - engine_adds;
    pcb.cwnd = static_cast<tcpwnd_size_t>(std::min<std::uint32_t>(pcb.cwnd + more, pcb.ssthresh));
}

} // namespace

void note_acknowledgements(tcp_pcb& pcb, const tcp_hdr& header, std::size_t option_octets) {
    TcpConnection* const connection = can_recover(pcb) ? connection_of(pcb) : nullptr;
    if (!connection)
        return;
    TcpRecovery& recovery = connection->recovery;
    const std::uint32_t acknowledged = header.ackno; // the engine has turned it around already
    if (is_before(acknowledged, pcb.lastack) || is_before(pcb.snd_nxt, acknowledged))
        return;
    recovery.highest_before = recovery.highest;
    // Safe: the engine has checked that the options lie in the segment's first piece.
    const auto* const options = reinterpret_cast<const std::byte*>(&header + 1);
    note_options(recovery, pcb, acknowledged, {options, option_octets});
    if (acknowledged != pcb.lastack)
        note_range(recovery, pcb, pcb.lastack, acknowledged);
    grow_window(pcb, recovery, acknowledged - pcb.lastack);
    if (recovery.reordered)
        pcb.dupacks = 0; // the engine counts them to three
    if (recovery.on) {
        pcb.cwnd = pcb.mss; // `recover` says what may go; the engine's own send behind this segment is not to
        if (recovery.after_timeout && acknowledged != pcb.lastack)
            recovery.window = std::min<std::uint32_t>(recovery.window + pcb.mss,
                                                      std::max<std::uint32_t>(pcb.ssthresh, recovery.window));
    }
}

void recover(tcp_pcb& pcb) {
    TcpConnection* const connection = can_recover(pcb) ? connection_of(pcb) : nullptr;
    if (!connection)
        return;
    TcpRecovery& recovery = connection->recovery;
    const bool was_on = recovery.on;
    if (recovery.on && recovery.in_vain)
        undo(recovery, pcb);
    if (recovery.on && !is_before(pcb.lastack, recovery.point))
        end(recovery, pcb);
    bool any = false;
    std::uint32_t in_flight = 0;
    if (recovery.on || recovery.gaps) // else nothing is lost, and the segments are not looked at
        in_flight = mark_lost(recovery, pcb, any);
    if (any && !recovery.on)
        begin(recovery, pcb);
    if (recovery.on) {
        tcp_set_flags(&pcb, TF_INFR); // the engine begins no recovery of its own, and holds no short segment back
        send_lost(recovery, pcb, in_flight);
    }
    if (was_on || recovery.on) // else the engine has sent what it may
        (void)tcp_output(&pcb);
    recovery.probe_at_ms = no_probe;
    watch_silence(pcb);
}

void watch_silence(tcp_pcb& pcb) {
    TcpConnection* const connection = can_recover(pcb) ? connection_of(pcb) : nullptr;
    if (!connection || !pcb.unacked || connection->recovery.probe_at_ms != no_probe)
        return;
    TcpState& state = tcp_globals();
    connection->recovery.probe_at_ms = state.now_ms() + silence_ms(connection->recovery, pcb);
    state.need_probe(connection->recovery.probe_at_ms);
}

std::uint64_t probe_silence(tcp_pcb& pcb, std::uint64_t now_ms) {
    TcpConnection* const connection = can_recover(pcb) ? connection_of(pcb) : nullptr;
    if (!connection)
        return no_probe;
    TcpRecovery& recovery = connection->recovery;
    if (now_ms < recovery.probe_at_ms)
        return recovery.probe_at_ms;
    recovery.probe_at_ms = no_probe; // once; then the engine's timeout, unless something comes
    tcp_seg** last = nullptr;
    for (tcp_seg** place = &pcb.unacked; *place; place = &(*place)->next)
        if (!has_mark(**place, segment_mark::arrived))
            last = place;
    if (!last || pcb.snd_wnd == 0)
        return no_probe;
    // Nothing came for two round trips: what lies before something that arrived is lost, however late it may be; in a
    // recovery everything is.
    const bool all = recovery.on;
    if (!all && recovery.gaps) {
        begin(recovery, pcb);
        tcp_set_flags(&pcb, TF_INFR);
    }
    for (tcp_seg* segment = recovery.on ? pcb.unacked : nullptr; segment; segment = segment->next)
        if (!has_mark(*segment, segment_mark::arrived) && (all || is_before(end_of(*segment), recovery.highest)))
            segment->flags |= segment_mark::lost;
    if (recovery.on) {
        send_lost(recovery, pcb, 0);
    } else {
        (*last)->flags |= segment_mark::sent_again;
        put_in(&pcb.unsent, take_out(last));
        pcb.rttest = 0;
        pcb.cwnd = std::max<tcpwnd_size_t>(pcb.cwnd, static_cast<tcpwnd_size_t>(pcb.snd_nxt - pcb.lastack));
    }
    const bool held = (pcb.flags & TF_INFR) == 0;
    tcp_set_flags(&pcb, TF_INFR); // a short segment goes, too
    (void)tcp_output(&pcb);
    if (held && !recovery.on)
        tcp_clear_flags(&pcb, TF_INFR);
    return no_probe;
}

void before_timeout(const tcp_pcb& pcb) {
    TcpConnection* const connection = connection_of(pcb);
    if (!connection || connection->recovery.on)
        return;
    connection->recovery.sent_again_ms = static_cast<std::uint32_t>(tcp_globals().now_ms()); // by the engine, if it is
    connection->recovery.window_before = pcb.cwnd;
    connection->recovery.threshold_before = pcb.ssthresh;
}

void after_timeout(tcp_pcb& pcb) {
    TcpConnection* const connection = can_recover(pcb) ? connection_of(pcb) : nullptr;
    if (!connection)
        return;
    TcpRecovery& recovery = connection->recovery;
    const bool again = recovery.on && recovery.after_timeout;
    const bool first = !recovery.on; // else something is lost for certain, or it is known already whether
    recovery = {.on = true,
                .reordered = recovery.reordered,
                .after_timeout = true,
                .point = pcb.snd_nxt,
                .window = 2u * pcb.mss,
                .window_before = first || again ? recovery.window_before : 0,
                .threshold_before = recovery.threshold_before,
                .sent_again_ms = recovery.sent_again_ms, // RFC 3522: of the first time
                .highest = recovery.highest,
                .patience = recovery.patience,
                .delivered_ms = recovery.delivered_ms,
                .round_trip_ms_x8 = recovery.round_trip_ms_x8,
                .segments_again = recovery.segments_again + 1};
    for (tcp_seg** place = &pcb.unsent; *place && is_before(first_of(**place), pcb.snd_nxt);) {
        tcp_seg* const segment = take_out(place);
        if (again)
            segment->flags &= static_cast<u8_t>(~segment_mark::arrived); // a peer may think better of it: RFC 2018 8
        if (!has_mark(*segment, segment_mark::arrived))
            segment->flags |= segment_mark::lost;
        put_in(&pcb.unacked, segment);
    }
}

} // namespace exo::net
