// The guests of one run: one, or two machines on one wire. Of two, each QEMU has a CPU of its own where there are
// two, and its main loop real-time priority where that is permitted: a core that polls would starve the loop that
// carries its packets.
#pragma once

#include "bench/harness/process.hpp"
#include "bench/harness/system.hpp"

namespace bench {

// What stands in braces in the words of a job of two machines, and what each machine has in its place.
//   {number}  1 and 2          {part}  client and server; of a guest with one beside it, the latter is the client
//   {here}, {there}            paths for Unix sockets: this machine's end of the wire and the other's
enum class Machine : unsigned { client, server };
std::vector<std::string> words_for(Machine machine, const std::vector<std::string>& command,
                                   const std::filesystem::path& folder);

struct GuestRun {
    const Job& job;
    const Environment& environment;
    std::chrono::seconds timeout;
    int success;                          // the status of a guest that did well
    std::vector<std::string> beside = {}; // the command of the one beside it; its success is 0
};

// Runs the command's guest to its end. Of two machines, the result is that of one that failed, if one
// did, with what both printed; the other has to end by itself soon after the first. Of a guest with one beside it
// (Job::beside), the result is that of the other, if the guest served as long as that ran; then it is ended. A line
// that begins with "NOTE " says what could not be arranged.
std::expected<ProcessResult, std::string> run_guests(const std::vector<std::string>& command, const GuestRun& run);

} // namespace bench
