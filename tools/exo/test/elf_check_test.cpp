// Which programs `exo run` refuses before it boots anything. The ELF reader has tests of its own in tests/unit;
// here is the note of a library OS, and that real programs of the host are told apart.
#include "tools/exo/elf_check.hpp"

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

std::string refusal(const SmallProgram& program) {
    const auto checked = check_program(std::as_bytes(std::span(&program, 1)), "prog");
    return checked ? "" : checked.error().sentence;
}

bool says(const std::string& sentence, std::string_view reason) {
    INFO(sentence);
    return sentence.starts_with("prog ") && sentence.find(reason) != std::string::npos;
}

} // namespace

TEST_CASE("elf: a static program with the note is accepted") {
    CHECK(refusal(SmallProgram()) == "");
}

TEST_CASE("elf: without the note of a library OS it is refused") {
    SmallProgram program;
    program.owner[0] = 'G';
    CHECK(says(refusal(program), "library OS"));
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

TEST_CASE("elf: files of the host") {
    CHECK_FALSE(read_program("/bin/sh"));
    CHECK_FALSE(read_program("/etc/passwd"));
    CHECK_FALSE(read_program("/dev/null"));
    CHECK_FALSE(read_program("/"));
    CHECK_FALSE(read_program("/no/such/file"));
}
