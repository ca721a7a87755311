// Written beside its place as FILE.partial, so that the last step is one rename. Interface: trace_file.hpp.
#include "tools/exo/trace_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace exo::tool {

namespace {

std::unexpected<Failure> cannot_write(const std::string& path) {
    return failed(std::format("the trace file cannot be written: {}: {}", path, std::strerror(errno)));
}

} // namespace

bool TraceFile::is_ordinary(const std::string& path) {
    std::error_code ignored; // what cannot be looked at cannot be opened later
    const auto status = std::filesystem::status(path, ignored);
    return !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
}

Outcome<TraceFile> TraceFile::create(const std::string& path) {
    const bool direct = !is_ordinary(path);
    const std::string written = direct ? path : path + ".partial";
    const int descriptor = ::open(written.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return cannot_write(path);
    return TraceFile(path, direct ? "" : written, descriptor);
}

TraceFile::TraceFile(std::string path, std::string written, int descriptor)
    : path_(std::move(path)), written_(std::move(written)), descriptor_(descriptor) {}

TraceFile::TraceFile(TraceFile&& other) noexcept
    : path_(std::move(other.path_)), written_(std::exchange(other.written_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

TraceFile::~TraceFile() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
    if (!written_.empty())
        ::unlink(written_.c_str());
}

Outcome<void> TraceFile::keep() {
    if (written_.empty())
        return {};
    struct stat status = {};
    if (::fstat(descriptor_, &status) == 0 && status.st_size == 0)
        return failed(std::format("the program ended without writing a trace: {} is not there", path_));
    if (::rename(written_.c_str(), path_.c_str()) != 0)
        return cannot_write(path_);
    written_.clear();
    return {};
}

} // namespace exo::tool
