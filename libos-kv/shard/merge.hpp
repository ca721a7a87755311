// The replies of several shards as the one that their client gets.
#pragma once

#include "libos-kv/data/random.hpp"
#include "libos-kv/shard/route.hpp"

namespace exo::kv {

// `parts`: whole replies, one a shard that was asked, empty for the others; of those that all have a part in the last
// one is the front's. `order`: of Merge::Gather, the shard of each element. An error among them is the reply.
Text merge_replies(Merge merge, const Array<Text>& parts, const Array<std::uint8_t>& order, Random& random);
// A shard's reply to SCAN, with the cursor that its client gets.
Text merge_scan(std::string_view reply, unsigned shard, unsigned shards);
// The newest `most` entries of SLOWLOG GET's replies, all if -1, with numbers that differ; of one second those of the
// first part go first.
Text merge_slow_entries(const Array<Text>& parts, std::int64_t most);
// Pages of INFO as one: numbers that every vcore counts are sums, what is said of the disk is the shards', the rest is
// the front's, which is the last.
Text merge_info(const Array<Text>& pages);

// The first reply in a row of whole ones, taken from it.
std::string_view take_reply(std::string_view& replies);
// A request, as RESP has it.
void write_request_header(Text& request, std::size_t arguments);
void write_argument(Text& request, std::string_view argument);

} // namespace exo::kv
