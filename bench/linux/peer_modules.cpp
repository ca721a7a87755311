// See peer_modules.hpp.
#include "bench/linux/peer_modules.hpp"

#include "bench/harness/process.hpp"
#include "bench/linux/peer_kernel.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace bench::linux_peer {
namespace {

namespace fs = std::filesystem;
using Failure = std::unexpected<std::string>;

// File names have '-' where modules' names have '_', or not.
std::string module_name(std::string_view text) {
    std::string name(text);
    std::ranges::replace(name, '-', '_');
    return name;
}

class LoadOrder {
public:
    explicit LoadOrder(const fs::path& folder) {
        std::error_code failure;
        for (const auto& entry : fs::recursive_directory_iterator(folder, failure))
            if (entry.path().extension() == ".ko")
                files_[module_name(entry.path().stem().string())] = entry.path();
    }

    std::expected<void, std::string> add(const std::string& name) {
        if (!seen_.insert(name).second)
            return {};
        const auto file = files_.find(name);
        if (file == files_.end())
            return Failure("the Linux peer's kernel has no module " + name);
        const auto content = read_file(file->second);
        if (!content)
            return Failure(content.error());
        for (const std::string& needed : module_dependencies(*content))
            if (const auto added = add(needed); !added)
                return added;
        order_.push_back(file->second);
        return {};
    }

    std::vector<fs::path> take() { return std::move(order_); }

private:
    std::map<std::string, fs::path> files_;
    std::set<std::string> seen_;
    std::vector<fs::path> order_;
};

} // namespace

std::vector<std::string> module_dependencies(std::span<const std::uint8_t> module) {
    constexpr std::string_view key("\0depends=", 9);
    // Safe: bytes viewed as characters.
    const std::string_view text(reinterpret_cast<const char*>(module.data()), module.size());
    std::vector<std::string> names;
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos)
        return names;
    std::string_view list = text.substr(at + key.size());
    list = list.substr(0, list.find('\0'));
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        names.push_back(module_name(list.substr(0, comma)));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return names;
}

std::string kernel_version(std::string_view vmlinux) {
    constexpr std::string_view banner = "Linux version ";
    for (std::size_t at = vmlinux.find(banner); at != std::string_view::npos; at = vmlinux.find(banner, at + 1)) {
        const std::string_view version = vmlinux.substr(at + banner.size());
        if (!version.empty() && version[0] >= '0' && version[0] <= '9')
            return std::string(version.substr(0, version.find(' ')));
    }
    return "";
}

std::expected<std::vector<fs::path>, std::string> peer_modules(const fs::path& build_directory,
                                                               std::span<const std::string_view> names) {
    if (names.empty())
        return std::vector<fs::path>();
    const auto kernel = peer_kernel(build_directory);
    if (!kernel)
        return Failure(kernel.error());
    const auto image = read_file(*kernel);
    if (!image)
        return Failure(image.error());
    // Safe: bytes viewed as characters.
    const std::string version = kernel_version({reinterpret_cast<const char*>(image->data()), image->size()});
    const auto folder = peer_module_folder(build_directory, version);
    if (!folder)
        return Failure(folder.error());
    LoadOrder order(*folder);
    for (const std::string_view name : names)
        if (const auto added = order.add(module_name(name)); !added)
            return Failure(added.error());
    return order.take();
}

} // namespace bench::linux_peer
