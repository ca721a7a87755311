// The file of --trace. It appears under its name only when the machine has delivered a whole trace; what stood there
// before stays until then. What is not an ordinary file, such as a pipe, is written to directly.
#pragma once

#include "tools/exo/outcome.hpp"

#include <string>

namespace exo::tool {

class TraceFile {
public:
    static Outcome<TraceFile> create(const std::string& path);
    // Whether it is an ordinary file, or will be, so that others can lie beside it.
    static bool is_ordinary(const std::string& path);
    // Leaves nothing behind unless `keep` came before.
    ~TraceFile();
    TraceFile(TraceFile&& other) noexcept;
    TraceFile& operator=(TraceFile&&) = delete;

    // To write to, from its start.
    int descriptor() const { return descriptor_; }
    // After the last byte. A failure when there was none, or when the file cannot get its name.
    Outcome<void> keep();

private:
    TraceFile(std::string path, std::string written, int descriptor);

    std::string path_;
    std::string written_; // the name to write under; empty once there is nothing to remove
    int descriptor_;
};

} // namespace exo::tool
