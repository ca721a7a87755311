// Download, unpack, decompress: three steps, the result renamed into place last.
// See peer_kernel.hpp; bzimage.hpp locates the payload.
#include "bench/linux/peer_kernel.hpp"

#include "bench/harness/process.hpp"
#include "bench/linux/bzimage.hpp"

#include <cstdio>
#include <sstream>
#include <vector>

namespace bench::linux_peer {
namespace {

namespace fs = std::filesystem;
using Failure = std::unexpected<std::string>;

constexpr auto download_timeout = std::chrono::minutes(10);
constexpr auto unpack_timeout = std::chrono::minutes(2);

// linux-image-amd64 is an empty package that depends on the current kernel's.
std::expected<std::string, std::string> concrete_package() {
    const auto depends = run_process({"apt-cache", "depends", "--important", "linux-image-amd64"});
    if (!depends)
        return Failure(depends.error());
    std::istringstream lines(depends->output);
    for (std::string word; lines >> word;)
        if (word.starts_with("linux-image-") && word != "linux-image-amd64")
            return word;
    return Failure("apt knows no package linux-image-amd64, the Linux peer's kernel: run apt-get update");
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
    const auto package = concrete_package();
    if (!package)
        return Failure(package.error());
    std::fprintf(stderr, "bench: fetching %s (about 70 MB) to run Linux beside us\n", package->c_str());
    const auto fetched =
        run_process({"apt-get", "-qq", "download", *package}, {.timeout = download_timeout, .directory = work});
    if (!fetched)
        return Failure(fetched.error());
    if (fetched->timed_out || fetched->status != 0)
        return Failure("cannot download " + *package +
                       ", the Linux peer's kernel: no network, or apt-get update is due");
    return only_file(work, "linux-image-");
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
    const auto package = download(work);
    if (!package)
        return Failure(package.error());
    const fs::path tree = work / "tree";
    const auto unpacked =
        run_process({"dpkg-deb", "-x", package->string(), tree.string()}, {.timeout = unpack_timeout});
    if (!unpacked)
        return Failure(unpacked.error());
    if (unpacked->status != 0)
        return Failure("cannot unpack " + package->string() + ": " + unpacked->output);
    const auto bzimage = only_file(tree / "boot", "vmlinuz-");
    if (!bzimage)
        return Failure(bzimage.error());
    if (const auto done = decompress(*bzimage, vmlinux); !done)
        return Failure(done.error());
    fs::remove_all(tree, failure);
    return vmlinux;
}

} // namespace bench::linux_peer
