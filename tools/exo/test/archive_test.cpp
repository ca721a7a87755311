// The boot archive as the machine will read it: written by CpioWriter, read back by the library OS's own reader.
#include "libos/archive/archive.hpp"
#include "tools/exo/cpio.hpp"
#include "tools/exo/manifest.hpp"

#include <doctest/doctest.h>

using namespace exo::tool;

namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
    return std::as_bytes(std::span(text));
}

std::string text_of(std::span<const std::byte> data) {
    // Safe: bytes as characters.
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

} // namespace

TEST_CASE("archive: members come back in order, with their data on page boundaries of the archive") {
    CpioWriter writer;
    const std::string large(10'000, 'x');
    writer.add("steward", bytes_of("first"), 0755);
    writer.add_text("manifest", "program bin/a\n");
    writer.add("bin/a-name-of-some-length", bytes_of(large), 0755);
    writer.add_text("empty", "");
    const std::string archive = writer.finish();

    const auto opened = exo::archive::Archive::open(bytes_of(archive));
    REQUIRE(opened);
    CHECK(opened->entry_count() == 4);
    const char* names[] = {"steward", "manifest", "bin/a-name-of-some-length", "empty"};
    const std::string contents[] = {"first", "program bin/a\n", large, ""};
    exo::archive::Archive::Cursor cursor;
    exo::archive::Entry entry;
    for (int index = 0; index < 4; ++index) {
        REQUIRE(cursor.next(*opened, entry));
        CHECK(entry.path == names[index]);
        CHECK(text_of(entry.data) == contents[index]);
        if (!entry.data.empty())
            CHECK((entry.data.data() - bytes_of(archive).data()) % 4096 == 0);
    }
    CHECK_FALSE(cursor.next(*opened, entry));
}

TEST_CASE("archive: every name length keeps the alignment") {
    for (std::size_t length = 1; length <= 255; ++length) {
        CpioWriter writer;
        writer.add_text(std::string(length, 'n'), "data");
        writer.add_text("second", "more");
        const std::string archive = writer.finish();
        const auto opened = exo::archive::Archive::open(bytes_of(archive));
        REQUIRE(opened);
        exo::archive::Entry entry;
        REQUIRE(opened->find("second", entry));
        CHECK(text_of(entry.data) == "more");
        CHECK((entry.data.data() - bytes_of(archive).data()) % 4096 == 0);
    }
}

TEST_CASE("archive: a finished writer starts anew") {
    CpioWriter writer;
    writer.add_text("a", "1");
    const std::string first = writer.finish();
    writer.add_text("a", "1");
    CHECK(writer.finish() == first);
}

TEST_CASE("manifest: one directive a line, every value one word") {
    RunOptions options;
    options.program = "./a program";
    options.vcores = 3;
    options.arguments = {"plain", "two words", "100%", "", "line\nbreak", "\xc3\xa4"};
    options.environment = {"NAME=a value"};
    options.shares = {{"/host", ShareAccess::read_write}, {"/other", ShareAccess::read_only}};
    options.manifest_lines = {"machine create log"};
    options.trace_file = "t.json";
    CHECK(write_manifest(options, "bin/a program") == "program bin/a%20program\n"
                                                      "name ./a%20program\n"
                                                      "arg plain\n"
                                                      "arg two%20words\n"
                                                      "arg 100%25\n"
                                                      "arg \n"
                                                      "arg line%0Abreak\n"
                                                      "arg %C3%A4\n"
                                                      "env NAME=a%20value\n"
                                                      "vcores 3\n"
                                                      "memory all\n"
                                                      "share share rw\n"
                                                      "share share1 ro\n"
                                                      "console virtio\n"
                                                      "trace on\n"
                                                      "machine create log\n");
}

TEST_CASE("manifest: what was not asked for is not granted") {
    const std::string text = write_manifest(RunOptions{}, "bin/p");
    CHECK(text.find("share") == std::string::npos);
    CHECK(text.find("machine") == std::string::npos);
    CHECK(text.find("trace off\n") != std::string::npos);
}
