// The rules as plain text searches. They know no C++ grammar; where that makes one blunt, its message says what to
// write instead.
#include "tests/tidy/text_rules.hpp"

#include <algorithm>
#include <format>
#include <map>
#include <set>

namespace tidy {

namespace {

std::string_view trimmed(std::string_view line) {
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

bool is_comment_start(std::string_view line, std::string_view extension) {
    const bool hash =
        extension == ".ninja" || extension == ".bash" || extension == ".sh" || extension == ".pl" || extension == ".S";
    if (hash && line.starts_with('#'))
        return !line.starts_with("#include");
    if (extension == ".f90")
        return line.starts_with('!');
    return line.starts_with("//") || line.starts_with("/*");
}

bool is_banner(std::string_view line, std::string_view extension) {
    constexpr std::size_t row_length = 5;
    const std::string_view text = trimmed(line);
    if (!is_comment_start(text, extension) || text.size() < row_length)
        return false;
    const char last = text.back();
    if (!std::string_view("-=*#~_/+").contains(last))
        return false;
    return text.size() - 1 - text.find_last_not_of(last) >= row_length || text.find_last_not_of(last) == text.npos;
}

// The text of a build file with each `$name` replaced by what `name = value` at the start of one of its lines says.
std::string with_variables(std::string_view text) {
    std::map<std::string_view, std::string_view> values;
    for (const std::string_view line : lines_of(text))
        if (const std::size_t equals = line.find(" = "); equals != line.npos && line.find(' ') == equals)
            values[line.substr(0, equals)] = line.substr(equals + 3);
    std::string expanded;
    while (!text.empty()) {
        const std::size_t dollar = text.find('$');
        expanded += text.substr(0, dollar);
        if (dollar == text.npos)
            break;
        text.remove_prefix(dollar + 1);
        const std::size_t length = std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), text.size());
        if (const auto found = values.find(text.substr(0, length)); found != values.end())
            expanded += found->second;
        text.remove_prefix(length);
    }
    return expanded;
}

// Tests that get their errors from the kernel itself, or from its device layer before hardware that fails.
bool provokes_errors(std::string_view path) {
    return path.starts_with("tests/boot/") || path.starts_with("tests/flows/") || path.starts_with("tests/hostile/") ||
           path.starts_with("tests/unit/device/");
}

// The names that stand last in a CHECK_ERROR(call, NAME); the call's own parentheses are balanced.
void add_checked_errors(std::string_view text, std::set<std::string_view>& names) {
    constexpr std::string_view macro = "CHECK_ERROR(";
    for (std::size_t at = text.find(macro); at != text.npos; at = text.find(macro, at)) {
        at += macro.size();
        std::size_t depth = 1, comma = at;
        for (; at < text.size() && depth > 0; ++at) {
            depth += text[at] == '(';
            depth -= text[at] == ')';
            if (text[at] == ',' && depth == 1)
                comma = at + 1;
        }
        std::string_view name = text.substr(comma, at - comma);
        name = name.substr(0, name.rfind(')'));
        const std::size_t first = std::min(name.find_first_not_of(" \t\n"), name.size());
        names.insert(name.substr(first, name.find_last_not_of(" \t\n") + 1 - first));
    }
}

// Put together here so that this file keeps the rule it states.
const std::string reminders[] = {std::string("TO") + "DO", std::string("FIX") + "ME", std::string("XX") + "X",
                                 std::string("#if") + " 0"};

} // namespace

Complaints opens_with_a_comment(const SourceFile& file) {
    auto lines = lines_of(file.text);
    if (!lines.empty() && lines.front().starts_with("#!"))
        lines.erase(lines.begin());
    if (!lines.empty() && is_comment_start(lines.front(), file.extension()))
        return {};
    return {std::format("{}:1: does not open with a comment that says what the file is", file.path)};
}

Complaints has_no_variants(const SourceFile& file) {
    Complaints complaints;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(file.text)) {
        ++number;
        std::string_view text = trimmed(line);
        if (!text.starts_with('#'))
            continue;
        text = trimmed(text.substr(1));
        if (text.starts_with("if"))
            complaints.push_back(
                std::format("{}:{}: a preprocessor variant; choose by file or constexpr", file.path, number));
    }
    return complaints;
}

Complaints has_no_banners(const SourceFile& file) {
    Complaints complaints;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(file.text)) {
        ++number;
        if (is_banner(line, file.extension()))
            complaints.push_back(std::format("{}:{}: a banner line", file.path, number));
    }
    return complaints;
}

Complaints has_no_reminders(const SourceFile& file) {
    Complaints complaints;
    std::size_t number = 0;
    for (const std::string_view line : lines_of(file.text)) {
        ++number;
        for (const std::string& mark : reminders)
            if (line.contains(mark) && !line.contains("mkdtemp") && !line.contains(mark + "X"))
                complaints.push_back(std::format("{}:{}: marks unfinished work ({})", file.path, number, mark));
    }
    return complaints;
}

Complaints is_short_enough(const SourceFile& file) {
    const std::size_t count = lines_of(file.text).size();
    const std::size_t most = file.extension() == ".def" || file.extension() == ".ninja" ? list_lines_max : lines_max;
    if (count <= most)
        return {};
    return {std::format("{}: {} lines; at most {}, one concept a file", file.path, count, most)};
}

Complaints has_pragma_once(const SourceFile& file) {
    if (file.text.contains("\n#pragma once\n"))
        return {};
    return {std::format("{}: a header without #pragma once", file.path)};
}

Complaints are_all_built(std::span<const SourceFile> tree) {
    std::string builds;
    for (const SourceFile& file : tree)
        if (file.extension() == ".ninja")
            builds += with_variables(file.text);
    const auto builds_itself = [&](const SourceFile& file) {
        const std::string input = std::format(" {}\n", file.path.substr(file.folder().size() + 1));
        return std::ranges::any_of(tree, [&](const SourceFile& other) {
            return other.extension() == ".ninja" && other.folder() == file.folder() && other.text.contains(input);
        });
    };
    Complaints complaints;
    for (const SourceFile& file : tree)
        if (is_compiled(file) && !builds.contains(file.path) && !builds_itself(file))
            complaints.push_back(std::format("{}: named in no build.ninja", file.path));
    return complaints;
}

Complaints tests_are_run(std::span<const SourceFile> tree) {
    const auto set = std::ranges::find(tree, "tests/build.ninja", &SourceFile::path);
    if (set == tree.end())
        return {"tests/build.ninja: missing"};
    std::string words = " " + set->text;
    std::ranges::replace(words, '\n', ' ');
    words += ' ';
    Complaints complaints;
    std::size_t targets = 0;
    for (const SourceFile& file : tree)
        for (std::string_view line :
             file.extension() == ".ninja" ? lines_of(file.text) : std::vector<std::string_view>()) {
            if (!line.starts_with("build build/tests/unit/") && !line.starts_with("build build/tests/fuzz/"))
                continue;
            line.remove_prefix(std::string_view("build ").size());
            const std::string_view target = line.substr(0, line.find(':'));
            if (std::ranges::count(target, '/') != 3)
                continue; // an object, or a program beside a test
            ++targets;
            if (!words.contains(std::format(" {} ", target)))
                complaints.push_back(
                    std::format("{}: {} is not in exo-test-set of tests/build.ninja", file.path, target));
        }
    if (targets == 0)
        complaints.push_back("no unit test or fuzz target was recognised");
    return complaints;
}

Complaints folders_are_described(std::span<const SourceFile> tree) {
    std::set<std::string> folders;
    for (const SourceFile& file : tree)
        if (is_cpp(file) || is_compiled(file))
            folders.emplace(file.folder());
    const auto readme_of = [&](std::string_view folder) -> const SourceFile* {
        const auto found = std::ranges::find(tree, std::format("{}/README.md", folder), &SourceFile::path);
        return found == tree.end() ? nullptr : &*found;
    };
    Complaints complaints;
    for (const std::string& folder : folders) {
        bool described = readme_of(folder) != nullptr;
        std::string above = folder, below;
        for (std::size_t slash; !described && (slash = above.rfind('/')) != std::string::npos;) {
            below = above.substr(slash + 1) + "/";
            above.resize(slash);
            const SourceFile* readme = readme_of(above);
            described = readme != nullptr && readme->text.contains(below);
        }
        if (!described)
            complaints.push_back(std::format("{}: no README.md here, and none above names the folder", folder));
    }
    return complaints;
}

Complaints errors_are_provoked(std::span<const SourceFile> tree) {
    std::string tests;
    std::set<std::string_view> checked;
    for (const SourceFile& file : tree)
        if (provokes_errors(file.path)) {
            tests += file.text;
            add_checked_errors(file.text, checked);
        }
    Complaints complaints;
    const auto table = std::ranges::find(tree, "secure-bindings/abi/errors.def", &SourceFile::path);
    if (table == tree.end())
        return {"secure-bindings/abi/errors.def: missing"};
    std::size_t rows = 0;
    for (const std::string_view line : lines_of(table->text)) {
        if (!line.starts_with("EXO_ERROR("))
            continue;
        ++rows;
        const std::size_t start = line.find(',') + 1;
        const std::string_view name = trimmed(line.substr(start, line.find(',', start) - start));
        if (!tests.contains(std::format("Error::{}", name)) && !checked.contains(name))
            complaints.push_back(std::format("{}: Error::{} is provoked by no test", table->path, name));
    }
    if (rows == 0)
        complaints.push_back("secure-bindings/abi/errors.def: no row was recognised");
    return complaints;
}

} // namespace tidy
