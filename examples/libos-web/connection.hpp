// One peer: its requests, one after the other, and what is left to send of a response.
#pragma once

#include "examples/libos-web/http.hpp"
#include "examples/libos-web/page_cache.hpp"
#include "libos/net/tcp/listener.hpp"

#include <utility>

namespace web {

struct Counters {
    std::uint64_t connections = 0, requests = 0, errors = 0, damaged = 0;
};

class Connection;

// The connections that have something to do, so that the others cost nothing.
class DueList {
public:
    void add(Connection& connection);
    // All of them, linked; the list is empty afterwards.
    Connection* take() { return std::exchange(first_, nullptr); }

private:
    Connection* first_ = nullptr;
};

class Connection {
public:
    void open(exo::net::TcpStream&& stream, DueList& list);
    bool is_open() const { return stream_.is_open(); }
    // Does what can be done now: reads requests, sends responses. Returns whether it waits for a page of the disk.
    bool work(const Site& site, PageCache& cache, std::uint64_t now_s, Counters& counters);
    // Something has come, or room has been made: it joins the list unless it is on it. Whoever took the list takes each
    // off before its work.
    void set_due() {
        if (!std::exchange(due_, true))
            list_->add(*this);
    }
    Connection* take_off() {
        due_ = false;
        return next_due_;
    }

private:
    enum class Step : std::uint8_t { Again, Wait, WaitForDisk };

    Step read_request(const Site& site, std::uint64_t now_s, Counters& counters);
    void answer(const Site& site, const Request& request, std::uint64_t now_s, Counters& counters);
    void refuse(unsigned status, std::uint64_t now_s, Counters& counters);
    Step send_rest(PageCache& cache, Counters& counters);
    Step send_slots(PageCache& cache);
    bool send_head(std::size_t octets, bool more);
    void end();

    friend class DueList;

    exo::net::TcpStream stream_;
    DueList* list_ = nullptr;
    Connection* next_due_ = nullptr;
    bool due_ = false;                   // on the list, or on what was taken of it
    bool closing_ = false;               // after what is left to send
    const Document* document_ = nullptr; // that is being sent
    std::uint64_t next_slot_ = 0;
    std::size_t head_octets_ = 0; // of head_, still to be sent
    std::size_t request_octets_ = 0;
    char head_[response_octets_max];
    char request_[head_octets_max];
};

inline void DueList::add(Connection& connection) {
    connection.next_due_ = std::exchange(first_, &connection);
}

} // namespace web
