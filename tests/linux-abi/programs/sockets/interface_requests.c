// What ioctl tells of network interfaces (netdevice(7)), as far as every host has it: lo.
#include "sockets.h"

#include <net/if.h>

int main(void) {
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct ifreq request = {.ifr_name = "lo"};
    report("address of lo", ioctl(fd, SIOCGIFADDR, &request) == 0 &&
                                ((struct sockaddr_in*)&request.ifr_addr)->sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    report("netmask", ioctl(fd, SIOCGIFNETMASK, &request) == 0 &&
                          ((struct sockaddr_in*)&request.ifr_netmask)->sin_addr.s_addr == htonl(0xff000000));
    report("flags",
           ioctl(fd, SIOCGIFFLAGS, &request) == 0 && request.ifr_flags & IFF_UP && request.ifr_flags & IFF_LOOPBACK);
    report("MTU", ioctl(fd, SIOCGIFMTU, &request) == 0 && request.ifr_mtu == 65536);
    report("kind of hardware", ioctl(fd, SIOCGIFHWADDR, &request) == 0 && request.ifr_hwaddr.sa_family == 772);
    report("index", ioctl(fd, SIOCGIFINDEX, &request) == 0 && request.ifr_ifindex == 1);
    memset(request.ifr_name, 0, sizeof request.ifr_name);
    report("name of an index", ioctl(fd, SIOCGIFNAME, &request) == 0 && strcmp(request.ifr_name, "lo") == 0);
    report("if_nametoindex", if_nametoindex("lo") == 1);
    char name[IF_NAMESIZE] = "";
    report("if_indextoname", if_indextoname(1, name) && strcmp(name, "lo") == 0);
    strcpy(request.ifr_name, "nobody");
    report_error("an interface that is not there", ioctl(fd, SIOCGIFADDR, &request), ENODEV);
    struct ifreq several[64];
    struct ifconf list = {.ifc_len = sizeof several, .ifc_req = several};
    int has_loopback = 0;
    report("the list",
           ioctl(fd, SIOCGIFCONF, &list) == 0 && list.ifc_len > 0 && list.ifc_len % (int)sizeof *several == 0);
    for (int i = 0; i < list.ifc_len / (int)sizeof *several; ++i) {
        has_loopback |= strcmp(several[i].ifr_name, "lo") == 0;
    }
    report("lo is in it", has_loopback);
    const int whole = list.ifc_len;
    list.ifc_len = 0;
    list.ifc_req = NULL;
    report("how long the list is", ioctl(fd, SIOCGIFCONF, &list) == 0 && list.ifc_len == whole);
    list.ifc_len = sizeof *several - 1;
    list.ifc_req = several;
    report("no room for one", ioctl(fd, SIOCGIFCONF, &list) == 0 && list.ifc_len == 0);
    report_error("a bad address", ioctl(fd, SIOCGIFADDR, (void*)8), EFAULT);
    return report_end();
}
