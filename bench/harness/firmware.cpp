// The stub reports on I/O port 0xe9, a device added for it alone, and then faults, which
// ends QEMU under -no-reboot. See firmware.hpp; the stub is bench/boot/entry_stub.S.
#include "bench/harness/firmware.hpp"

#include "bench/harness/guest_output.hpp"
#include "bench/harness/guests.hpp"
#include "bench/harness/process.hpp"

#include <format>
#include <unistd.h>

namespace bench {
namespace {

// The same machine with the stub as its kernel and as its initial archive (the archive's
// content changes nothing before the kernel's entry), and with character devices that led
// to descriptors of the tool that composed the command leading nowhere.
bool put_stub_in_place(std::vector<std::string>& command) {
    const std::string stub = (build_directory / "bench/boot/entry-stub.elf").string();
    bool placed = false;
    for (std::size_t i = 0; i + 1 < command.size(); ++i) {
        if (command[i] == "-kernel" || command[i] == "-initrd")
            command[++i] = stub, placed = true;
        else if (command[i] == "-chardev" &&
                 (command[i + 1].starts_with("socket,") || command[i + 1].starts_with("file,"))) {
            const std::size_t id = command[i + 1].find("id=");
            command[i + 1] = "null," + command[i + 1].substr(id, command[i + 1].find(',', id) - id);
        }
    }
    return placed;
}

} // namespace

std::expected<double, std::string> firmware_cycles(System& system, const Job& job, const RunMode& mode) {
    auto command = system.machine(job, mode);
    if (!command)
        return std::unexpected(command.error());
    if (!put_stub_in_place(*command))
        return std::unexpected(std::string(system.name()) + "'s QEMU command names no kernel");
    // A file of this process: several benches may run at once.
    const std::filesystem::path report =
        std::filesystem::absolute(build_directory / std::format("bench/boot/firmware-{}.txt", ::getpid()));
    command->insert(command->end(), {"-debugcon", "file:" + report.string()});

    std::error_code ignored;
    std::filesystem::remove(report, ignored);
    // Where a machine's end of a wire would be: nobody is at the other one.
    const std::filesystem::path wire = std::filesystem::path(report).replace_extension("wire");
    std::filesystem::create_directory(wire, ignored);
    const auto ran = run_process(words_for(Machine::server, *command, wire), {.timeout = std::chrono::seconds(60)});
    std::filesystem::remove_all(wire, ignored);
    if (!ran)
        return std::unexpected(ran.error());
    const auto bytes = read_file(report);
    std::filesystem::remove(report, ignored);
    if (!bytes)
        return std::unexpected("the firmware's time could not be taken: " + last_lines(ran->output, 3));
    const std::string text(bytes->begin(), bytes->end());
    const auto rows = parse_rows(text);
    if (rows.size() != 1 || rows[0].name != "firmware")
        return std::unexpected("the firmware's time could not be taken: the stub printed '" + text + "'");
    return rows[0].value;
}

} // namespace bench
