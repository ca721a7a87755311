// Write, flush, rename; see solution_file.hpp.
#include "examples/cg/solution_file.hpp"

#include "examples/cg/input_error.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

namespace cg {

namespace {

constexpr std::size_t real_length_max = 32;

[[noreturn]] void fail(const std::string& path, const std::string& reason) {
    throw InputError(path + ": cannot write the solution (" + reason + ")");
}

} // namespace

SolutionFile::SolutionFile(std::string path) : path_(std::move(path)), temporary_(path_ + ".partial") {
    std::error_code ignored;
    if (std::filesystem::is_directory(path_, ignored)) {
        fail(path_, "it is a directory");
    }
    errno = 0;
    file_.open(temporary_, std::ios::binary | std::ios::trunc);
    if (!file_) {
        const std::string reason = std::strerror(errno);
        temporary_.clear();
        fail(path_, reason);
    }
}

SolutionFile::~SolutionFile() {
    if (!temporary_.empty()) {
        file_.close();
        std::error_code ignored;
        std::filesystem::remove(temporary_, ignored);
    }
}

void SolutionFile::commit(std::span<const double> x) {
    errno = 0;
    file_ << "%%MatrixMarket matrix array real general\n" << x.size() << " 1\n";
    std::array<char, real_length_max> digits;
    for (const double value : x) {
        char* end = std::to_chars(digits.data(), digits.data() + digits.size() - 1, value).ptr;
        *end++ = '\n';
        file_.write(digits.data(), end - digits.data());
    }
    file_.close();
    if (!file_) {
        fail(path_, std::strerror(errno));
    }
    std::error_code error;
    std::filesystem::rename(temporary_, path_, error);
    if (error) {
        fail(path_, error.message());
    }
    temporary_.clear();
}

} // namespace cg
