// Host files by plain system calls, so that the sentence of a failure can name the system's own reason.
#include "tools/exo/host_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <sys/stat.h>
#include <unistd.h>

namespace exo::tool {

namespace {

class OpenFile {
public:
    explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
    ~OpenFile() {
        if (descriptor_ >= 0)
            ::close(descriptor_);
    }
    OpenFile(const OpenFile&) = delete;
    int get() const { return descriptor_; }

private:
    int descriptor_;
};

std::unexpected<Failure> system_failure(std::string_view what, const std::string& path) {
    return failed(std::format("{} {}: {}", what, path, std::strerror(errno)));
}

} // namespace

Outcome<std::vector<std::byte>> read_host_file(const std::string& path) {
    const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0)
        return system_failure("cannot open", path);
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0)
        return system_failure("cannot look at", path);
    if (!S_ISREG(status.st_mode))
        return failed(std::format("{} is not an ordinary file", path));
    if (static_cast<std::size_t>(status.st_size) > host_file_size_max)
        return failed(std::format("{} is larger than {} GiB", path, host_file_size_max >> 30));

    std::vector<std::byte> content(static_cast<std::size_t>(status.st_size));
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t count = ::read(file.get(), content.data() + done, content.size() - done);
        if (count < 0)
            return system_failure("cannot read", path);
        if (count == 0)
            break; // the file shrank meanwhile; what was read is what there is
        done += static_cast<std::size_t>(count);
    }
    content.resize(done);
    return content;
}

Outcome<void> write_host_file(const std::string& path, std::string_view content) {
    const OpenFile file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0)
        return system_failure("cannot create", path);
    while (!content.empty()) {
        const ssize_t count = ::write(file.get(), content.data(), content.size());
        if (count < 0)
            return system_failure("cannot write", path);
        content.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Outcome<TemporaryFolder> TemporaryFolder::create() {
    const char* base = std::getenv("TMPDIR");
    std::string path = std::format("{}/exo-XXXXXX", base != nullptr && *base != '\0' ? base : "/tmp");
    if (::mkdtemp(path.data()) == nullptr)
        return system_failure("cannot create the folder", path);
    return TemporaryFolder(std::move(path));
}

TemporaryFolder::~TemporaryFolder() {
    if (path_.empty())
        return;
    std::error_code ignored; // nothing better can be done about a folder that cannot be removed
    std::filesystem::remove_all(path_, ignored);
}

} // namespace exo::tool
