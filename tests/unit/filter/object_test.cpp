// Object files that are not what exo-bpf-cc expects end in a sentence, and no octet beyond them is looked at.
#include "tools/filter/object.hpp"

#include <algorithm>
#include <cstring>
#include <doctest/doctest.h>
#include <elf.h>
#include <memory>

using namespace exo;

namespace {

// A header, one section table with `sections`, and their contents behind.
struct ObjectFile {
    std::vector<std::byte> bytes;
    Elf64_Ehdr header{};

    ObjectFile() {
        std::memcpy(header.e_ident, ELFMAG, SELFMAG);
        header.e_ident[EI_CLASS] = ELFCLASS64;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_machine = EM_BPF;
        header.e_type = ET_REL;
        header.e_shentsize = sizeof(Elf64_Shdr);
        header.e_shoff = sizeof(header);
        store();
    }
    void store() {
        bytes.resize(std::max(bytes.size(), sizeof(header)));
        std::memcpy(bytes.data(), &header, sizeof(header));
    }
};

std::string problem(const std::vector<std::byte>& bytes) {
    // A block of exactly this size, so that a sanitizer sees a step beyond it.
    const auto exact = std::make_unique<std::byte[]>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), exact.get());
    const auto object = tool::read_filter_object({exact.get(), bytes.size()});
    return object ? "" : object.error();
}

} // namespace

TEST_CASE("object files of another kind, or cut short") {
    CHECK(problem({}).contains("not an object file"));
    CHECK(problem(std::vector<std::byte>(200)).contains("not an object file"));
    ObjectFile file;
    CHECK(problem(file.bytes).contains("not an object file")); // no section with names
    file.header.e_machine = EM_X86_64;
    file.store();
    CHECK(problem(file.bytes).contains("not an object file"));
}

TEST_CASE("object files whose tables lie outside") {
    ObjectFile file;
    file.header.e_shnum = 3;
    file.store();
    CHECK(problem(file.bytes).contains("not an object file"));
    file.header.e_shoff = ~0ull - 8;
    file.store();
    CHECK(problem(file.bytes).contains("not an object file"));
    file.header.e_shoff = sizeof(file.header);
    file.header.e_shnum = 1;
    file.store();
    Elf64_Shdr names{};
    names.sh_type = SHT_STRTAB;
    names.sh_offset = ~0ull - 4;
    names.sh_size = 100;
    file.bytes.resize(sizeof(file.header) + sizeof(names));
    std::memcpy(file.bytes.data() + sizeof(file.header), &names, sizeof(names));
    CHECK(problem(file.bytes).contains("no program"));
}
