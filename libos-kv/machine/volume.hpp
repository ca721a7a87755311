// The disk on which keys are kept: found among what the program was granted, made if it holds nothing yet, played back.
#pragma once

#include "libos-kv/journal/store_log.hpp"
#include "libos-kv/server/recorder.hpp"
#include "libos-kv/server/server.hpp"
#include "libos/start/start_info.hpp"

namespace exo::kv {

class Volume {
public:
    // Gives the server the keys of the disk, and has it keep them there from then on. Logs what it found. Null, or one
    // sentence that says what is wrong.
    static const char* open(const StartInfo& start, Server& server, Durability durability, Volume*& volume);

    Recorder& recorder() { return recorder_; }
    // All is on the medium, and nothing has to be played back. False: the medium failed.
    bool close();

private:
    Volume(Server& server, StoreLog& log, Durability durability) : log_(log), recorder_(server, log, durability) {}
    template <typename T, typename... Arguments>
    friend T* make(Arguments&&... arguments);

    StoreLog& log_;
    Recorder recorder_;
};

// Whether the program was granted a disk.
bool has_disk(const StartInfo& start);

} // namespace exo::kv
