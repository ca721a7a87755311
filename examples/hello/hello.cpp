#include <iostream>

int main() {
    std::cout << "hello from a library OS\n";
}
