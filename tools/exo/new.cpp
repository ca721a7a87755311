// Copies the example's files with its name and places exchanged. The folder appears whole or not at all: it is made
// beside its place and renamed.
#include "tools/exo/new.hpp"

#include "tools/exo/host_file.hpp"
#include "tools/exo/run.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <format>
#include <print>
#include <unistd.h>

namespace exo::tool {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view help =
    R"(usage: exo new libos PATH

Makes the folder PATH with a library OS of your own, named by the last part of PATH: a program that owns a NIC and echoes
UDP, its build file and its test. In the folder, `ninja` builds it and `ninja test` boots it.
Where to read on: docs/writing-a-library-os.md.
)";

constexpr std::string_view example = "libos-echo";

bool is_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z'); };
    return !name.empty() && name.size() <= 64 && letter(name[0]) && std::ranges::all_of(name, [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

void exchange(std::string& text, std::string_view old, std::string_view now) {
    for (std::size_t at = text.find(old); at != std::string::npos; at = text.find(old, at + now.size()))
        text.replace(at, old.size(), now);
}

// One file of the example, as it is in the new folder.
std::string changed(std::string text, std::string_view name, const fs::path& root) {
    exchange(text, std::format("out = ../../build/examples/{}", example), "out = build");
    exchange(text, "exo = ../..", std::format("exo = {}", root.string()));
    exchange(text, example, name);
    return text;
}

Outcome<void> copy_files(const fs::path& from, const fs::path& into, std::string_view name, const fs::path& root) {
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(from, error)) {
        const auto octets = read_host_file(entry.path().string());
        if (!octets)
            return std::unexpected(octets.error());
        // Safe: octets of the same file, as text.
        const std::string text(reinterpret_cast<const char*>(octets->data()), octets->size());
        const fs::path target = into / entry.path().filename();
        if (const auto written = write_host_file(target.string(), changed(text, name, root)); !written)
            return written;
        fs::permissions(target, entry.status().permissions(), error);
    }
    return error ? failed(std::format("cannot copy {}: {}", from.string(), error.message())) : Outcome<void>{};
}

Outcome<void> make_library_os(const std::string& word) {
    fs::path place = fs::path(word).lexically_normal();
    if (!place.has_filename())
        place = place.parent_path();
    const std::string name = place.filename().string();
    if (!is_name(name))
        return usage_error(
            std::format("'{}' is no name for a library OS: small letters, digits, '-' and '_', a letter first", name));
    std::error_code error;
    if (fs::exists(fs::symlink_status(place, error)))
        return failed(std::format("{} exists already", place.string()));
    const fs::path root = repository_root();
    const fs::path parent = fs::absolute(place).parent_path();
    std::string scratch = (parent / std::format(".{}-XXXXXX", name)).string();
    if (!::mkdtemp(scratch.data()))
        return failed(std::format("cannot make {}: {}", place.string(), std::strerror(errno)));
    Outcome<void> made = copy_files(root / "examples" / example, scratch, name, root);
    if (made) {
        fs::permissions(scratch, fs::perms(0755), error);
        fs::rename(scratch, place, error);
        if (error)
            made = failed(std::format("cannot make {}: {}", place.string(), error.message()));
    }
    if (!made) {
        fs::remove_all(scratch, error);
        return made;
    }
    std::println("{} is made. Next: cd {} && ninja && ninja test", name, place.string());
    return {};
}

} // namespace

int new_main(std::span<const std::string> words) {
    if (words.size() == 1 && words[0] == "--help") {
        std::print("{}", help);
        return 0;
    }
    if (words.size() != 2 || words[0] != "libos")
        return report({status_usage, "usage: exo new libos PATH"});
    const Outcome<void> made = make_library_os(words[1]);
    return made ? 0 : report(made.error());
}

} // namespace exo::tool
