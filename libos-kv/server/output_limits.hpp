// How much output may wait for a connection that does not take it: client-output-buffer-limit.
#pragma once

#include "libos-kv/memory/array.hpp"

namespace exo::kv {

// A connection with more than `hard` octets waiting, or with more than `soft` for longer than `soft_s` seconds, is
// ended. 0: no limit.
struct OutputLimit {
    std::int64_t hard = 0, soft = 0, soft_s = 0;
};

// Of connections of each kind, in the order in which CONFIG GET says them. There are no replicas.
enum class OutputKind : std::uint8_t { Normal, Replica, Subscriber };
inline constexpr std::size_t output_kinds = 3;

class OutputLimits {
public:
    OutputLimits() { note_least(); }
    const OutputLimit& of(OutputKind kind) const { return of_kind_[static_cast<std::size_t>(kind)]; }
    // With fewer octets waiting no connection is near a limit.
    std::size_t least() const { return least_; }
    // Less where the machine has so little memory that a few connections would fill it.
    void fit(std::uint64_t memory_bytes);
    // "normal 0 0 0 slave ..."
    Text text() const;
    // Takes the kinds that `text` names, and leaves the others. Null, or what is wrong, as CONFIG SET says it; then
    // nothing has changed.
    const char* read(std::string_view text);

private:
    void note_least();

    OutputLimit of_kind_[output_kinds] = {{}, {256ll << 20, 64ll << 20, 60}, {32ll << 20, 8ll << 20, 60}};
    std::size_t least_;
};

} // namespace exo::kv
