// The command line of `exo disk`.
#include "tools/disk/disk.hpp"

#include "tools/disk/image.hpp"

#include <charconv>
#include <format>
#include <print>
#include <sys/stat.h>

namespace exo::tool {

namespace {

constexpr std::string_view help =
    R"(usage: exo disk create IMAGE --size=SIZE [--label=TEXT]   a new image with an empty file system
       exo disk create IMAGE --force [--label=TEXT]       an empty file system on an image that is there
       exo disk create IMAGE... --code=K+M --size=SIZE    K + M new images that are one disk; any M may be lost
       exo disk create --compress ...                     files that are cold are compressed when room is needed
       exo disk pack IMAGE...                             compresses what is on it now, if it was made so
       exo disk list IMAGE... [FOLDER]                    what is on it, a line a name
       exo disk fsck [--repair] IMAGE...                  whether it is sound; without --repair nothing is written
       exo disk fsck --repair --onto=NEW IMAGE...         also makes NEW for a member of a set that is lost
       exo disk export IMAGE... FOLDER                    its files, into a new folder of the host

SIZE is in octets, or a number with K, M, G or T. IMAGE... are the images of a set, in any order.
)";

// "8+3"; false: it is no such thing.
bool parse_code(const std::string& text, CreateRequest& request) {
    const char* const end = text.data() + text.size();
    const auto data = std::from_chars(text.data(), end, request.data_disks);
    if (data.ec != std::errc() || data.ptr == end || *data.ptr != '+')
        return false;
    const auto parity = std::from_chars(data.ptr + 1, end, request.parity_disks);
    return parity.ec == std::errc() && parity.ptr == end &&
           coding::ErasureCode::is_possible(request.data_disks, request.parity_disks);
}

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
        } else if (word == "--compress") {
            request.compress = true;
        } else if (word.starts_with("--code=")) {
            if (!parse_code(word.substr(7), request))
                return usage_error(std::format("'{}' is not a code; write K+M, with K from 1 to {} and M from 1 to {}",
                                               word.substr(7), coding::data_units_max, coding::parity_units_max));
        } else if (word.starts_with("-")) {
            return usage_error(std::format("exo disk create: what is '{}'?", word));
        } else {
            request.paths.push_back(word);
        }
    }
    if (request.paths.empty())
        return usage_error("exo disk create needs the name of an image");
    if (request.force && request.bytes)
        return usage_error("--size is for new images; with --force an image keeps its size");
    return create_image(request);
}

Outcome<int> check(std::span<const std::string> words) {
    CheckRequest request;
    for (const std::string& word : words) {
        if (word == "--repair")
            request.repair = true;
        else if (word.starts_with("--onto="))
            request.fresh.push_back(word.substr(7));
        else if (word.starts_with("-"))
            return usage_error(std::format("exo disk fsck: what is '{}'?", word));
        else
            request.paths.push_back(word);
    }
    if (request.paths.empty())
        return usage_error("exo disk fsck needs an image; exo disk --help shows how");
    if (!request.fresh.empty() && !request.repair)
        return usage_error("--onto makes images, and is for exo disk fsck --repair");
    return check_image(request);
}

// Whether the last word is a folder on the images before it: images are files of the host.
bool names_folder(std::span<const std::string> names) {
    struct stat status = {};
    return names.size() > 1 && (::stat(names.back().c_str(), &status) != 0 || S_ISDIR(status.st_mode));
}

Outcome<int> run(std::span<const std::string> words) {
    const std::string& command = words.front();
    const auto names = words.subspan(1);
    if (command == "create")
        return create(names);
    if (command == "fsck")
        return check(names);
    for (const std::string& word : names)
        if (word.starts_with("-"))
            return usage_error(std::format("exo disk {}: what is '{}'?", command, word));
    if (command == "list" && !names.empty()) {
        const bool folder = names_folder(names);
        return list_image(Paths(names.begin(), names.end() - folder), folder ? names.back() : "");
    }
    if (command == "export" && names.size() >= 2)
        return export_image(Paths(names.begin(), names.end() - 1), names.back());
    if (command == "pack" && !names.empty())
        return pack_image(Paths(names.begin(), names.end()));
    if (command == "list" || command == "export" || command == "pack")
        return usage_error(std::format("exo disk {} needs an image{}; exo disk --help shows how", command,
                                       command == "export" ? " and a folder" : ""));
    return usage_error(std::format("exo disk knows create, pack, list, fsck and export, not '{}'", command));
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
