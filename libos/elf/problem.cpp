// The sentences for what can be wrong with a program file. The checks that find it are in program.cpp.
#include "libos/elf/program.hpp"

namespace exo::elf {

const char* describe(Problem problem) {
    switch (problem) {
    case Problem::NotElf:
        return "the file is not an ELF program";
    case Problem::HeaderTruncated:
        return "the file ends inside its ELF header";
    case Problem::Not64Bit:
        return "the program is not a 64-bit program";
    case Problem::NotLittleEndian:
        return "the program is not little-endian";
    case Problem::BadVersion:
        return "the ELF header has an unknown version";
    case Problem::NotX86:
        return "the program is built for another processor than x86-64";
    case Problem::ObjectFile:
        return "the file is an object file that has not been linked";
    case Problem::PositionIndependent:
        return "the program is position-independent or a shared library, and has to be static at a fixed address";
    case Problem::SharedLibrary:
        return "the file is a shared library, not a program";
    case Problem::NotExecutable:
        return "the ELF file is not an executable program";
    case Problem::BadProgramHeaderSize:
        return "the program headers have a size that ELF-64 does not define";
    case Problem::NoProgramHeaders:
        return "the program has no program headers";
    case Problem::TooManyProgramHeaders:
        return "the program has more than 64 program headers";
    case Problem::ProgramHeadersTruncated:
        return "the program headers reach past the end of the file";
    case Problem::Dynamic:
        return "the program is dynamically linked, and only static programs can run";
    case Problem::TooManySegments:
        return "the program has more than 16 loaded segments";
    case Problem::NoSegments:
        return "the program has no segment to load";
    case Problem::SegmentTruncated:
        return "a segment reaches past the end of the file";
    case Problem::FileLargerThanMemory:
        return "a segment is larger in the file than in memory";
    case Problem::BadAlignment:
        return "a segment's address, file offset and alignment do not agree";
    case Problem::OutsideUserMemory:
        return "a segment lies outside the memory a program may have";
    case Problem::WritableAndExecutable:
        return "a segment is both writable and executable";
    case Problem::SegmentsShareAPage:
        return "two segments overlap or share a page";
    case Problem::EntryNotExecutable:
        return "the entry point lies in no executable segment";
    case Problem::TooManyNotes:
        return "the program has more than 8 note segments";
    }
    return "the program has an unknown fault";
}

} // namespace exo::elf
