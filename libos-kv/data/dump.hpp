// A value as a string of octets: what DUMP gives and RESTORE takes. It is the format of Redis 7.0 (a type, the value as
// it is in files of version 10, the version in two octets, a CRC-64 of all that), so that values go from one to the
// other. Strings are not packed here, but packed ones are taken. Not taken: streams, modules, and the forms in which
// Redis before 7.0 had small values (ziplists) or that before 3.2 lists and sorted sets.
#pragma once

#include "libos-kv/data/entry.hpp"

namespace exo::kv {

// Appends them.
void dump_value(Entry& entry, Text& out);
// The same without version and checksum.
void dump_bare_value(Entry& entry, Text& out);

// Whether version and checksum are right. What stands before them may be anything: whoever can send it can sum it.
bool is_dump(std::string_view octets);

enum class DumpProblem : std::uint8_t { Damaged, TooLarge };

// The value, under a key and in no database yet, from octets that are a dump. Null: `problem` says what is wrong.
// Packed strings that together have more than `room` octets are too large. Everything is looked at: of numbers, orders,
// doublets and listpacks nothing is believed.
Entry* restore_value(std::string_view dump, std::string_view key, std::int64_t expiry, std::size_t room,
                     DumpProblem& problem);
// The same of a value without version and checksum.
Entry* restore_bare_value(std::string_view octets, std::string_view key, std::int64_t expiry, std::size_t room,
                          DumpProblem& problem);

} // namespace exo::kv
