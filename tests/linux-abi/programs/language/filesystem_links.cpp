// std::filesystem on links: symbolic ones are made, read and followed; hard ones counted.
#include "../report.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace fs = std::filesystem;

int main(int argc, char** argv) {
    const fs::path root = report_scratch(argc, argv);
    std::ofstream(root / "target") << "content";
    fs::create_symlink("target", root / "soft");
    report("is_symlink", fs::is_symlink(root / "soft") && !fs::is_symlink(root / "target"));
    report_text("read_symlink", fs::read_symlink(root / "soft").c_str());
    report("followed", fs::file_size(root / "soft") == 7 && fs::is_regular_file(root / "soft"));
    fs::create_hard_link(root / "target", root / "hard");
    report_number("hard links", static_cast<long long>(fs::hard_link_count(root / "target")));
    fs::remove(root / "target");
    report("the soft link dangles", !fs::exists(root / "soft") && fs::is_symlink(root / "soft"));
    std::string text;
    std::ifstream(root / "hard") >> text;
    report_text("the hard link holds", text.c_str());
    const auto space = fs::space(root);
    report("space", space.capacity >= space.free && space.free >= space.available && space.capacity > 0);
    return report_end();
}
