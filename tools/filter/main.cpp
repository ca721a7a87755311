// exo-bpf-cc: C to a packet filter that the kernel takes. Compiles with clang for the BPF target, then verifies with
// the kernel's own verifier; what the kernel would refuse is refused here, in words, and nothing is written.
#include "secure-bindings/filter/verifier.hpp"
#include "tools/filter/object.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <memory>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using namespace exo;

constexpr const char* help = "usage: exo-bpf-cc [-o FILE] [-v] [clang options] SOURCE.c\n"
                             "\n"
                             "Compiles a packet filter or handler (#include <exo_bpf.h>) and verifies it.\n"
                             "\n"
                             "  -o FILE    what to write; SOURCE.filter without it\n"
                             "  -v         say what was written: kind, instructions, most instructions of a run\n"
                             "  --help     this text\n"
                             "\n"
                             "Everything else goes to clang-19 (EXO_BPF_CLANG chooses another): -I, -D, -W, -mcpu=v1\n"
                             "to v4 (v4 without it), -MMD, -MF.\n"
                             "A program that the verifier refuses is not written, and the status is 1.\n";

struct Options {
    std::string source;
    std::string output;
    bool verbose = false;
    std::vector<std::string> passed;
};

int fail(int status, const std::string& sentence) {
    std::fprintf(stderr, "exo-bpf-cc: %s\n", sentence.c_str());
    return status;
}

// A folder that is gone when we are.
struct TemporaryFolder {
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / "exo-bpf-cc.XXXXXX").string();
        if (mkdtemp(name.data()))
            path = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        if (!path.empty())
            fs::remove_all(path, ignored);
    }
    std::string path;
};

// The status of clang; what it has to say it says itself.
int compile(const Options& options, const std::string& object) {
    const fs::path root = fs::read_symlink("/proc/self/exe").parent_path().parent_path().parent_path();
    const char* const other = std::getenv("EXO_BPF_CLANG");
    std::vector<std::string> words = {other ? other : "clang-19",
                                      "-target",
                                      "bpf",
                                      "-mcpu=v4",
                                      "-O2",
                                      "-ffreestanding",
                                      "-fno-jump-tables",
                                      "-Wall",
                                      "-I" + (root / "libos/net/filter").string(),
                                      "-I" + root.string()};
    words.insert(words.end(), options.passed.begin(), options.passed.end());
    words.insert(words.end(), {"-c", options.source, "-o", object});
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = 0;
    if (const int error = posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ))
        return fail(1, std::format("{} does not start: {}", words[0], std::strerror(error)));
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

std::string read_file(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

bool write_file(const std::string& path, const tool::FilterObject& object, std::uint32_t cost) {
    FilterFileHeader header{};
    std::memcpy(header.magic, filter_file_magic, sizeof(header.magic));
    header.kind = object.kind;
    header.scratch_bytes = object.scratch_bytes;
    header.instruction_count = static_cast<std::uint32_t>(object.program.size());
    header.cost = cost;
    std::ofstream stream(path, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(&header), sizeof(header));
    stream.write(reinterpret_cast<const char*>(object.program.data()),
                 static_cast<std::streamsize>(object.program.size() * sizeof(FilterInstruction)));
    stream.close();
    return stream.good();
}

int run(const Options& options) {
    const TemporaryFolder folder;
    if (folder.path.empty())
        return fail(1, "no temporary folder can be made");
    const std::string object_path = folder.path + "/program.o";
    if (const int status = compile(options, object_path))
        return status;
    const std::string file = read_file(object_path);
    const auto object = tool::read_filter_object(std::as_bytes(std::span(file)));
    if (!object)
        return fail(1, std::format("{}: {}", options.source, object.error()));
    const auto verifier = std::make_unique<filter::Verifier>();
    auto progress = verifier->start(object->program, {object->kind, object->scratch_bytes});
    while (progress == filter::Verifier::Progress::Working)
        progress = verifier->advance(filter::explored_max);
    if (progress != filter::Verifier::Progress::Accepted) {
        char room[2048];
        return fail(1, std::format("{}: {} is refused at {}", options.source, object->name,
                                   filter::describe(verifier->refusal(), room)));
    }
    const std::uint32_t cost = verifier->verified().cost;
    const std::string beside = options.output + ".new";
    std::error_code error;
    if (!write_file(beside, *object, cost))
        error = std::make_error_code(std::errc::io_error);
    else
        fs::rename(beside, options.output, error);
    if (error) {
        std::error_code ignored;
        fs::remove(beside, ignored);
        return fail(1, std::format("{} cannot be written", options.output));
    }
    if (options.verbose)
        std::printf("%s: %s, %zu instructions, at most %u executed, %u octets of scratch memory\n",
                    options.output.c_str(), object->kind == FilterKind::Filter ? "filter" : "handler",
                    object->program.size(), cost, object->scratch_bytes);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    for (int k = 1; k < argc; ++k) {
        const std::string_view word = argv[k];
        const bool takes_next = word == "-o" || word == "-I" || word == "-D" || word == "-U" || word == "-MF" ||
                                word == "-MT" || word == "-MQ" || word == "-include";
        if (takes_next && k + 1 == argc)
            return fail(2, std::format("{} needs something after it", word));
        if (word == "--help" || word == "-h") {
            std::fputs(help, stdout);
            return 0;
        }
        if (word == "-o") {
            options.output = argv[++k];
        } else if (word == "-v") {
            options.verbose = true;
        } else if (word.starts_with("-") && word != "-") {
            options.passed.emplace_back(word);
            if (takes_next)
                options.passed.emplace_back(argv[++k]);
        } else if (options.source.empty()) {
            options.source = word;
        } else {
            return fail(2, std::format("one source at a time: {} and {}", options.source, word));
        }
    }
    if (options.source.empty())
        return fail(2, "no source; --help says more");
    if (!options.source.ends_with(".c"))
        return fail(2, std::format("{} is not a C source (.c)", options.source));
    if (options.output.empty())
        options.output = options.source.substr(0, options.source.size() - 2) + ".filter";
    return run(options);
}
