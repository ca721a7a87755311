// A GET through the front and a shard of libos-kv, and through the one server of a store on one vcore, all on one
// thread: what the way through two rings adds in instructions, other vcores aside.
#pragma once

#include <chrono>
#include <cstddef>

namespace bench::ring {

// Nanoseconds a GET, `depth` requests at a time, for as long. Ends the program when a reply is not the one that was to
// come.
double gets_of_server(std::chrono::steady_clock::duration length, std::size_t depth);
double gets_of_shard(std::chrono::steady_clock::duration length, std::size_t depth);

} // namespace bench::ring
