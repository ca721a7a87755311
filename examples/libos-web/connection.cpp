// See connection.hpp.
#include "examples/libos-web/connection.hpp"

#include <cstring>

namespace web {

namespace {

// Pages that are asked for before they are needed.
constexpr std::uint64_t pages_ahead = 8;

} // namespace

void Connection::open(exo::net::TcpStream&& stream, DueList& list) {
    stream_ = std::move(stream);
    list_ = &list;
    closing_ = false;
    document_ = nullptr;
    head_octets_ = request_octets_ = 0;
    set_due();
    stream_.limit_segments(slot_octets_max);
    stream_.set_no_delay(true);
    stream_.set_observer([](void* self) { static_cast<Connection*>(self)->set_due(); }, this);
}

bool Connection::work(const Site& site, PageCache& cache, std::uint64_t now_s, Counters& counters) {
    for (;;) {
        if (stream_.ready() & exo::net::tcp_ready::failed) {
            stream_.abort();
            return false;
        }
        const bool sending = document_ || head_octets_;
        const Step step = sending ? send_rest(cache, counters) : read_request(site, now_s, counters);
        if (!stream_.is_open())
            return false;
        if (step != Step::Again)
            return step == Step::WaitForDisk;
    }
}

void Connection::end() {
    stream_.shut_receive();
    stream_.close();
}

Connection::Step Connection::read_request(const Site& site, std::uint64_t now_s, Counters& counters) {
    if (closing_) {
        end();
        return Step::Wait;
    }
    const std::size_t came =
        stream_.read(std::as_writable_bytes(std::span(request_ + request_octets_, sizeof request_ - request_octets_)));
    request_octets_ += came;
    Request request;
    std::size_t taken = 0;
    const Parsed parsed = parse_request({request_, request_octets_}, request, &taken);
    if (parsed == Parsed::Incomplete) {
        if (stream_.ready() & exo::net::tcp_ready::finished)
            end();
        return came ? Step::Again : Step::Wait;
    }
    counters.requests++;
    if (parsed == Parsed::Good || parsed == Parsed::NotFound) {
        request_octets_ -= taken;
        std::memmove(request_, request_ + taken, request_octets_);
        closing_ = !request.keep_alive || request.has_body;
        if (parsed == Parsed::Good)
            answer(site, request, now_s, counters);
        else
            refuse(404, now_s, counters);
    } else {
        closing_ = true; // nobody knows where the next request begins
        refuse(static_cast<unsigned>(parsed), now_s, counters);
    }
    return Step::Again;
}

void Connection::answer(const Site& site, const Request& request, std::uint64_t now_s, Counters& counters) {
    if (request.method == Method::Other)
        return refuse(405, now_s, counters);
    const Document* const document = site.find(request.path);
    const bool body = request.method == Method::Get;
    if (!document) {
        counters.errors++;
        head_octets_ = plain_response(404, nullptr, now_s, !closing_, body, head_);
    } else if (request.asks_none_match ? request.none_match == document->tag
                                       : request.modified_since_s >= document->modified_s && request.modified_since_s) {
        head_octets_ = plain_response(304, document, now_s, !closing_, false, head_);
    } else {
        head_octets_ = document_head(*document, now_s, head_);
        document_ = body && document->octets ? document : nullptr;
        next_slot_ = 0;
    }
}

void Connection::refuse(unsigned status, std::uint64_t now_s, Counters& counters) {
    counters.errors++;
    head_octets_ = plain_response(status, nullptr, now_s, !closing_, true, head_);
}

bool Connection::send_head(std::size_t octets, bool more) {
    exo::net::Packet* const packet = stream_.send_room() < octets ? nullptr : stream_.allocate();
    if (!packet)
        return false;
    std::memcpy(packet->data(), head_, octets);
    packet->length = static_cast<std::uint16_t>(octets);
    if (stream_.send(packet, more)) {
        head_octets_ = 0;
        return true;
    }
    exo::net::PacketPool::release(packet);
    return false;
}

// The head, and behind it the document's slots, as many as there is room for: one train.
Connection::Step Connection::send_rest(PageCache& cache, Counters& counters) {
    if (document_) {
        const std::uint64_t page = next_slot_ / slots_per_page;
        const PageState state = cache.want(document_->first_page + page);
        for (std::uint64_t ahead = page + 1; ahead < std::min(document_->pages(), page + 1 + pages_ahead); ahead++)
            (void)cache.want(document_->first_page + ahead);
        if (state == PageState::Damaged) { // the peer must not take what it has for the whole
            counters.damaged++;
            stream_.abort();
            return Step::Wait;
        }
        if (state != PageState::Ready)
            return Step::WaitForDisk;
    }
    if (head_octets_ && !send_head(head_octets_, document_ != nullptr))
        return Step::Wait;
    const Step step = document_ ? send_slots(cache) : Step::Again;
    stream_.flush();
    return step;
}

Connection::Step Connection::send_slots(PageCache& cache) {
    for (const std::uint64_t slots = document_->slots(); next_slot_ < slots; next_slot_++) {
        const std::uint64_t page = document_->first_page + next_slot_ / slots_per_page;
        if (cache.want(page) != PageState::Ready)
            return Step::Again; // which waits for it, or finds it damaged
        if (stream_.send_room() < slot_octets_max)
            return Step::Wait;
        exo::net::Packet* const packet = cache.slot(page, next_slot_ % slots_per_page);
        if (!packet || !stream_.send(packet, next_slot_ + 1 < slots)) {
            exo::net::PacketPool::release(packet);
            return Step::Wait;
        }
    }
    document_ = nullptr;
    return Step::Again;
}

} // namespace web
