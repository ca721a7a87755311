// Fuzzes what is read of the key-value store's journal: records that anybody may have written, played back to a server
// without keys. The oracle: the sanitizers, that all memory is given back, and that what was taken is a sound store,
// which can be recorded again.
#include "libos-kv/journal/record_reader.hpp"
#include "libos-kv/server/recovery.hpp"

#include <cstdlib>

namespace exo::kv {

void out_of_memory(std::size_t) {
    std::abort();
}

} // namespace exo::kv

namespace {

using namespace exo::kv;

struct Octets final : OctetSource {
    std::string_view left;
    bool take(std::size_t octets, std::string_view& taken) override {
        if (octets > left.size())
            return false;
        taken = left.substr(0, octets);
        left.remove_prefix(octets);
        return true;
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::size_t before = used_bytes();
    {
        Surroundings surroundings;
        surroundings.realtime_us = surroundings.monotonic_us = [] { return std::uint64_t{1'700'000'000'000'000}; };
        surroundings.seed = 1;
        surroundings.memory_bytes = 64u << 20;
        Server server(surroundings);
        {
            Octets octets;
            octets.left = {reinterpret_cast<const char*>(data), size}; // Safe: octets as characters.
            Recovery recovery(server, size);
            (void)read_records(octets, size, recovery);
        }
        Session* session = server.open("10.0.0.1:1000", "10.0.0.2:6379");
        for (const std::string_view request : {"KEYS *\r\n", "INFO\r\n", "FLUSHALL\r\n"})
            server.input(session, request);
        server.tick();
        server.close(session);
    }
    if (used_bytes() != before)
        std::abort();
    return 0;
}
