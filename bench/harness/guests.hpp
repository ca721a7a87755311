// The guests of one run: one, or two machines on one wire. Of two, each QEMU has a CPU of its own where there are
// two, and its main loop real-time priority where that is permitted: a core that polls would starve the loop that
// carries its packets.
#pragma once

#include "bench/harness/process.hpp"
#include "bench/harness/system.hpp"

namespace bench {

// What stands in braces in the words of a job of two machines, and what each machine has in its place.
//   {number}  1 and 2          {part}  client and server
//   {here}, {there}            paths for Unix sockets: this machine's end of the wire and the other's
enum class Machine : unsigned { client, server };
std::vector<std::string> words_for(Machine machine, const std::vector<std::string>& command,
                                   const std::filesystem::path& folder);

// Runs the command's guest to its end. Of two machines, the result is that of one that failed, if one
// did, with what both printed; the other has to end by itself soon after the first. `success`: the status of a guest
// that did well. A line that begins with "NOTE " says
// what could not be arranged.
std::expected<ProcessResult, std::string> run_guests(const std::vector<std::string>& command, const Job& job,
                                                     const Environment& environment, std::chrono::seconds timeout,
                                                     int success);

} // namespace bench
