// The project's own files, read once. What is generated (build/) and what git keeps (.git/) are not the project's.
// The rules are in text_rules.hpp and include_rules.hpp; they see text only, so they are tested on made-up files too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tidy {

struct SourceFile {
    std::string path; // from the repository root
    std::string text;

    std::string_view extension() const;
    std::string_view folder() const; // without a slash at its end
};

// One sentence about one place, "path:line: what is wrong".
using Complaints = std::vector<std::string>;

inline constexpr std::size_t files_max = 20'000;

// Every file of the project below `root`, sorted by path.
std::vector<SourceFile> read_source_tree(const std::string& root);

std::vector<std::string_view> lines_of(std::string_view text);

bool is_cpp(const SourceFile& file);       // .cpp, .hpp, .h, .c
bool is_header(const SourceFile& file);    // .hpp, .h
bool is_compiled(const SourceFile& file);  // .cpp, .c, .S, .f90
bool is_commented(const SourceFile& file); // any language of ours whose files open with a comment

} // namespace tidy
