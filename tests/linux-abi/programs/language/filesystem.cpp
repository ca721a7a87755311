// std::filesystem: create, write, look, iterate, copy, rename, link, permissions, remove.
#include "../report.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

int main(int argc, char** argv) {
    const fs::path root = fs::path(report_scratch(argc, argv)) / "tree";
    report("create_directories", fs::create_directories(root / "a/b/c"));
    report("again is false", !fs::create_directories(root / "a/b/c"));
    std::ofstream(root / "a/file.txt") << "twelve bytes";
    std::ofstream(root / "a/b/other.dat") << "x";
    report("file_size", fs::file_size(root / "a/file.txt") == 12);
    report("status",
           fs::is_directory(root / "a") && fs::is_regular_file(root / "a/file.txt") && !fs::exists(root / "nothing"));

    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        names.push_back(entry.path().lexically_relative(root).string() + (entry.is_directory() ? "/" : ""));
    }
    std::sort(names.begin(), names.end());
    for (const auto& name : names) {
        report_text("entry", name.c_str());
    }
    report("copy_file", fs::copy_file(root / "a/file.txt", root / "copy.txt"));
    fs::copy(root / "a", root / "a2", fs::copy_options::recursive);
    report("recursive copy", fs::file_size(root / "a2/b/other.dat") == 1);
    fs::rename(root / "copy.txt", root / "a/b/c/moved.txt");
    report("rename", !fs::exists(root / "copy.txt") && fs::exists(root / "a/b/c/moved.txt"));
    fs::resize_file(root / "a/file.txt", 5);
    std::string text;
    std::ifstream(root / "a/file.txt") >> text;
    report_text("resized", text.c_str());

    fs::permissions(root / "a/file.txt", fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
    printf("mode %03o\n", static_cast<unsigned>(fs::status(root / "a/file.txt").permissions()));
    const auto written = fs::last_write_time(root / "a/file.txt");
    fs::last_write_time(root / "a/file.txt", written - std::chrono::hours(24));
    report("last_write_time can be set", fs::last_write_time(root / "a/file.txt") < written - std::chrono::hours(23));

    std::error_code error;
    fs::remove(root / "a", error);
    report("a full directory is not removed", error == std::errc::directory_not_empty);
    report("the error is ENOENT", fs::file_size(root / "nothing", error) == static_cast<std::uintmax_t>(-1) &&
                                      error == std::errc::no_such_file_or_directory);
    try {
        fs::directory_iterator iterator(root / "nothing");
    } catch (const fs::filesystem_error& failure) {
        report("thrown with its path", failure.path1().filename() == "nothing");
    }
    report("equivalent", fs::equivalent(root / "a/../a", root / "a"));
    report("canonical", fs::canonical(root / "a/./b/..") == fs::canonical(root / "a"));
    report_number("remove_all", static_cast<long long>(fs::remove_all(root)));
    report("gone", !fs::exists(root));
    return report_end();
}
