// Values that go from the store to redis-server and back by DUMP and RESTORE.
#pragma once

#include "tests/kv/peer.hpp"

namespace kv_test {

// Dumps a key of both, restores each dump at the other side, under a name of its own that is gone afterwards, and
// compares what stands there. Says what differs; empty: nothing.
std::string dump_difference(Peer& ours, Peer& reference, const std::string& key, Dice& dice);

} // namespace kv_test
