// The command line of `exo disk`.
#include "tools/disk/disk.hpp"

#include "tools/disk/image.hpp"

#include <format>
#include <print>

namespace exo::tool {

namespace {

constexpr std::string_view help =
    R"(usage: exo disk create IMAGE --size=SIZE [--label=TEXT]   a new image with an empty file system
       exo disk create IMAGE --force [--label=TEXT]       an empty file system on an image that is there
       exo disk list IMAGE [FOLDER]                       what is on it, a line a name
       exo disk fsck [--repair] IMAGE                     whether it is sound; without --repair nothing is written
       exo disk export IMAGE FOLDER                       its files, into a new folder of the host

SIZE is in octets, or a number with K, M, G or T.
)";

Outcome<int> create(std::span<const std::string> words) {
    CreateRequest request;
    for (const std::string& word : words) {
        if (word.starts_with("--size=")) {
            const auto bytes = parse_size(word.substr(7));
            if (!bytes)
                return std::unexpected(bytes.error());
            request.bytes = *bytes;
        } else if (word.starts_with("--label=")) {
            request.label = word.substr(8);
        } else if (word == "--force") {
            request.force = true;
        } else if (word.starts_with("-") || !request.path.empty()) {
            return usage_error(std::format("exo disk create: what is '{}'?", word));
        } else {
            request.path = word;
        }
    }
    if (request.path.empty())
        return usage_error("exo disk create needs the name of an image");
    if (request.force && request.bytes)
        return usage_error("--size is for new images; with --force an image keeps its size");
    return create_image(request);
}

Outcome<int> run(std::span<const std::string> words) {
    const std::string& command = words.front();
    const auto rest = words.subspan(1);
    if (command == "create")
        return create(rest);
    const bool repair = command == "fsck" && !rest.empty() && rest.front() == "--repair";
    const auto names = rest.subspan(repair ? 1 : 0);
    for (const std::string& word : names)
        if (word.starts_with("-"))
            return usage_error(std::format("exo disk {}: what is '{}'?", command, word));
    if (command == "list" && (names.size() == 1 || names.size() == 2))
        return list_image(names[0], names.size() == 2 ? names[1] : "");
    if (command == "fsck" && names.size() == 1)
        return check_image(names[0], repair);
    if (command == "export" && names.size() == 2)
        return export_image(names[0], names[1]);
    if (command == "list" || command == "fsck" || command == "export")
        return usage_error(std::format("exo disk {} needs an image{}; exo disk --help shows how", command,
                                       command == "export" ? " and a folder" : ""));
    return usage_error(std::format("exo disk knows create, list, fsck and export, not '{}'", command));
}

} // namespace

int disk_main(std::span<const std::string> words) {
    if (words.empty() || words.front() == "--help") {
        std::print("{}", help);
        return 0;
    }
    const Outcome<int> status = run(words);
    if (status)
        return *status;
    std::println(stderr, "exo: {}", status.error().sentence);
    return status.error().status;
}

} // namespace exo::tool
