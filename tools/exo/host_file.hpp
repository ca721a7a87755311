// Reading whole host files, and the temporary folder one run owns.
// Not for the streams of a running machine: those are in relay.hpp.
#pragma once

#include "tools/exo/outcome.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace exo::tool {

inline constexpr std::size_t host_file_size_max = std::size_t(2) << 30;

// A regular file of at most host_file_size_max bytes, or a sentence that says why not.
Outcome<std::vector<std::byte>> read_host_file(const std::string& path);

Outcome<void> write_host_file(const std::string& path, std::string_view content);

// A folder of its own under $TMPDIR or /tmp, removed with everything in it at the end of its life.
class TemporaryFolder {
public:
    static Outcome<TemporaryFolder> create();
    ~TemporaryFolder();
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;

    const std::string& path() const { return path_; }

private:
    explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

} // namespace exo::tool
