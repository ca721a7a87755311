// The rules and flags come from the project's own build.ninja, whose head is repeated in the made file.
#include "tests/tidy/headers.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <format>
#include <fstream>
#include <memory>
#include <set>

namespace tidy {

namespace {

constexpr std::string_view folder = "build/tests/tidy/headers";

// Which of the project's flags a header is compiled with; empty for headers of programs that other compilers build.
std::string_view flags_for(std::string_view path) {
    if (path.starts_with("examples/") || path.starts_with("tests/linux-abi/programs/"))
        return {};
    if (path.starts_with("tools/") || path.starts_with("tests/") || path.starts_with("bench/") ||
        path.contains("/test/") || path.contains("/host-double/"))
        return "$host_flags";
    if (path.starts_with("libos/net/tcp/lwip/")) // what lwIP's own sources include
        return "$libos_flags -Ilibos/net/tcp/lwip -Ibuild/libos/net/lwip-pools -isystem "
               "build/third-party/lwip/src/include";
    if (path.starts_with("libos") || path.starts_with("steward/"))
        return "$libos_flags";
    return "$kernel_flags";
}

// What the first #include of a file names in quotes; empty when it has none, or one of <...>.
std::string_view first_include(std::string_view text) {
    constexpr std::string_view quoted = "#include \"";
    for (const std::string_view line : lines_of(text)) {
        if (!line.starts_with("#include"))
            continue;
        if (!line.starts_with(quoted))
            return {};
        return line.substr(quoted.size(), line.rfind('"') - quoted.size());
    }
    return {};
}

// The headers that the build itself compiles alone: a source includes them before anything else, or such a header does.
std::set<std::string_view> included_first(std::span<const SourceFile> tree) {
    std::set<std::string_view> headers;
    for (const SourceFile& file : tree) {
        if (file.extension() != ".cpp")
            continue;
        std::string_view path = first_include(file.text);
        while (!path.empty() && headers.insert(path).second) {
            const auto header = std::ranges::lower_bound(tree, path, {}, &SourceFile::path);
            path = header == tree.end() || header->path != path ? "" : first_include(header->text);
        }
    }
    return headers;
}

// The variables of the root build file: everything before its first rule.
std::string_view head_of(std::string_view build_file) {
    return build_file.substr(0, build_file.find("\nrule "));
}

} // namespace

std::string header_build_file(std::span<const SourceFile> tree) {
    const auto root = std::ranges::find(tree, "build.ninja", &SourceFile::path);
    std::string text = root == tree.end() ? "" : std::string(head_of(root->text));
    text +=
        std::format("\nbuilddir = {}\n"
                    "rule header\n"
                    "  command = $clangxx $flags -Wno-pragma-once-outside-header -fsyntax-only -MD -MF $out.d -MT $out "
                    "-x c++ $in && touch $out\n"
                    "  depfile = $out.d\n"
                    "  deps = gcc\n",
                    folder);
    const std::set<std::string_view> proven = included_first(tree);
    for (const SourceFile& file : tree)
        if (const std::string_view flags = flags_for(file.path);
            is_header(file) && !flags.empty() && !proven.contains(file.path))
            text += std::format("build {}/{}: header {}\n  flags = {}\n", folder, file.path, file.path, flags);
    return text;
}

Complaints headers_stand_alone(std::span<const SourceFile> tree) {
    std::filesystem::create_directories(folder);
    const std::string build_file = std::format("{}/build.ninja", folder);
    std::ofstream(build_file) << header_build_file(tree);
    const std::string command = std::format("ninja -k 0 -j 2 -f {} 2>&1", build_file);
    const std::unique_ptr<FILE, int (*)(FILE*)> output(::popen(command.c_str(), "r"), ::pclose);
    if (!output)
        return {"cannot start ninja"};
    Complaints complaints;
    bool done = false;
    std::array<char, 4096> line;
    while (std::fgets(line.data(), line.size(), output.get()) != nullptr) {
        const std::string_view text(line.data());
        if (text.contains(" error: ") || text.starts_with("ninja: error"))
            complaints.emplace_back(text.substr(0, text.find('\n')));
        done = done || text.contains("no work to do") || text.starts_with('[');
    }
    if (!done)
        complaints.push_back("ninja compiled no header");
    return complaints;
}

} // namespace tidy
