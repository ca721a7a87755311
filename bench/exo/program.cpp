// See program.hpp.
#include "bench/exo/program.hpp"

namespace bench {

namespace {

constexpr std::uint64_t failed_status = 1;

} // namespace

void give_up(const char* step, const char* reason) {
    print("bench: ");
    print(step);
    print(" failed");
    if (reason != nullptr) {
        print(": ");
        print(reason);
    }
    print("\n");
    exo::exit_environment(failed_status);
}

std::string_view program_argument(const exo::StartInfo& start, std::uint32_t index) {
    return index < start.argument_count ? exo::start_list_string(start.arguments_offset, index) : "";
}

} // namespace bench
