// Fuzzes the whole store with what two connections send, in turns: a part's first octet says whose it is and how long.
// The oracle: the sanitizers, and that all memory is given back.
#include "libos-kv/data/limits.hpp"
#include "libos-kv/server/server.hpp"

#include <algorithm>
#include <cstdlib>

namespace exo::kv {

void out_of_memory(std::size_t) {
    std::abort();
}

} // namespace exo::kv

namespace {

using namespace exo::kv;

std::uint64_t now_us;

void require(bool holds) {
    if (!holds)
        std::abort();
}

// As a carrier does: what is to be sent is taken, and who is done for is dropped.
void carry(Server& server, Session*& session) {
    while (session && !session->broken) {
        const std::size_t octets = session->to_send().size();
        if (octets == 0)
            break;
        session->sent(octets);
        if (session->paused)
            server.input(session, {});
    }
    if (session && (session->broken || session->closing)) {
        server.close(session);
        session = nullptr;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    limits = Limits(); // CONFIG changes them
    const std::size_t before = used_bytes();
    {
        now_us = 1'700'000'000'000'000;
        Surroundings surroundings;
        surroundings.realtime_us = surroundings.monotonic_us = [] { return now_us; };
        surroundings.seed = 1;
        surroundings.memory_bytes = 64u << 20;
        Server server(surroundings);
        Session* sessions[2] = {};
        // CONFIG can take every limit away; then it ends here.
        for (std::size_t at = 0; at < size && used_bytes() < 256u << 20;) {
            Session*& session = sessions[data[at] & 1];
            const std::size_t length = std::min<std::size_t>((data[at] >> 1) + 1u, size - at - 1);
            if (!session)
                session = server.open("10.0.0.1:1000", "10.0.0.2:6379");
            if (session)
                // Safe: octets as characters.
                server.input(session, {reinterpret_cast<const char*>(data + at + 1), length});
            for (Session*& each : sessions)
                carry(server, each);
            at += length + 1;
            now_us += 1000;
            server.tick();
        }
    }
    require(used_bytes() == before);
    return 0;
}
