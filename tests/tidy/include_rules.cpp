// The table below is the picture in docs/architecture.md, one row a folder; the first row that matches a file decides.
#include "tests/tidy/include_rules.hpp"

#include <algorithm>
#include <format>

namespace tidy {

namespace {

struct Layer {
    std::string_view from;
    std::vector<std::string_view> to; // beginnings of paths
};

// In the drivers the control half belongs to ring 0 and the rest to whoever owns the queue; see may_include.
const std::vector<Layer>& layers() {
    static const std::vector<Layer> table = {
        {"secure-bindings/abi/", {"secure-bindings/abi/"}},
        {"secure-bindings/", {"secure-bindings/"}},
        {"drivers/", {"drivers/", "secure-bindings/"}},
        {"exokernel/", {"exokernel/", "drivers/", "secure-bindings/"}},
        {"libos/", {"libos/", "drivers/", "secure-bindings/abi/"}},
        {"steward/", {"steward/", "libos/", "drivers/", "secure-bindings/abi/"}},
        {"libos-hpc/", {"libos-hpc/", "libos/", "drivers/", "secure-bindings/abi/"}},
        {"libos-kv/", {"libos-kv/", "libos/"}},
        {"examples/", {"examples/", "libos/", "libos-hpc/"}},
        {"bench/", {"bench/", "examples/", "libos-hpc/", "libos-kv/", "libos/", "drivers/", "secure-bindings/"}},
        {"tools/", {"tools/", "libos/", "secure-bindings/"}},
        {"tests/", {""}},
    };
    return table;
}

bool in_user_mode(std::string_view path) {
    return !path.starts_with("exokernel/") && !path.starts_with("drivers/") && !path.starts_with("tests/") &&
           !path.starts_with("tools/");
}

// Tests that stand beside their subject see what tests see.
bool is_test(std::string_view path) {
    return path.starts_with("tests/") || path.contains("/test/");
}

} // namespace

bool may_include(std::string_view from, std::string_view to) {
    if (is_test(from))
        return true;
    // Ports and disks are over functions that the environment owns whole: they run both halves of the driver. The
    // steward owns the disks that it shares.
    const bool owns_function =
        from.starts_with("libos/net/") || from.starts_with("libos/block/") || from.starts_with("steward/disk");
    if (in_user_mode(from) && !owns_function && to.starts_with("drivers/") && to.contains("/control"))
        return false;
    if (from.starts_with("drivers/") && from.contains("/queue."))
        return to.starts_with("secure-bindings/abi/") || (to.starts_with("drivers/") && !to.contains("/control"));
    const auto layer = std::ranges::find_if(layers(), [&](const Layer& row) { return from.starts_with(row.from); });
    if (layer == layers().end())
        return false;
    return std::ranges::any_of(layer->to, [&](std::string_view start) { return to.starts_with(start); });
}

std::vector<Include> includes_of(std::string_view text) {
    constexpr std::string_view directive = "#include \"";
    std::vector<Include> includes;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(text)) {
        ++number;
        if (!line.starts_with(directive))
            continue;
        const std::string_view rest = line.substr(directive.size());
        includes.push_back({number, rest.substr(0, rest.find('"'))});
    }
    return includes;
}

Complaints includes_point_down(const SourceFile& file, std::span<const SourceFile> tree) {
    // The programs of tests/linux-abi are ordinary Linux programs with their own small headers.
    if (file.path.starts_with("tests/linux-abi/programs/"))
        return {};
    Complaints complaints;
    for (const Include& include : includes_of(file.text)) {
        if (!std::ranges::binary_search(tree, include.path, {}, &SourceFile::path))
            complaints.push_back(std::format("{}:{}: \"{}\" is not a path from the repository root", file.path,
                                             include.line, include.path));
        else if (!may_include(file.path, include.path))
            complaints.push_back(std::format("{}:{}: {} is not below {}", file.path, include.line, include.path,
                                             file.path.substr(0, file.path.find('/'))));
    }
    return complaints;
}

} // namespace tidy
