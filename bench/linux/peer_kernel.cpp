// Find or download and unpack, then decompress; the result is renamed into place last.
// See peer_kernel.hpp; bzimage.hpp locates the payload.
#include "bench/linux/peer_kernel.hpp"

#include "bench/harness/process.hpp"
#include "bench/linux/bzimage.hpp"

#include <cstdio>
#include <sstream>
#include <vector>

#include <unistd.h>

namespace bench::linux_peer {
namespace {

namespace fs = std::filesystem;
using Failure = std::unexpected<std::string>;

constexpr auto download_timeout = std::chrono::minutes(10);
constexpr auto unpack_timeout = std::chrono::minutes(2);

// linux-image-amd64 is an empty package that depends on the current kernel's. Nothing when apt has not heard of it.
std::string concrete_package(const std::vector<std::string>& apt_options) {
    std::vector<std::string> command{"apt-cache", "depends", "--important", "linux-image-amd64"};
    command.insert(command.begin() + 1, apt_options.begin(), apt_options.end());
    const auto depends = run_process(command);
    std::istringstream lines(depends ? depends->output : std::string());
    for (std::string word; lines >> word;)
        if (word.starts_with("linux-image-") && word != "linux-image-amd64")
            return word;
    return "";
}

// Package lists of our own, from the user's sources, where the machine's have never been fetched. Needs no root.
std::vector<std::string> fetch_lists(const fs::path& work) {
    const fs::path lists = work / "apt/lists", cache = work / "apt/cache";
    std::error_code failure;
    fs::create_directories(lists / "partial", failure);
    fs::create_directories(cache / "archives/partial", failure);
    const std::vector<std::string> options{"-o", "Dir::State::Lists=" + lists.string(),
                                           "-o", "Dir::Cache=" + cache.string(),
                                           "-o", "APT::Sandbox::User=root"};
    std::vector<std::string> command{"apt-get", "-qq", "update"};
    command.insert(command.begin() + 1, options.begin(), options.end());
    (void)run_process(command, {.timeout = download_timeout}); // what it missed is said by whoever looks for it
    return options;
}

std::expected<fs::path, std::string> only_file(const fs::path& directory, std::string_view prefix) {
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(directory, failure))
        if (entry.path().filename().string().starts_with(prefix))
            return entry.path();
    return Failure("no " + std::string(prefix) + "* in " + directory.string());
}

std::expected<fs::path, std::string> download(const fs::path& work) {
    if (const auto present = only_file(work, "linux-image-"))
        return *present;
    std::vector<std::string> options;
    std::string package = concrete_package(options);
    if (package.empty()) {
        options = fetch_lists(work);
        package = concrete_package(options);
    }
    if (package.empty())
        return Failure("apt knows no package linux-image-amd64, the Linux peer's kernel: is there a network?");
    std::fprintf(stderr, "bench: fetching %s (about 70 MB) to run Linux beside us\n", package.c_str());
    std::vector<std::string> command{"apt-get", "-qq", "download", package};
    command.insert(command.begin() + 1, options.begin(), options.end());
    const auto fetched = run_process(command, {.timeout = download_timeout, .directory = work});
    if (!fetched)
        return Failure(fetched.error());
    if (fetched->timed_out || fetched->status != 0)
        return Failure("cannot download " + package + ", the Linux peer's kernel: is there a network?");
    return only_file(work, "linux-image-");
}

// The same kernel where it is installed, so that it need not be fetched.
std::expected<fs::path, std::string> installed_kernel() {
    const std::string package = concrete_package({});
    const fs::path image = "/boot/vmlinuz-" + package.substr(package.empty() ? 0 : std::string("linux-image-").size());
    if (package.empty() || access(image.c_str(), R_OK) != 0)
        return Failure("no kernel is installed");
    return image;
}

// Fetched as a package and unpacked into `tree`.
std::expected<fs::path, std::string> fetched_kernel(const fs::path& work, const fs::path& tree) {
    const auto package = download(work);
    if (!package)
        return Failure(package.error());
    const auto unpacked =
        run_process({"dpkg-deb", "-x", package->string(), tree.string()}, {.timeout = unpack_timeout});
    if (!unpacked)
        return Failure(unpacked.error());
    if (unpacked->status != 0)
        return Failure("cannot unpack " + package->string() + ": " + unpacked->output);
    return only_file(tree / "boot", "vmlinuz-");
}

std::expected<void, std::string> decompress(const fs::path& bzimage, const fs::path& vmlinux) {
    const auto image = read_file(bzimage);
    if (!image)
        return Failure(image.error());
    const auto kernel = find_payload(*image);
    if (!kernel)
        return Failure(bzimage.string() + ": " + kernel.error());
    const fs::path payload = vmlinux.string() + ".payload";
    if (const auto written = write_file(payload, kernel->payload); !written)
        return written;
    // The kernel's build appends the unpacked size after the stream: one stream, then stop.
    std::vector<std::string> command{std::string(kernel->decompressor), "-dc", payload.string()};
    if (kernel->decompressor == "xz")
        command.insert(command.begin() + 1, "--single-stream");
    const auto plain = run_process(command, {.timeout = unpack_timeout, .merge_stderr = false});
    if (!plain)
        return Failure(plain.error());
    if (!plain->output.starts_with("\177ELF"))
        return Failure("unpacking " + bzimage.string() + " gave no ELF kernel");
    fs::remove(payload);
    return write_file(vmlinux, plain->output);
}

} // namespace

std::expected<fs::path, std::string> peer_kernel(const fs::path& build_directory) {
    const fs::path work = fs::absolute(build_directory / "third-party/linux");
    const fs::path vmlinux = work / "vmlinux";
    if (fs::exists(vmlinux))
        return vmlinux;
    std::error_code failure;
    fs::create_directories(work, failure);
    const fs::path tree = work / "tree";
    auto bzimage = installed_kernel();
    if (!bzimage)
        bzimage = fetched_kernel(work, tree);
    if (!bzimage)
        return Failure(bzimage.error());
    if (const auto done = decompress(*bzimage, vmlinux); !done)
        return Failure(done.error());
    fs::remove_all(tree, failure);
    return vmlinux;
}

std::expected<fs::path, std::string> peer_module_folder(const fs::path& build_directory, const std::string& version) {
    const fs::path inside = fs::path("lib/modules") / version / "kernel";
    if (fs::is_directory("/" / inside))
        return "/" / inside;
    const fs::path work = fs::absolute(build_directory / "third-party/linux"), tree = work / "modules";
    if (!fs::is_directory(tree / inside))
        if (const auto unpacked = fetched_kernel(work, tree); !unpacked)
            return Failure(unpacked.error());
    if (!fs::is_directory(tree / inside))
        return Failure("there are no modules of Linux " + version +
                       ", the peer's kernel; remove build/third-party/linux to fetch another");
    return tree / inside;
}

} // namespace bench::linux_peer
