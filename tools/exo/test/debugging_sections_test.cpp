// What of a program goes into the machine: made-up files with and without sections for a debugger.
#include "tools/exo/debugging_sections.hpp"

#include <cstring>
#include <doctest/doctest.h>
#include <elf.h>
#include <string>

using exo::tool::without_debugging_sections;

namespace {

using Bytes = std::vector<std::byte>;

// Header, one segment, .text, .debug_info, .symtab, .debug_str, .shstrtab, section headers: in this order.
struct Program {
    enum { none, text, debug_info, symbols, debug_text, names, count };

    Bytes image;
    Elf64_Ehdr header{};
    Elf64_Shdr sections[count]{};

    explicit Program(std::uint64_t segment_bytes = 0) {
        const std::string name_text("\0.text\0.debug_info\0.symtab\0.debug_str\0.shstrtab", 46);
        image.resize(sizeof header + sizeof(Elf64_Phdr));
        add(text, 1, SHT_PROGBITS, SHF_ALLOC, "code code code");
        const std::uint64_t loaded = image.size();
        add(debug_info, 7, SHT_PROGBITS, 0, std::string(1000, 'd'));
        add(symbols, 19, SHT_SYMTAB, 0, "symbols");
        add(debug_text, 27, SHT_PROGBITS, 0, std::string(500, 's'));
        add(names, 38 - 1, SHT_STRTAB, 0, name_text);
        const Elf64_Phdr segment{PT_LOAD, PF_R | PF_X, 0, 0x400000, 0x400000, segment_bytes ? segment_bytes : loaded,
                                 0x1000,  0x1000};
        std::memcpy(image.data() + sizeof header, &segment, sizeof segment);
        image.resize((image.size() + 7) & ~7ull);
        header.e_phoff = sizeof header;
        header.e_phentsize = sizeof segment;
        header.e_phnum = 1;
        header.e_shoff = image.size();
        header.e_shentsize = sizeof(Elf64_Shdr);
        header.e_shnum = count;
        header.e_shstrndx = names;
        put_headers();
    }

    void add(int which, unsigned name, unsigned type, unsigned flags, const std::string& content) {
        Elf64_Shdr& section = sections[which];
        section.sh_name = name;
        section.sh_type = type;
        section.sh_flags = flags;
        section.sh_offset = image.size();
        section.sh_size = content.size();
        const auto bytes = std::as_bytes(std::span(content));
        image.insert(image.end(), bytes.begin(), bytes.end());
    }
    void put_headers() {
        image.resize(header.e_shoff);
        std::memcpy(image.data(), &header, sizeof header);
        const auto table = std::as_bytes(std::span(sections));
        image.insert(image.end(), table.begin(), table.end());
    }
};

Elf64_Shdr section_of(const Bytes& image, int which) {
    Elf64_Ehdr header;
    std::memcpy(&header, image.data(), sizeof header);
    Elf64_Shdr section;
    REQUIRE(header.e_shoff + (which + 1) * sizeof section <= image.size());
    std::memcpy(&section, image.data() + header.e_shoff + which * sizeof section, sizeof section);
    return section;
}

std::string content_of(const Bytes& image, int which) {
    const Elf64_Shdr section = section_of(image, which);
    REQUIRE(section.sh_offset + section.sh_size <= image.size());
    return {reinterpret_cast<const char*>(image.data()) + section.sh_offset, section.sh_size};
}

} // namespace

TEST_CASE("a program goes without what only a debugger reads") {
    const Program program;
    const Bytes shorter = without_debugging_sections(program.image);
    CHECK(shorter.size() + 1500 <= program.image.size() + 16); // but for alignment
    CHECK(std::equal(shorter.begin() + sizeof(Elf64_Ehdr), shorter.begin() + 134,
                     program.image.begin() + sizeof(Elf64_Ehdr))); // segments stay where they were
    for (const int kept : {Program::text, Program::symbols, Program::names})
        CHECK(content_of(shorter, kept) == content_of(program.image, kept));
    for (const int dropped : {Program::debug_info, Program::debug_text}) {
        CHECK(section_of(shorter, dropped).sh_type == SHT_NULL);
        CHECK(section_of(shorter, dropped).sh_size == 0);
    }
    CHECK(without_debugging_sections(shorter) == shorter);
}

TEST_CASE("a program of another form stays as it is") {
    const auto stays = [](const Program& program) {
        return without_debugging_sections(program.image) == program.image;
    };
    Program appended;
    appended.image.push_back(std::byte{1});
    CHECK(stays(appended));
    CHECK(stays(Program(700))); // a segment that reaches into the sections
    Program far;
    far.sections[Program::symbols].sh_offset = ~0ull - 3;
    far.put_headers();
    CHECK(stays(far));
    Program overlapping;
    overlapping.sections[Program::text].sh_size += 10;
    overlapping.put_headers();
    CHECK(stays(overlapping));
    Program nameless;
    nameless.header.e_shstrndx = 200;
    nameless.put_headers();
    CHECK(stays(nameless));
    Program strange;
    strange.sections[Program::debug_info].sh_name = 4'000'000'000;
    strange.sections[Program::debug_text].sh_flags = SHF_ALLOC;
    strange.put_headers();
    CHECK(stays(strange));
    CHECK(without_debugging_sections({}).empty());
    for (std::size_t octets = 0; octets + 1 < appended.image.size(); octets += 7) {
        const Bytes part(appended.image.begin(), appended.image.begin() + static_cast<std::ptrdiff_t>(octets));
        CHECK(without_debugging_sections(part) == part);
    }
}
