// Reads the tree with the standard library; files that are not text are kept as they are and match no rule.
#include "tests/tidy/source_tree.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace tidy {

namespace fs = std::filesystem;

namespace {
bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::ranges::contains(words, word);
}
} // namespace

std::string_view SourceFile::extension() const {
    const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : name.substr(dot);
}

std::string_view SourceFile::folder() const {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string_view() : std::string_view(path).substr(0, slash);
}

std::vector<SourceFile> read_source_tree(const std::string& root) {
    std::vector<SourceFile> files;
    for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
        const std::string path = entry->path().lexically_relative(root);
        if (entry->is_directory() && one_of(path, {"build", ".git"}))
            entry.disable_recursion_pending();
        if (!entry->is_regular_file())
            continue;
        std::ifstream stream(entry->path(), std::ios::binary);
        files.push_back({path, std::string(std::istreambuf_iterator<char>(stream), {})});
        if (files.size() > files_max)
            throw std::runtime_error("more files than a source tree of this project can have");
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t newline = text.find('\n');
        lines.push_back(text.substr(0, newline));
        text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
    }
    return lines;
}

bool is_cpp(const SourceFile& file) {
    return one_of(file.extension(), {".cpp", ".hpp", ".h", ".c"});
}
bool is_header(const SourceFile& file) {
    return one_of(file.extension(), {".hpp", ".h"});
}
bool is_compiled(const SourceFile& file) {
    return one_of(file.extension(), {".cpp", ".c", ".S", ".f90"});
}
bool is_commented(const SourceFile& file) {
    return one_of(file.extension(),
                  {".cpp", ".hpp", ".h", ".c", ".S", ".f90", ".def", ".ninja", ".bash", ".sh", ".pl", ".ld"});
}

} // namespace tidy
