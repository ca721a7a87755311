// The engine's control blocks, one a connection. lwIP keeps them in lists that it walks: for each segment, at each
// timer, whenever one ends. Here its lists are empty but while it is called, and hold then what the call is about
// (`Shown`): a connection is found by its ends, and timers look at those alone that have something under way. A quiet
// one, which waits for either side's next octet, costs nothing but its memory. Not for users: stream.hpp.
#pragma once

#include "libos/net/tcp/linked_list.hpp"
#include "libos/net/tcp/tuples.hpp"

struct tcp_pcb; // lwIP's

namespace exo::net {

class TcpListener;
struct BlockList;

// Behind each control block in its memory.
struct BlockPlace : TupleEntry {
    tcp_pcb* block = nullptr;
    Links<BlockPlace> links;
    BlockList* list = nullptr;       // that it is in
    TcpListener* listener = nullptr; // half-open: whose peer it is
    std::uint32_t half_open_at = 0;  // by the engine's clock
    bool is_shown = false;           // to the engine
};

struct BlockList : LinkedList<BlockPlace, &BlockPlace::links> {};

// All of them, by what they wait for. Each is in one list at most.
class ControlBlocks {
public:
    TupleTable tuples;
    BlockList busy;      // timers look at these
    BlockList half_open; // a peer's SYN has come, its acknowledgement has not: the oldest first
    BlockList time_wait; // whose wait ends first is first

    static constexpr std::size_t half_open_max = 1024;

    // Null: none.
    tcp_pcb* find(const TcpTuple& tuple) const;
    // Puts it where its state wants it.
    void sort(BlockPlace& place);
    // The timers look at it.
    void touch(BlockPlace& place);
    // After the timers: those with nothing under way are quiet from now on.
    void rest_quiet();
    // Quiet ones whose keep-alive is due are quiet no longer.
    void wake_due();
    // Its memory is given back.
    void forget(BlockPlace& place);
    // The engine's listener is about to be gone.
    void forget_listener(const void* listener);
    // A peer wants to open one at a listener. False: it must ask again later, since others wait, and none of those that
    // are half-open has waited for long.
    bool admit(const TcpListener& listener);
    // Ends one that nobody misses, so that there is memory for another: the oldest in TIME-WAIT, or half-open. False:
    // there is none.
    bool reclaim();

private:
    void move(BlockPlace& place, BlockList& list);
    bool drop_half_open(const TcpListener* listener);
    void watch_keep_alive(BlockPlace& place);

    static constexpr std::size_t wheel_seconds = 512; // a longer wait is looked at in between

    std::array<BlockList, wheel_seconds> wheel_; // quiet ones with keep-alives, by the second at which they are due
    std::uint32_t wheel_at_ = 0;                 // the second that was looked at last
};

// While one lives, the engine's lists hold what it was given; what is in them at its end is sorted in again. It may be
// within another one.
class Shown {
public:
    Shown();
    explicit Shown(tcp_pcb& block);
    Shown(const Shown&) = delete;
    Shown& operator=(const Shown&) = delete;
    ~Shown();

    // One that is in none of the engine's lists. Nothing happens to one that was never connected.
    void add(tcp_pcb& block);

private:
    bool joined_ = false; // the one around it shows the block already
    tcp_pcb* active_;     // of the one around it
    tcp_pcb* waiting_;
};

BlockPlace& place_of(tcp_pcb& block);
// Before its memory is given back.
void forget(tcp_pcb& block);
// After calls of the engine for a program: timers look at it if something is under way.
void sort(tcp_pcb& block);

} // namespace exo::net
