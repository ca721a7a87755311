// Chooses the reader by what the file contains, never by its name.
#include "examples/cg/matrix_reader.hpp"

#include "examples/cg/input_error.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace cg {

namespace {

std::string read_whole_file(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        throw InputError(path + ": is a directory, not a matrix file");
    }
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw InputError(path + ": cannot be opened (" + std::strerror(errno) + ")");
    }
    std::ostringstream text;
    text << file.rdbuf();
    if (file.bad() || text.bad()) {
        throw InputError(path + ": cannot be read (" + std::strerror(errno) + ")");
    }
    return std::move(text).str();
}

} // namespace

MatrixEntries read_matrix(const std::string& path) {
    const std::string text = read_whole_file(path);
    MatrixEntries matrix = parse_matrix(path, text);
    matrix.name = std::filesystem::path(path).stem().string();
    return matrix;
}

MatrixEntries parse_matrix(const std::string& name, std::string_view text) {
    TextLines lines(name, text);
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        lines.fail_whole("the file is empty");
    }
    if (looks_like_matrix_market(text)) {
        return parse_matrix_market(lines);
    }
    if (looks_like_harwell_boeing(text)) {
        return parse_harwell_boeing(lines);
    }
    return parse_triplets(lines);
}

} // namespace cg
