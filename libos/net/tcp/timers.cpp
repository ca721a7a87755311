// See timers.hpp. The engine's clock counts steps of 100 ms, as its slower timer is called; what was not called for is
// added to it.
#include "libos/net/tcp/timers.hpp"

#include "libos/net/tcp/state.hpp"

#include <lwip/priv/tcp_priv.h>

#include <algorithm>

namespace exo::net {

namespace {

// RFC 6298 2.4 asks for a second; like Linux, 200 ms: longer than any delayed acknowledgement, in the engine's steps.
constexpr s16_t retransmission_steps_min = 200 / TCP_SLOW_INTERVAL + 1;
constexpr s16_t retransmission_steps_max = 60'000 / TCP_SLOW_INTERVAL; // RFC 6298 2.5
// After a long sleep the timers do not run for all of it at once.
constexpr std::uint64_t catch_up_max = 4;
constexpr std::uint64_t quiet_ms = 1000;
constexpr std::uint32_t time_wait_ticks = 2 * TCP_MSL / TCP_SLOW_INTERVAL;

// The timeout is the smoothed time and its variance, doubled each time: raising the variance keeps the doubling.
void bound_timeout(tcp_pcb& pcb) {
    const int base = (pcb.sa >> 3) + pcb.sv;
    if (base < retransmission_steps_min)
        pcb.sv = static_cast<s16_t>(pcb.sv + retransmission_steps_min - base);
    pcb.rto = std::clamp(pcb.rto, retransmission_steps_min, retransmission_steps_max);
}

void show_list(Shown& shown, const BlockList& list) {
    for (BlockPlace* place = list.first(); place; place = BlockList::after(*place))
        shown.add(*place->block);
}

// Those whose wait is over at the engine's next step.
void show_waited(Shown& shown, const BlockList& time_wait) {
    for (BlockPlace* place = time_wait.first(); place; place = BlockList::after(*place)) {
        if (tcp_ticks + 1 - place->block->tmr <= time_wait_ticks)
            break;
        shown.add(*place->block);
    }
}

// The engine's own timers. Its timeout for a connection shows in what it has to send again.
void run_engine_timers(ControlBlocks& blocks) {
    {
        Shown shown;
        show_list(shown, blocks.busy);
        show_list(shown, blocks.half_open);
        show_waited(shown, blocks.time_wait);
        const auto retransmissions = [](const tcp_pcb& pcb) { return static_cast<std::uint32_t>(pcb.nrtx); };
        for (tcp_pcb* pcb = tcp_active_pcbs; pcb; pcb = pcb->next) {
            bound_timeout(*pcb);
            excuse_waiting(*pcb);
            if (TcpConnection* const connection = connection_of(*pcb)) {
                connection->recovery.timeouts = retransmissions(*pcb);
                before_timeout(*pcb);
            }
        }
        tcp_tmr();
        for (tcp_pcb* pcb = tcp_active_pcbs; pcb; pcb = pcb->next)
            if (TcpConnection* const connection = connection_of(*pcb))
                if (retransmissions(*pcb) > connection->recovery.timeouts)
                    after_timeout(*pcb);
    }
    blocks.rest_quiet();
}

void probe_all(TcpState& state, std::uint64_t now) {
    const Clock& clock = state.network->clock();
    std::uint64_t next_ms = no_probe;
    for (BlockPlace* place = state.blocks.busy.first(); place; place = BlockList::after(*place))
        next_ms = std::min(next_ms, probe_silence(*place->block, now / clock.ticks_per_ms));
    state.next_probe = next_ms == no_probe ? never : next_ms * clock.ticks_per_ms;
}

// Steps of the timers that have passed, of which the engine's clock is told all but `run`.
std::uint64_t pass_time(TcpState& state, std::uint64_t now, std::uint64_t run_max) {
    const std::uint64_t interval = state.network->clock().ticks_per_ms * TCP_TMR_INTERVAL;
    const std::uint64_t steps = (now - state.last_tick) / interval;
    state.last_tick += steps * interval;
    const std::uint64_t run = std::min(steps, run_max);
    tcp_ticks += static_cast<u32_t>((steps - run) * TCP_TMR_INTERVAL / TCP_SLOW_INTERVAL);
    return run;
}

} // namespace

void open_timers(TcpState& state) {
    state.last_tick = state.network->clock().now();
    state.next_tick = state.next_probe = never;
    state.ticks_fast = false;
}

std::uint64_t run_timers(void*, std::uint64_t now) {
    TcpState& state = tcp_globals();
    ControlBlocks& blocks = state.blocks;
    state.within_poll = true;
    if (now >= state.next_probe)
        probe_all(state, now);
    for (std::uint64_t left = pass_time(state, now, catch_up_max); left; left--) {
        blocks.wake_due();
        run_engine_timers(blocks);
    }
    state.within_poll = false;
    state.ticks_fast = !blocks.busy.is_empty() || !blocks.half_open.is_empty();
    const Clock& clock = state.network->clock();
    state.next_tick = state.ticks_fast             ? clock.after_ms(state.last_tick, TCP_TMR_INTERVAL)
                      : blocks.tuples.count() != 0 ? clock.after_ms(now, quiet_ms)
                                                   : never;
    return std::min(state.next_tick, state.next_probe);
}

void TcpState::need_timer() {
    if (ticks_fast)
        return;
    ticks_fast = true;
    const std::uint64_t now = network->clock().now();
    (void)pass_time(*this, now, 0); // what is begun here does not pay for the time before
    next_tick = network->clock().after_ms(last_tick, TCP_TMR_INTERVAL);
    network->wake_at(next_tick);
}

void TcpState::need_probe(std::uint64_t at_ms) {
    const std::uint64_t at = at_ms * network->clock().ticks_per_ms;
    if (at >= next_probe)
        return;
    next_probe = at;
    network->wake_at(at);
}

} // namespace exo::net
