// See program.hpp.
#include "bench/exo/program.hpp"

namespace bench {

namespace {

constexpr std::uint64_t failed_status = 1;

[[noreturn]] void give_up(std::string_view step, const char* reason) {
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

} // namespace

std::string_view program_argument(const exo::StartInfo& start, std::uint32_t index) {
    return index < start.argument_count ? exo::start_list_string(start.arguments_offset, index) : "";
}

void require(bool done, std::string_view step) {
    if (!done)
        give_up(step, nullptr);
}

std::uint64_t required(exo::CallResult result, std::string_view step) {
    if (!result.ok())
        give_up(step, exo::error_name(result.error()));
    return result.value();
}

} // namespace bench
