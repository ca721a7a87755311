// AF_UNIX by name: paths and abstract names, what bind, listen and connect answer.
#include "sockets.h"

static socklen_t name_path(struct sockaddr_un* name, const char* text) {
    memset(name, 0, sizeof *name);
    name->sun_family = AF_UNIX;
    strcpy(name->sun_path, text);
    return (socklen_t)(sizeof(sa_family_t) + strlen(text) + 1);
}

static socklen_t name_abstract(struct sockaddr_un* name, const char* text) {
    memset(name, 0, sizeof *name);
    name->sun_family = AF_UNIX;
    strcpy(name->sun_path + 1, text);
    return (socklen_t)(sizeof(sa_family_t) + 1 + strlen(text));
}

static int local_socket(void) {
    return socket(AF_UNIX, SOCK_STREAM, 0);
}

int main(int argc, char** argv) {
    (void)report_scratch(argc, argv);
    struct sockaddr_un name, found;
    struct sockaddr* const address = (struct sockaddr*)&name;
    char path[64];
    snprintf(path, sizeof path, "/tmp/linux-abi-%ld", (long)getpid());
    unlink(path);
    socklen_t size = name_path(&name, path), found_size = sizeof found;
    const int listener = local_socket();
    int fd = local_socket();
    report_error("connect to nothing", connect(fd, address, size), ENOENT);
    report_error("listen unbound", listen(listener, 1), EINVAL);
    report("bind", bind(listener, address, size) == 0);
    report_error("bind twice", bind(listener, address, size), EADDRINUSE);
    report_error("name in use", bind(fd, address, size), EADDRINUSE);
    report_error("not listening", connect(fd, address, size), ECONNREFUSED);
    report("there is a file", access(path, F_OK) == 0);
    const int datagrams = socket(AF_UNIX, SOCK_DGRAM, 0);
    report_error("another type", connect(datagrams, address, size), EPROTOTYPE);
    report("listen", listen(listener, 4) == 0);
    report("accepts", option_of(listener, SOL_SOCKET, SO_ACCEPTCONN) == 1);
    report("connect", connect(fd, address, size) == 0);
    report_error("connect again", connect(fd, address, size), EISCONN);
    report("peer's name", getpeername(fd, (struct sockaddr*)&found, &found_size) == 0 && found_size == size &&
                              !strcmp(found.sun_path, path));
    report("early octets", write(fd, "early", 5) == 5);
    report_poll("somebody", listener, POLLIN, 0);
    found_size = sizeof found;
    const int accepted = accept(listener, (struct sockaddr*)&found, &found_size);
    report("accept from nobody in particular", accepted >= 0 && found_size == 2);
    report_received("early", accepted);
    found_size = sizeof found;
    report("its own name",
           getsockname(accepted, (struct sockaddr*)&found, &found_size) == 0 && !strcmp(found.sun_path, path));
    report_error("recv unconnected", recv(local_socket(), path, 1, 0), EINVAL);
    report_error("send unconnected", send(local_socket(), path, 1, MSG_NOSIGNAL), ENOTCONN);
    report_poll("unconnected", local_socket(), POLLIN | POLLOUT, 0);
    close(listener);
    fd = local_socket();
    report_error("nobody behind the file", connect(fd, address, size), ECONNREFUSED);
    report("unlink", unlink(path) == 0);
    report_error("gone", connect(fd, address, size), ENOENT);

    size = name_abstract(&name, "linux-abi abstract");
    const int abstract = local_socket();
    report_error("no such name", connect(fd, address, size), ECONNREFUSED);
    report("abstract", bind(abstract, address, size) == 0 && listen(abstract, 1) == 0);
    report("connect", connect(fd, address, size) == 0);
    found_size = sizeof found;
    report("its name", getpeername(fd, (struct sockaddr*)&found, &found_size) == 0 && found_size == size &&
                           !memcmp(&found, &name, size));
    const int other = socket(AF_UNIX, SOCK_DGRAM, 0);
    report_error("another type, another name", connect(other, address, size), ECONNREFUSED);
    report("both can be", bind(other, address, size) == 0);
    report_error("longer is another", connect(local_socket(), address, size + 1), ECONNREFUSED);
    close(abstract);
    rest(10);
    report_received("never accepted", fd);
    const int automatic = local_socket();
    name.sun_family = AF_UNIX;
    report("a name of the system's", bind(automatic, address, sizeof(sa_family_t)) == 0);
    found_size = sizeof found;
    report("six octets", getsockname(automatic, (struct sockaddr*)&found, &found_size) == 0 && found_size == 8);
    name.sun_family = AF_INET;
    report_error("another family", bind(local_socket(), address, size), EINVAL);
    report_error("connect another family", connect(local_socket(), address, size), EINVAL);
    return report_end();
}
