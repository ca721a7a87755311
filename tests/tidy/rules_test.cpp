// The rules on made-up files: each is kept by a good one and complains about a bad one.
#include "tests/tidy/binary_rules.hpp"
#include "tests/tidy/headers.hpp"
#include "tests/tidy/include_rules.hpp"
#include "tests/tidy/text_rules.hpp"

#include <doctest/doctest.h>

using namespace tidy;

TEST_CASE("rule: a file opens with a comment") {
    CHECK(opens_with_a_comment({"a.cpp", "// What it is.\nint a;\n"}).empty());
    CHECK(opens_with_a_comment({"a.bash", "#!/bin/bash\n# What it is.\n"}).empty());
    CHECK(opens_with_a_comment({"a.cpp", "\n// late\n"}).size() == 1);
    CHECK(opens_with_a_comment({"a.cpp", "#include <x>\n"}).size() == 1);
    CHECK(opens_with_a_comment({"a.bash", "#!/bin/bash\nset -e\n"}).size() == 1);
    CHECK(opens_with_a_comment({"a.cpp", ""}).size() == 1);
}

TEST_CASE("rule: no preprocessor variants") {
    CHECK(has_no_variants({"a.cpp", "#include <x>\n#define A 1\n// if\n"}).empty());
    for (const char* bad : {"#if A\n", "  # ifdef A\n", "#ifndef A\n"})
        CHECK(has_no_variants({"a.cpp", bad}).size() == 1);
}

TEST_CASE("rule: no banners") {
    CHECK(has_no_banners({"a.cpp", "// text --\nint a; // -----x\nx /////\n// a - b\n"}).empty());
    for (const char* bad : {"// ------\n", "//////////\n", "    // text ======\n", "/**********\n"})
        CHECK(has_no_banners({"a.cpp", bad}).size() == 1);
    CHECK(has_no_banners({"build.ninja", "# part -----------\n"}).size() == 1);
}

TEST_CASE("rule: no marks of unfinished work") {
    CHECK(has_no_reminders({"a.cpp", "mkdtemp(\"/tmp/a-XXXXXX\")\n"}).empty());
    CHECK(has_no_reminders({"a.cpp", std::string("// TO") + "DO later\n"}).size() == 1);
}

TEST_CASE("rule: length") {
    CHECK(is_short_enough({"a.cpp", std::string(lines_max, '\n')}).empty());
    CHECK(is_short_enough({"a.cpp", std::string(lines_max + 1, '\n')}).size() == 1);
    CHECK(is_short_enough({"a.def", std::string(list_lines_max, '\n')}).empty());
    CHECK(is_short_enough({"a.def", std::string(list_lines_max + 1, '\n')}).size() == 1);
}

TEST_CASE("rule: sources are built and folders described") {
    const SourceFile source = {"a/b/x.cpp", "// x\n"};
    CHECK(are_all_built(std::vector<SourceFile>{{"a/build.ninja", "build x.o: cxx a/b/x.cpp\n"}, source}).empty());
    CHECK(are_all_built(std::vector<SourceFile>{{"a/build.ninja", "build x.o: cxx b/x.cpp\n"}, source}).size() == 1);
    CHECK(are_all_built(std::vector<SourceFile>{{"a/b/build.ninja", "build x.o: cxx x.cpp\n"}, source}).empty());
    CHECK(are_all_built(std::vector<SourceFile>{{"a/b/build.ninja", "build x.o: cxx xx.cpp\n"}, source}).size() == 1);
    CHECK(are_all_built(std::vector<SourceFile>{{"a/b/build.ninja", "build x.o: cxx y.cpp\n"}, source}).size() == 1);
    CHECK(are_all_built(std::vector<SourceFile>{{"a/build.ninja", "p = a/b\nbuild x.o: cxx $p/x.cpp\n"}, source})
              .empty());
    CHECK(folders_are_described(std::vector<SourceFile>{{"a/b/README.md", "# b\n"}, source}).empty());
    CHECK(folders_are_described(std::vector<SourceFile>{{"a/README.md", "`b/`: the letter\n"}, source}).empty());
    CHECK(folders_are_described(std::vector<SourceFile>{{"a/README.md", "nothing\n"}, source}).size() == 1);
}

TEST_CASE("rule: every test that is linked is run") {
    const SourceFile set = {"tests/build.ninja", "build all: phony $\n  build/tests/unit/a build/tests/fuzz/b\n"};
    const SourceFile linked = {"x/build.ninja",
                               "build build/tests/unit/a: san_link a.o\nbuild build/tests/fuzz/b: l b.o\n"
                               "build build/tests/unit/a-obj/c: host_link c.o\n"};
    CHECK(tests_are_run(std::vector{set, linked}).empty());
    CHECK(tests_are_run(std::vector{set, SourceFile{"y/build.ninja", "build build/tests/unit/c: san_link\n"}}).size() ==
          1);
    CHECK(tests_are_run(std::vector{set}).size() == 1);
}

TEST_CASE("rule: errors are provoked by name") {
    const SourceFile table = {"secure-bindings/abi/errors.def",
                              "EXO_ERROR(1, Bad, \"x\")\nEXO_ERROR(2, Worse, \"y\")\n"};
    const SourceFile test = {"tests/boot/a.cpp", "CHECK(error == Error::Bad);\n"};
    CHECK(errors_are_provoked(std::vector{table, test}).size() == 1);
    CHECK(errors_are_provoked(std::vector{table, test, SourceFile{"tests/hostile/b.cpp", "Error::Worse"}}).empty());
    const SourceFile checked = {"tests/boot/c.cpp", "CHECK_ERROR(call(a, f(b)),\n            Worse);\n"};
    CHECK(errors_are_provoked(std::vector{table, test, checked}).empty());
    const SourceFile elsewhere = {"tests/boot/c.cpp", "CHECK_ERROR(call(Worse), Bad); // Worse\n"};
    CHECK(errors_are_provoked(std::vector{table, elsewhere}).size() == 1);
    CHECK(errors_are_provoked(std::vector{SourceFile{"secure-bindings/abi/errors.def", ""}}).size() == 1);
}

TEST_CASE("rule: layers") {
    CHECK(may_include("exokernel/cpu/core.cpp", "secure-bindings/abi/types.hpp"));
    CHECK(may_include("exokernel/device/dma.cpp", "drivers/iommu/control.hpp"));
    CHECK(may_include("libos/a.cpp", "drivers/virtio/queue.hpp"));
    CHECK(may_include("libos/net/a.cpp", "drivers/virtio-net/control.hpp"));
    CHECK(may_include("libos-hpc/a.cpp", "libos/b.hpp"));
    CHECK(may_include("tests/unit/a.cpp", "exokernel/acpi/parse.hpp"));
    CHECK_FALSE(may_include("exokernel/cpu/core.cpp", "libos/memory/bytes.hpp"));
    CHECK_FALSE(may_include("secure-bindings/frames/map.cpp", "exokernel/cpu/core.hpp"));
    CHECK_FALSE(may_include("secure-bindings/abi/types.hpp", "secure-bindings/frames/map.hpp"));
    CHECK_FALSE(may_include("libos/a.cpp", "libos-hpc/b.hpp"));
    CHECK_FALSE(may_include("libos/a.cpp", "secure-bindings/frames/map.hpp"));
    CHECK_FALSE(may_include("libos/a.cpp", "drivers/iommu/control.hpp"));
    CHECK_FALSE(may_include("drivers/pci/control.cpp", "exokernel/log/log.hpp"));
    CHECK_FALSE(may_include("drivers/nvme/queue.cpp", "drivers/nvme/control.hpp"));
    CHECK_FALSE(may_include("libos/a.cpp", "steward/plan.hpp"));
}

TEST_CASE("rule: includes are written from the root") {
    const std::vector<SourceFile> tree = {{"libos/a.hpp", ""}, {"libos/b.cpp", "#include \"libos/a.hpp\"\n"}};
    CHECK(includes_point_down(tree[1], tree).empty());
    CHECK(includes_point_down({"libos/c.cpp", "#include \"a.hpp\"\n"}, tree).size() == 1);
}

TEST_CASE("rule: vector registers") {
    CHECK(names_vector_register("  10:\tmovaps\t%xmm0, (%rax)"));
    CHECK(names_vector_register("  10:\tfstp\t%st(0)"));
    CHECK_FALSE(names_vector_register("  10:\tmovq\t%rax, %rbx"));
}

TEST_CASE("rule: headers are compiled with the flags of their folder") {
    const std::vector<SourceFile> tree = {
        {"build.ninja", "clangxx = c\nrule x\n"}, {"exokernel/a.hpp", ""}, {"tools/b.hpp", ""}};
    const std::string text = header_build_file(tree);
    CHECK(text.contains("exokernel/a.hpp\n  flags = $kernel_flags"));
    CHECK(text.contains("tools/b.hpp\n  flags = $host_flags"));
    CHECK_FALSE(text.contains("rule x"));
}

TEST_CASE("rule: a header that a source includes first is compiled alone by the build") {
    const std::vector<SourceFile> tree = {
        {"build.ninja", ""},
        {"tools/a.cpp", "// A.\n#include \"tools/a.hpp\"\n#include \"tools/c.hpp\"\n"},
        {"tools/a.hpp", "#pragma once\n\n#include \"tools/b.hpp\"\n"},
        {"tools/b.hpp", "#include <vector>\n"},
        {"tools/c.hpp", ""},
        {"tools/d.cpp", "#include <vector>\n#include \"tools/d.hpp\"\n"},
        {"tools/d.hpp", ""}};
    const std::string text = header_build_file(tree);
    CHECK_FALSE(text.contains("tools/a.hpp"));
    CHECK_FALSE(text.contains("tools/b.hpp"));
    CHECK(text.contains("header tools/c.hpp"));
    CHECK(text.contains("header tools/d.hpp"));
}
