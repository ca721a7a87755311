// See control_blocks.hpp.
#include "libos/net/tcp/control_blocks.hpp"

#include "libos/net/tcp/listener.hpp"
#include "libos/net/tcp/state.hpp"

#include <lwip/priv/tcp_priv.h>

#include <algorithm>

namespace exo::net {

namespace {

constexpr std::uint32_t ticks_per_second = 1000 / TCP_SLOW_INTERVAL;
// A half-open connection is left alone for so long, whoever else asks: longer than most round trips.
constexpr std::uint32_t half_open_ticks_min = 200 / TCP_SLOW_INTERVAL;

// Whether the engine's timers would find nothing to do for it, and neither would those of this folder.
bool is_quiet(const tcp_pcb& block) {
    constexpr unsigned pending = TF_ACK_DELAY | TF_ACK_NOW | TF_CLOSEPEND | TF_NAGLEMEMERR;
    const bool state = block.state == ESTABLISHED || block.state == CLOSE_WAIT ||
                       (block.state == FIN_WAIT_2 && !(block.flags & TF_RXCLOSED));
    return state && !block.unacked && !block.unsent && !block.ooseq && !block.refused_data &&
           !(block.flags & pending) && block.persist_backoff == 0 && block.keep_cnt_sent == 0;
}

bool is_keep_alive_due(const tcp_pcb& block) {
    return ip_get_option(&block, SOF_KEEPALIVE) && tcp_ticks - block.tmr > block.keep_idle / TCP_SLOW_INTERVAL;
}

TcpListener* listener_of(const tcp_pcb& block) {
    return block.listener ? static_cast<TcpListener*>(block.listener->callback_arg) : nullptr;
}

} // namespace

BlockPlace& place_of(tcp_pcb& block) {
    return *reinterpret_cast<BlockPlace*>(&block + 1); // Safe: pools.cpp puts one there.
}

void forget(tcp_pcb& block) {
    TcpState& state = tcp_globals();
    state.blocks.forget(place_of(block));
    if (state.seen == &block)
        state.seen = nullptr;
}

void sort(tcp_pcb& block) {
    tcp_globals().blocks.sort(place_of(block));
}

tcp_pcb* ControlBlocks::find(const TcpTuple& tuple) const {
    TupleEntry* const entry = tuples.find(tuple);
    return entry ? static_cast<BlockPlace*>(entry)->block : nullptr;
}

void ControlBlocks::move(BlockPlace& place, BlockList& list) {
    if (place.list)
        place.list->take(place);
    if (place.listener)
        place.listener->half_open_--;
    place.listener = nullptr;
    place.list = &list;
    list.put(place);
}

void ControlBlocks::touch(BlockPlace& place) {
    if (place.list == &busy || place.list == &half_open || place.list == &time_wait)
        return;
    move(place, busy);
    tcp_globals().need_timer();
}

void ControlBlocks::sort(BlockPlace& place) {
    tcp_pcb& block = *place.block;
    const bool is_new = !place.is_in_table;
    if (is_new) {
        place.tuple = {{{block.local_ip.addr}, block.local_port}, {{block.remote_ip.addr}, block.remote_port}};
        tuples.insert(place);
    }
    if (block.state == TIME_WAIT) {
        if (place.list != &time_wait || block.tmr == tcp_ticks) // the peer's FIN came once more
            move(place, time_wait);
    } else if (block.state == SYN_RCVD) {
        if (place.list == &half_open)
            return;
        move(place, half_open);
        tcp_backlog_accepted(&block); // `admit` counts, beyond what an octet holds
        place.half_open_at = tcp_ticks;
        place.listener = listener_of(block);
        if (place.listener)
            place.listener->half_open_++;
        tcp_globals().need_timer();
    } else if (place.list != &busy && (is_new || place.list == &half_open || !is_quiet(block))) {
        move(place, busy);
        tcp_globals().need_timer();
    }
}

void ControlBlocks::rest_quiet() {
    for (BlockPlace* place = busy.first(); place;) {
        BlockPlace* const next = BlockList::after(*place);
        if (is_quiet(*place->block) && !is_keep_alive_due(*place->block)) {
            busy.take(*place);
            place->list = nullptr;
            watch_keep_alive(*place);
        }
        place = next;
    }
}

void ControlBlocks::watch_keep_alive(BlockPlace& place) {
    const tcp_pcb& block = *place.block;
    if (!ip_get_option(&block, SOF_KEEPALIVE))
        return;
    const std::uint32_t idle = block.keep_idle / TCP_SLOW_INTERVAL;
    const std::uint32_t gone = std::min(tcp_ticks - block.tmr, idle);
    const auto latest = static_cast<std::uint32_t>(wheel_seconds - 1);
    const std::uint32_t seconds = std::min((idle - gone) / ticks_per_second + 1, latest);
    move(place, wheel_[(wheel_at_ + seconds) % wheel_seconds]);
}

void ControlBlocks::wake_due() {
    const std::uint32_t now = tcp_ticks / ticks_per_second;
    wheel_at_ = now - std::min<std::uint32_t>(now - wheel_at_, wheel_seconds); // once around is all there is
    while (wheel_at_ != now) {
        BlockList& due = wheel_[++wheel_at_ % wheel_seconds];
        while (BlockPlace* const place = due.first()) {
            if (is_keep_alive_due(*place->block))
                move(*place, busy);
            else
                watch_keep_alive(*place);
        }
    }
}

void ControlBlocks::forget(BlockPlace& place) {
    tuples.remove(place);
    if (place.list)
        place.list->take(place);
    if (place.listener)
        place.listener->half_open_--;
}

void ControlBlocks::forget_listener(const void* listener) {
    tuples.for_each([&](TupleEntry& entry) {
        auto& place = static_cast<BlockPlace&>(entry);
        if (place.block->listener != listener)
            return;
        place.block->listener = nullptr;
        place.listener = nullptr;
    });
}

bool ControlBlocks::drop_half_open(const TcpListener* listener) {
    for (BlockPlace* place = half_open.first(); place; place = BlockList::after(*place)) {
        tcp_pcb& block = *place->block;
        if (tcp_ticks - place->half_open_at < half_open_ticks_min)
            return false; // those behind are younger
        if (listener && place->listener != listener)
            continue;
        Shown shown(block);
        tcp_abandon(&block, 0);
        return true;
    }
    return false;
}

bool ControlBlocks::admit(const TcpListener& listener) {
    if (listener.waiting_.count() + listener.half_open_ >= listener.backlog_)
        return drop_half_open(&listener);
    return half_open.count() < half_open_max || drop_half_open(nullptr);
}

bool ControlBlocks::reclaim() {
    BlockPlace* const oldest = time_wait.first();
    if (!oldest)
        return drop_half_open(nullptr);
    Shown shown(*oldest->block);
    tcp_abort(oldest->block); // in this state without a word
    return true;
}

Shown::Shown() : active_(tcp_active_pcbs), waiting_(tcp_tw_pcbs) {
    tcp_active_pcbs = tcp_tw_pcbs = nullptr;
}

Shown::Shown(tcp_pcb& block) : joined_(place_of(block).is_shown), active_(tcp_active_pcbs), waiting_(tcp_tw_pcbs) {
    if (joined_)
        return;
    tcp_active_pcbs = tcp_tw_pcbs = nullptr;
    add(block);
}

void Shown::add(tcp_pcb& block) {
    if (block.state == CLOSED)
        return;
    tcp_pcb*& list = block.state == TIME_WAIT ? tcp_tw_pcbs : tcp_active_pcbs;
    block.next = list;
    list = &block;
    place_of(block).is_shown = true;
}

Shown::~Shown() {
    if (joined_)
        return;
    ControlBlocks& blocks = tcp_globals().blocks;
    for (tcp_pcb* list : {tcp_active_pcbs, tcp_tw_pcbs})
        for (tcp_pcb* block = list; block; block = block->next) {
            place_of(*block).is_shown = false;
            blocks.sort(place_of(*block));
        }
    tcp_active_pcbs = active_;
    tcp_tw_pcbs = waiting_;
}

} // namespace exo::net
