// Interface: etc_tree.hpp.
#include "libos-hpc/name/etc_tree.hpp"

#include "libos-hpc/fs/text_node.hpp"

namespace exo::hpc {
namespace {

constexpr TreeKind etc_kind{linux_abi::file_system::ramfs, 1};

struct DefaultFile {
    std::string_view name, text;
};
// hosts(5), nsswitch.conf(5). Without the second a C library asks a name server first.
constexpr DefaultFile default_files[] = {{"hosts", "127.0.0.1 localhost\n"},
                                         {"nsswitch.conf", "hosts: files\nservices: files\nprotocols: files\n"},
                                         {"services", "echo 7/tcp\necho 7/udp\nhttp 80/tcp\nhttps 443/tcp\n"},
                                         {"protocols", "ip 0 IP\nicmp 1 ICMP\ntcp 6 TCP\nudp 17 UDP\n"}};

void write_default(Text& text, std::uint64_t index) {
    text.add(default_files[index].text);
}

} // namespace

Ref<Node> make_etc_tree(const Ref<Node>& archive_root) {
    Ref<Node> under;
    if (archive_root) {
        if (auto found = archive_root->lookup("etc"); found && linux_abi::is_directory((*found)->type()))
            under = *found;
    }
    auto etc = make<TreeDirectory>(etc_kind, under, 0755);
    std::uint64_t index = 0;
    for (const DefaultFile& file : default_files) {
        const std::uint64_t number = index++;
        if (under && under->lookup(file.name))
            continue;
        if (etc && !etc->add(file.name, text_file(etc_kind, write_default, number)))
            return Ref<Node>();
    }
    return etc;
}

} // namespace exo::hpc
