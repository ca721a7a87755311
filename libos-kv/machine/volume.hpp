// The disk on which keys are kept: found among what the program was granted, made if it holds nothing yet, played back.
// Sentences are empty texts when all is well, and end with a NUL.
#pragma once

#include "libos-kv/journal/journals.hpp"
#include "libos-kv/server/recorder.hpp"
#include "libos-kv/server/server.hpp"
#include "libos/start/start_info.hpp"

namespace exo::kv {

// Of a store on one vcore.
class Volume {
public:
    // Gives the server the keys of the disk, and has it keep them there from then on. Logs what it found. A sentence
    // that says what is wrong.
    static Text open(const StartInfo& start, Server& server, Durability durability, Volume*& volume);

    // All is on the medium, and nothing has to be played back. False: the medium failed.
    bool close();

private:
    Volume(Server& server, Journals& journals, StoreLog& log, Durability durability, std::size_t empty_bytes)
        : journals_(journals), recorder_(server, log, durability, empty_bytes) {}
    template <typename T, typename... Arguments>
    friend T* make(Arguments&&... arguments);

    Journals& journals_;
    Recorder recorder_;
};

// Whether the program was granted a disk.
bool has_disk(const StartInfo& start);
// The journals on its disk; so many are made if it holds nothing. A sentence that says what is wrong.
Text open_journals(const StartInfo& start, unsigned count, Journals*& journals);
// Logs what was found. `written_by`, `vcores`: that shared the keys, and do so now.
void say_what_is_kept(const Recovered& recovered, Durability durability, unsigned written_by, unsigned vcores);

} // namespace exo::kv
