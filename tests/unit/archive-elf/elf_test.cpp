// The ELF reader against well-formed programs and against every single fault it names.
#include "libos/elf/program.hpp"
#include "tests/unit/archive-elf/elf_image.hpp"

#include <doctest/doctest.h>
#include <fstream>
#include <iterator>

using namespace exo;
using elf::Problem;
using test::ElfImage;

namespace {

// The problem of an image that must have one.
Problem problem_of(const ElfImage& image) {
    const auto bytes = image.bytes();
    const auto program = elf::parse_program(bytes);
    REQUIRE_FALSE(program.has_value());
    return program.error();
}

std::vector<std::byte> read_file(const char* path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

} // namespace

TEST_CASE("elf: a well-formed program gives its segments in address order") {
    ElfImage image;
    std::swap(image.program_headers[0], image.program_headers[2]);
    const auto bytes = image.bytes();
    const auto program = elf::parse_program(bytes);
    REQUIRE(program.has_value());
    REQUIRE(program->segments().size() == 3);
    CHECK(program->entry == 0x401010);
    CHECK(program->program_header_count == 3);
    CHECK(program->program_headers_address == 0x400040);
    CHECK(program->lowest_address() == 0x400000);
    CHECK(program->end_address() == 0x404000);
    CHECK(program->segments()[1].executable);
    CHECK_FALSE(program->segments()[1].writable);
    CHECK(program->segments()[2].writable);
    CHECK(program->segments()[2].file_offset == 0x2000);
    CHECK(program->segments()[2].file_bytes == 0x800);
    CHECK(program->segments()[2].memory_bytes == 0x1000);
    CHECK_FALSE(program->wants_executable_stack);
}

TEST_CASE("elf: a real static program is accepted, a real dynamic one is not") {
    const auto real = read_file("build/tests/unit/archive-elf-obj/static-program");
    REQUIRE(real.size() > 0);
    const auto program = elf::parse_program(real);
    REQUIRE(program.has_value());
    CHECK(program->segments().size() >= 2);
    CHECK(program->program_headers_address != 0);
    const auto own = read_file("/proc/self/exe");
    REQUIRE(own.size() > 0);
    const auto refused = elf::parse_program(own);
    REQUIRE_FALSE(refused.has_value());
    CHECK((refused.error() == Problem::PositionIndependent || refused.error() == Problem::Dynamic));
}

TEST_CASE("elf: a static position-independent program is moved as a whole, one with an interpreter is refused") {
    constexpr std::uint64_t base = 0x10000000;
    ElfImage image;
    elf::ProgramHeader dynamic{}, interpreter{};
    dynamic.type = elf::segment_dynamic;
    interpreter.type = elf::segment_interpreter;
    image.header.type = elf::type_shared;
    image.program_headers.push_back(dynamic);
    const auto program = elf::parse_program(image.bytes(), base);
    REQUIRE(program.has_value());
    CHECK(program->entry == base + 0x401010);
    CHECK(program->lowest_address() == base + 0x400000);
    CHECK(program->end_address() == base + 0x404000);
    CHECK(program->program_headers_address == base + 0x400000 + sizeof(elf::FileHeader));
    CHECK(elf::parse_program(image.bytes(), elf::address_end).error() == Problem::OutsideUserMemory);
    CHECK(elf::parse_program(image.bytes(), ~0ull << 22).error() == Problem::OutsideUserMemory);
    image.program_headers.push_back(interpreter);
    CHECK(elf::parse_program(image.bytes(), base).error() == Problem::Dynamic);
    image = {};
    image.program_headers.push_back(dynamic);
    CHECK(elf::parse_program(image.bytes(), base).error() == Problem::Dynamic); // at a fixed address it is for a loader
}

TEST_CASE("elf: faults of the file header") {
    ElfImage image;
    SUBCASE("magic") {
        image.header.ident[1] = 'F';
        CHECK(problem_of(image) == Problem::NotElf);
    }
    SUBCASE("32-bit") {
        image.header.ident[elf::ident_class] = 1;
        CHECK(problem_of(image) == Problem::Not64Bit);
    }
    SUBCASE("big-endian") {
        image.header.ident[elf::ident_data] = 2;
        CHECK(problem_of(image) == Problem::NotLittleEndian);
    }
    SUBCASE("version") {
        image.header.version = 2;
        CHECK(problem_of(image) == Problem::BadVersion);
    }
    SUBCASE("machine") {
        image.header.machine = 183;
        CHECK(problem_of(image) == Problem::NotX86);
    }
    SUBCASE("object") {
        image.header.type = elf::type_relocatable;
        CHECK(problem_of(image) == Problem::ObjectFile);
    }
    SUBCASE("shared") {
        image.header.type = elf::type_shared;
        CHECK(problem_of(image) == Problem::PositionIndependent);
    }
    SUBCASE("a shared library, where programs may be moved") {
        image.header.type = elf::type_shared;
        image.header.entry = 0;
        CHECK(elf::parse_program(image.bytes(), 0x10000000).error() == Problem::SharedLibrary);
    }
    SUBCASE("core") {
        image.header.type = 4;
        CHECK(problem_of(image) == Problem::NotExecutable);
    }
    SUBCASE("header size") {
        image.header.program_header_bytes = 32;
        CHECK(problem_of(image) == Problem::BadProgramHeaderSize);
    }
    SUBCASE("no headers") {
        image.count_follows_table = false;
        CHECK(problem_of(image) == Problem::NoProgramHeaders);
    }
    SUBCASE("too many") {
        image.header.program_header_count = 65;
        CHECK(problem_of(image) == Problem::TooManyProgramHeaders);
    }
    SUBCASE("headers behind the end") {
        image.header.program_header_offset = 0x2fc0;
        CHECK(problem_of(image) == Problem::ProgramHeadersTruncated);
    }
    SUBCASE("headers far away") {
        image.header.program_header_offset = ~0ull - 8;
        CHECK(problem_of(image) == Problem::ProgramHeadersTruncated);
    }
}

TEST_CASE("elf: faults of the segments") {
    ElfImage image;
    auto& headers = image.program_headers;
    SUBCASE("interpreter") {
        headers[0].type = elf::segment_interpreter;
        CHECK(problem_of(image) == Problem::Dynamic);
    }
    SUBCASE("dynamic") {
        headers[0].type = elf::segment_dynamic;
        CHECK(problem_of(image) == Problem::Dynamic);
    }
    SUBCASE("past the end") {
        headers[1].file_bytes = headers[1].memory_bytes = 0x2001;
        CHECK(problem_of(image) == Problem::SegmentTruncated);
    }
    SUBCASE("offset wraps") {
        headers[1].offset = ~0ull - 0xfff;
        CHECK(problem_of(image) == Problem::SegmentTruncated);
    }
    SUBCASE("larger in the file") {
        headers[1].memory_bytes = 0x7ff;
        CHECK(problem_of(image) == Problem::FileLargerThanMemory);
    }
    SUBCASE("not congruent") {
        headers[1].virtual_address += 8;
        CHECK(problem_of(image) == Problem::BadAlignment);
    }
    SUBCASE("alignment of three") {
        headers[1].alignment = 3;
        CHECK(problem_of(image) == Problem::BadAlignment);
    }
    SUBCASE("null page") {
        headers[0].virtual_address = 0;
        CHECK(problem_of(image) == Problem::OutsideUserMemory);
    }
    SUBCASE("kernel half") {
        headers[0].virtual_address = 0xffff'8000'0000'0000;
        CHECK(problem_of(image) == Problem::OutsideUserMemory);
    }
    SUBCASE("reaches the last page") {
        headers[2].memory_bytes = elf::address_end - 0x403000 + 1;
        CHECK(problem_of(image) == Problem::OutsideUserMemory);
    }
    SUBCASE("memory size wraps") {
        headers[2].memory_bytes = ~0ull;
        CHECK(problem_of(image) == Problem::OutsideUserMemory);
    }
    SUBCASE("writable code") {
        headers[1].flags |= elf::flag_write;
        CHECK(problem_of(image) == Problem::WritableAndExecutable);
    }
    SUBCASE("overlap") {
        headers[2].virtual_address = 0x401000;
        CHECK(problem_of(image) == Problem::SegmentsShareAPage);
    }
    SUBCASE("swallowed") {
        headers[0].memory_bytes = 0x10000;
        CHECK(problem_of(image) == Problem::SegmentsShareAPage);
    }
    SUBCASE("share one page") {
        headers[1].memory_bytes = 0x2001; // ends with one byte in the page of the data
        CHECK(problem_of(image) == Problem::SegmentsShareAPage);
    }
    SUBCASE("ends just before the data") {
        headers[1].memory_bytes = 0x2000;
        CHECK(elf::parse_program(image.bytes()).has_value());
    }
    SUBCASE("entry in data") {
        image.header.entry = 0x403000;
        CHECK(problem_of(image) == Problem::EntryNotExecutable);
    }
    SUBCASE("entry behind code") {
        image.header.entry = 0x401800;
        CHECK(problem_of(image) == Problem::EntryNotExecutable);
    }
    SUBCASE("nothing to load") {
        headers.resize(1);
        headers[0].memory_bytes = headers[0].file_bytes = 0;
        CHECK(problem_of(image) == Problem::NoSegments);
    }
    SUBCASE("too many") {
        for (unsigned index = 0; index < elf::segments_max; ++index)
            image.load(elf::flag_read, 0x1000, 0x500000 + 0x1000 * index, 0x10, 0x10);
        CHECK(problem_of(image) == Problem::TooManySegments);
    }
    SUBCASE("too many notes") {
        for (unsigned index = 0; index <= elf::note_segments_max; ++index)
            image.note("exo", 1, "");
        CHECK(problem_of(image) == Problem::TooManyNotes);
    }
}

TEST_CASE("elf: every truncation of a program is refused or leaves its segments inside") {
    ElfImage image;
    image.note("exo", 1, "libos-hpc");
    const auto whole = image.bytes();
    for (std::size_t size = 0; size < whole.size(); size += size < 0x400 ? 1 : 61) {
        // A copy of the exact size, so that a read past its end is seen by the sanitizer.
        const std::vector<std::byte> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        const auto program = elf::parse_program(part);
        if (size < ElfImage::note_offset + image.note_text.size())
            CHECK_FALSE(program.has_value());
    }
}

TEST_CASE("elf: notes") {
    ElfImage image;
    image.note("exo", 7, "libos-hpc");
    auto bytes = image.bytes();
    auto program = elf::parse_program(bytes);
    REQUIRE(program.has_value());
    const auto found = elf::find_note(bytes, *program, "exo", 7);
    CHECK(std::string(reinterpret_cast<const char*>(found.data()), found.size()) == "libos-hpc");
    CHECK(elf::find_note(bytes, *program, "exo", 8).data() == nullptr);
    CHECK(elf::find_note(bytes, *program, "GNU", 7).data() == nullptr);
    CHECK(elf::has_note_of(bytes, *program, "exo"));
    CHECK_FALSE(elf::has_note_of(bytes, *program, "ex"));

    SUBCASE("an owner length that reaches past the segment ends the search") {
        const std::uint32_t huge = 0xffff'fffd;
        std::memcpy(bytes.data() + ElfImage::note_offset, &huge, sizeof(huge));
        CHECK_FALSE(elf::has_note_of(bytes, *program, "exo"));
    }
    SUBCASE("so does a descriptor length") {
        const std::uint32_t huge = 0xffff'fff0;
        std::memcpy(bytes.data() + ElfImage::note_offset + 4, &huge, sizeof(huge));
        CHECK_FALSE(elf::has_note_of(bytes, *program, "exo"));
    }
}

TEST_CASE("elf: each problem has a sentence of its own") {
    std::vector<std::string> sentences;
    for (int problem = 0; problem <= static_cast<int>(Problem::TooManyNotes); ++problem) {
        const std::string sentence = elf::describe(static_cast<Problem>(problem));
        CHECK(sentence.find("unknown fault") == std::string::npos);
        CHECK(std::find(sentences.begin(), sentences.end(), sentence) == sentences.end());
        sentences.push_back(sentence);
    }
}
