// The rules on this very tree. Run from the repository root, after a build.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "bench/boot/ring0_lines.hpp"
#include "tests/tidy/binary_rules.hpp"
#include "tests/tidy/headers.hpp"
#include "tests/tidy/include_rules.hpp"
#include "tests/tidy/text_rules.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace tidy;

namespace {

const std::vector<SourceFile>& tree() {
    static const std::vector<SourceFile> files = read_source_tree(".");
    return files;
}

void report(const Complaints& complaints) {
    for (const std::string& complaint : complaints)
        FAIL_CHECK(complaint);
}

template <typename Select>
void check_each(Complaints (*rule)(const SourceFile&), Select select) {
    std::size_t seen = 0;
    for (const SourceFile& file : tree())
        if (select(file)) {
            ++seen;
            report(rule(file));
        }
    CHECK(seen > 0);
}

bool is_cpp_source(const SourceFile& file) {
    return file.extension() == ".cpp";
}

} // namespace

TEST_CASE("tree: every file opens with a comment") {
    check_each(opens_with_a_comment, is_commented);
}
TEST_CASE("tree: no preprocessor variants in sources") {
    check_each(has_no_variants, is_cpp_source);
}
TEST_CASE("tree: no banners") {
    check_each(has_no_banners, is_commented);
}
TEST_CASE("tree: no marks of unfinished work") {
    check_each(has_no_reminders, is_commented);
}
TEST_CASE("tree: no file is too long") {
    check_each(is_short_enough, is_commented);
}
TEST_CASE("tree: headers have #pragma once") {
    check_each(has_pragma_once, is_header);
}
TEST_CASE("tree: every source is built") {
    report(are_all_built(tree()));
}
TEST_CASE("tree: every unit test and fuzz target is run") {
    report(tests_are_run(tree()));
}
TEST_CASE("tree: every folder is described") {
    report(folders_are_described(tree()));
}
TEST_CASE("tree: every error is provoked by a test") {
    report(errors_are_provoked(tree()));
}

TEST_CASE("tree: includes only point down") {
    for (const SourceFile& file : tree())
        if (is_cpp(file))
            report(includes_point_down(file, tree()));
}

TEST_CASE("tree: every header compiles alone") {
    report(headers_stand_alone(tree()));
}

TEST_CASE("tree: every source has the format of .clang-format") {
    const auto version = output_of("clang-format-19 --version");
    REQUIRE_MESSAGE(version, version.error());
    for (const SourceFile& file : tree())
        if (is_cpp(file)) {
            const auto formatted = output_of("clang-format-19 '" + file.path + "'");
            REQUIRE_MESSAGE(formatted, formatted.error());
            CHECK_MESSAGE(*formatted == file.text, file.path << ": run clang-format-19 -i on it");
        }
}

TEST_CASE("tree: there are fewer than 32 system calls") {
    const auto table = std::ranges::find(tree(), "secure-bindings/abi/syscalls.def", &SourceFile::path);
    REQUIRE(table != tree().end());
    const auto rows =
        std::ranges::count_if(lines_of(table->text), [](auto line) { return line.starts_with("EXO_CALL("); });
    CHECK(rows > 0);
    CHECK(rows < 32);
}

TEST_CASE("tree: the page of system calls is what the tables say") {
    const auto page = std::ranges::find(tree(), "docs/system-calls.md", &SourceFile::path);
    REQUIRE(page != tree().end());
    const auto made = output_of("build/bin/print-system-calls");
    REQUIRE_MESSAGE(made, made.error());
    CHECK(made->size() > 1000);
    CHECK_MESSAGE(page->text == *made, "docs/system-calls.md is out of date; tools/docs/README.md says how it is made");
}

TEST_CASE("tree: ring 0 is small enough to read") {
    const auto lines = bench::boot::ring0_lines();
    REQUIRE_MESSAGE(lines, lines.error());
    MESSAGE("ring-0 lines of code: " << *lines);
    CHECK(*lines > 10'000);
    CHECK(*lines <= ring0_lines_max);
}

TEST_CASE("tree: the kernel's image is small") {
    const auto bytes = loaded_bytes("build/exokernel/kernel.elf");
    REQUIRE_MESSAGE(bytes, bytes.error());
    MESSAGE("kernel image: " << *bytes << " bytes");
    CHECK(*bytes > 4096);
    CHECK(*bytes <= kernel_image_bytes_max);
}

TEST_CASE("tree: the kernel and the library OS use no vector register") {
    for (const char* path : {"build/exokernel/kernel.elf", "build/libos-hpc/libos-hpc.o"}) {
        const auto use = vector_use(path);
        REQUIRE_MESSAGE(use, use.error());
        CHECK_MESSAGE(use->instructions > 1000, path);
        for (const std::string& line : use->uses)
            FAIL_CHECK(path << ": " << line);
    }
}
