// Which programs `exo run` refuses before it boots anything. The ELF reader has tests of its own in tests/unit;
// here is the note of a library OS, that real programs of the host are told apart, and putting a library OS beneath
// one.
#include "tools/exo/elf_check.hpp"

#include "libos/elf/program.hpp"
#include "libos/start/hosted.hpp"
#include "tools/exo/hosting.hpp"

#include <cstring>
#include <doctest/doctest.h>
#include <elf.h>

using namespace exo::tool;

namespace {

// The smallest static program: one header page, one executable segment, one note.
struct SmallProgram {
    Elf64_Ehdr header = {};
    Elf64_Phdr load = {};
    Elf64_Phdr note = {};
    Elf64_Nhdr note_header = {4, 4, 1};
    char owner[4] = {'e', 'x', 'o', '\0'};
    std::uint32_t version = 1;

    SmallProgram() {
        std::memcpy(header.e_ident, ELFMAG, SELFMAG);
        header.e_ident[EI_CLASS] = ELFCLASS64;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_ident[EI_VERSION] = EV_CURRENT;
        header.e_type = ET_EXEC;
        header.e_machine = EM_X86_64;
        header.e_version = EV_CURRENT;
        header.e_entry = 0x400000;
        header.e_phoff = offsetof(SmallProgram, load);
        header.e_ehsize = sizeof(Elf64_Ehdr);
        header.e_phentsize = sizeof(Elf64_Phdr);
        header.e_phnum = 2;
        load = {PT_LOAD, PF_R | PF_X, 0, 0x400000, 0x400000, sizeof(SmallProgram), sizeof(SmallProgram), 0x1000};
        const std::uint64_t at = offsetof(SmallProgram, note_header);
        note = {PT_NOTE, PF_R, at, 0x400000 + at, 0x400000 + at, 20, 20, 4};
    }
};

// A library OS that was linked alone: the same shape elsewhere in memory, with room for a program's facts in its note.
struct SmallLibraryOs {
    static constexpr std::uint64_t base = 0x7d0000000000;
    Elf64_Ehdr header = SmallProgram().header;
    Elf64_Phdr load = {PT_LOAD, PF_R | PF_X, 0, base, base, sizeof(SmallLibraryOs), sizeof(SmallLibraryOs), 0x1000};
    Elf64_Phdr note = SmallProgram().note;
    Elf64_Nhdr note_header = {4, sizeof(exo::HostedProgram), exo::hosted_note_type};
    char owner[4] = {'e', 'x', 'o', '\0'};
    exo::HostedProgram facts = {};

    SmallLibraryOs() {
        header.e_entry = base;
        note.p_filesz = sizeof note_header + sizeof owner + sizeof facts;
    }
};

std::string refusal(const SmallProgram& program) {
    const auto checked = check_program(std::as_bytes(std::span(&program, 1)), "prog");
    return checked ? "" : checked.error().sentence;
}

bool says(const std::string& sentence, std::string_view reason) {
    INFO(sentence);
    return sentence.starts_with("prog ") && sentence.find(reason) != std::string::npos;
}

} // namespace

TEST_CASE("elf: a static program is accepted, and whether it brings a library OS is known") {
    SmallProgram program;
    CHECK(refusal(program) == "");
    CHECK(has_library_os(std::as_bytes(std::span(&program, 1))));
    program.owner[0] = 'G';
    CHECK(refusal(program) == "");
    CHECK_FALSE(has_library_os(std::as_bytes(std::span(&program, 1))));
}

TEST_CASE("elf: other kinds of file are refused by name") {
    SmallProgram program;
    program.header.e_ident[EI_CLASS] = ELFCLASS32;
    CHECK(says(refusal(program), "64-bit"));
    program = {};
    program.header.e_machine = EM_AARCH64;
    CHECK(says(refusal(program), "x86-64"));
    program = {};
    program.header.e_type = ET_REL;
    CHECK(says(refusal(program), "object file"));
    program = {};
    program.note.p_type = PT_INTERP;
    CHECK(says(refusal(program), "dynamically linked"));
    program = {};
    program.header.e_ident[0] = '#';
    CHECK(says(refusal(program), "not an ELF"));
    program = {};
    program.load.p_filesz = 0x100000;
    program.load.p_memsz = 0x100000;
    CHECK(says(refusal(program), "past the end"));
}

TEST_CASE("elf: a file that ends before its section headers is refused") {
    SmallProgram program;
    program.header.e_shnum = 1;
    program.header.e_shentsize = sizeof(Elf64_Shdr);
    program.header.e_shoff = sizeof(SmallProgram) - sizeof(Elf64_Shdr);
    CHECK(refusal(program) == "");
    for (const std::uint64_t offset : {program.header.e_shoff + 1, ~std::uint64_t(0)}) {
        program.header.e_shoff = offset;
        CHECK(says(refusal(program), "truncated"));
    }
}

TEST_CASE("elf: every shorter file is refused") {
    const SmallProgram program;
    const auto bytes = std::as_bytes(std::span(&program, 1));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(check_program(bytes.first(size), "prog"));
}

TEST_CASE("elf: a program and a library OS in one file") {
    SmallProgram program;
    const SmallLibraryOs alone;
    const auto bytes = std::as_bytes(std::span(&program, 1));
    const auto merged = host_program(bytes, std::as_bytes(std::span(&alone, 1)), "prog");
    REQUIRE(merged);
    const auto parsed = exo::elf::parse_program(*merged);
    REQUIRE(parsed);
    CHECK(parsed->entry == SmallLibraryOs::base);
    CHECK(parsed->lowest_address() == 0x400000);
    CHECK(parsed->segment_count == 2);
    CHECK(std::memcmp(merged->data() + sizeof(Elf64_Ehdr), bytes.data() + sizeof(Elf64_Ehdr),
                      bytes.size() - sizeof(Elf64_Ehdr)) == 0);
    const auto room = exo::elf::find_note(*merged, *parsed, libos_note_owner, exo::hosted_note_type);
    REQUIRE(room.size() == sizeof(exo::HostedProgram));
    exo::HostedProgram facts;
    std::memcpy(&facts, room.data(), sizeof facts);
    CHECK(facts.entry == 0x400000);
    CHECK(facts.program_headers == 0x400000 + sizeof(Elf64_Ehdr));
    CHECK(facts.program_header_count == 2);
    CHECK(facts.image_end == 0x400000 + sizeof(SmallProgram));

    program.load.p_vaddr = program.header.e_entry = SmallLibraryOs::base;
    const auto refused =
        host_program(std::as_bytes(std::span(&program, 1)), std::as_bytes(std::span(&alone, 1)), "prog");
    REQUIRE_FALSE(refused);
    CHECK(says(refused.error().sentence, "share"));
    program = {};
    CHECK_FALSE(host_program(bytes, bytes, "prog")); // a library OS without room for the facts
}

TEST_CASE("elf: a position-independent program goes where others are linked, unless it brings a library OS") {
    SmallProgram program;
    const SmallLibraryOs alone;
    const auto bytes = std::as_bytes(std::span(&program, 1));
    program.header.e_type = ET_DYN;
    program.header.e_entry = offsetof(SmallProgram, owner);
    program.load.p_vaddr = program.note.p_vaddr = 0;
    CHECK(says(check_program(bytes, "prog").error().sentence, "fixed address"));
    program.owner[0] = 'a';
    REQUIRE(check_program(bytes, "prog"));
    CHECK_FALSE(has_library_os(bytes));
    const auto merged = host_program(bytes, std::as_bytes(std::span(&alone, 1)), "prog");
    REQUIRE(merged);
    const auto parsed = exo::elf::parse_program(*merged);
    REQUIRE(parsed);
    CHECK(parsed->lowest_address() == position_independent_base);
    const auto room = exo::elf::find_note(*merged, *parsed, libos_note_owner, exo::hosted_note_type);
    REQUIRE(room.size() == sizeof(exo::HostedProgram));
    exo::HostedProgram facts;
    std::memcpy(&facts, room.data(), sizeof facts);
    CHECK(facts.entry == position_independent_base + offsetof(SmallProgram, owner));
    CHECK(facts.moved_by == position_independent_base);
    // In memory its headers are those of its file.
    CHECK(facts.program_headers == position_independent_base + sizeof(Elf64_Ehdr));
    CHECK(std::memcmp(merged->data() + sizeof(Elf64_Ehdr), bytes.data() + sizeof(Elf64_Ehdr),
                      bytes.size() - sizeof(Elf64_Ehdr)) == 0);
}

TEST_CASE("elf: files of the host") {
    CHECK_FALSE(read_program("/bin/sh"));
    CHECK_FALSE(read_program("/etc/passwd"));
    CHECK_FALSE(read_program("/dev/null"));
    CHECK_FALSE(read_program("/"));
    CHECK_FALSE(read_program("/no/such/file"));
}
