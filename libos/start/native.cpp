// The entry of a program that is its own library OS. See native.hpp.
#include "libos/start/native.hpp"

#include "libos/thread/thread.hpp"

namespace exo {

// vcore 0, masked, at the top of the initial stack.
extern "C" [[noreturn]] void exo_native_start(const StartInfo* start) {
    exo_kit_start(start);
    exit_environment(static_cast<std::uint64_t>(exo_main(*start)) & 0xff);
}

} // namespace exo
